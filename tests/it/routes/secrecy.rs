//! Before the vote nothing tells a training image from an image of the survey (invariant 6).

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::Value;
use server::{ServerConfig, TrainingSchedule};
use testkit::both_stores;

use super::{
    outline::outline,
    test_server::{TestServer, client_id, id_of, ok, quick},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_handing_out_of_training_images_looks_like_that_of_survey_images() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let survey = outline(server.volunteer("mira").await.ask_for(3).await).await.0;
        let TestServer { store, .. } = server;
        let always = ServerConfig { training: TrainingSchedule::always(), ..quick() };
        let server = TestServer::start(store, always).await;
        let training = outline(server.volunteer("vega").await.ask_for(3).await).await.0;
        assert_eq!(survey, training);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_has_exactly_the_fields_of_the_contract() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let assignment = server.volunteer("mira").await.assignments(1).await.remove(0);
        let keys =
            |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>();
        let named = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(keys(&assignment), named(&["expires_at", "id", "image", "lease_seconds"]));
        let image = ["encoding", "height", "pixel_scale_arcsec", "url", "width"];
        assert_eq!(keys(&assignment["image"]), named(&image));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_comes_after_the_vote_for_training_images_only() {
    both_stores(async |store| {
        let always = ServerConfig { training: TrainingSchedule::always(), ..quick() };
        let server = TestServer::start(store, always).await;
        let mira = server.volunteer("mira").await;
        let mut truths = BTreeSet::new();
        for n in 0..8_u128 {
            let assignment = mira.assignment().await;
            let body = ok(mira.vote(client_id(n + 1), &assignment, "lens").await, StatusCode::CREATED).await;
            let feedback = &body["feedback"];
            let truth = feedback["truth"].as_str().expect("a truth").to_owned();
            assert_eq!(feedback["correct"].as_bool(), Some(truth == "lens"), "{body}");
            let message = if truth == "lens" { "lens_found" } else { "no_lens_mistaken" };
            assert_eq!(feedback["message_key"].as_str(), Some(message));
            assert!(feedback["kind"].as_str().is_some_and(|kind| !kind.is_empty()));
            truths.insert(truth);
        }
        assert_eq!(truths.len(), 2, "both kinds of training images came");
        // All eight are seen: the ninth slot falls back to the survey, whose truth nobody knows.
        let assignment = mira.assignment().await;
        let body = ok(mira.vote(client_id(9), &assignment, "lens").await, StatusCode::CREATED).await;
        assert_eq!(body["feedback"], Value::Null);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letting_images_go_and_asking_again_changes_the_images_of_both_kinds_and_not_which_slots_train() {
    both_stores(async |store| {
        let config = ServerConfig { training: TrainingSchedule::default(), ..quick() };
        let server = TestServer::start(store, config).await;
        let survey = survey_urls(&server).await;
        let kinds = |assignments: &[Value]| {
            let of = |one: &Value| survey.contains(url(one));
            assignments.iter().map(of).collect::<Vec<_>>()
        };
        let mut patterns = BTreeSet::new();
        for name in ["mira", "vega", "altair", "deneb", "rigel", "spica"] {
            let volunteer = server.volunteer(name).await;
            // Four and four: even if all of them train, there are other training images.
            let first = volunteer.assignments(4).await;
            server.store.clock.advance(quick().lease * 2);
            let second = volunteer.assignments(4).await;
            assert_eq!(kinds(&first), kinds(&second));
            let urls: BTreeSet<&str> = first.iter().chain(&second).map(url).collect();
            assert_eq!(urls.len(), 8, "an image came back while there were others");
            patterns.insert(kinds(&first));
            server.store.clock.advance(quick().lease * 2);
        }
        assert!(patterns.len() > 1, "volunteers must not all train at the same slots: {patterns:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_queue_does_not_give_training_images_away() {
    both_stores(async |store| {
        let config = ServerConfig { training: TrainingSchedule::default(), ..quick() };
        let server = TestServer::start(store, config).await;
        let survey = survey_urls(&server).await;
        for seed in (1..=6).map(|n| n * 1_000) {
            let volunteer = server.volunteer(&format!("volunteer{seed}")).await;
            for n in 0.. {
                let body = ok(volunteer.ask_for(5).await, StatusCode::OK).await;
                let assignments = body["assignments"].as_array().expect("a list");
                if assignments.is_empty() {
                    assert_eq!(body["nothing_left"].as_bool(), Some(true));
                    break;
                }
                // Fewer than asked for, and all of them known: that would tell what they are.
                let unknown = assignments.iter().filter(|one| survey.contains(url(one))).count();
                assert!(assignments.len() == 5 || unknown > 0, "{body}");
                for (m, assignment) in (0..).zip(assignments) {
                    let id = client_id(seed + n * 5 + m);
                    ok(volunteer.vote(id, &id_of(assignment), "no_lens").await, StatusCode::CREATED).await;
                }
            }
        }
    })
    .await;
}

/// The addresses of the images whose truth nobody knows.
async fn survey_urls(server: &TestServer) -> BTreeSet<String> {
    let mut urls = BTreeSet::new();
    for &id in &server.survey {
        let subject = server.store.subject(id).await.expect("read").expect("there");
        urls.insert(format!("/api/v1/images/{}.webp", subject.image.expect("an image").digest));
    }
    urls
}

fn url(assignment: &Value) -> &str {
    assignment["image"]["url"].as_str().expect("a path")
}
