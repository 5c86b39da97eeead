//! Training images whose truth is never told: nothing gives them away, before the answer or after it.

use std::time::Duration;

use domain::{Seed, VolunteerId};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{ServerConfig, SilentSchedule, SilentStep, Skill, TrainingSchedule};
use testkit::both_stores;

use super::{
    outline::{Outline, outline},
    test_server::{Browser, SEED, TestServer, client_id, id_of, ok, quick, refused},
};

/// Every image is a training image; the truth is told as this schedule says.
fn training(silent: SilentSchedule) -> ServerConfig {
    ServerConfig { training: TrainingSchedule::always(), silent, ..quick() }
}

/// Everything a volunteer can do with one image, seen from outside.
async fn life_of_an_image(volunteer: &Browser, ids: u128) -> Vec<Outline> {
    let (asked, body) = outline(volunteer.ask_for(1).await).await;
    let assignment = id_of(&body["assignments"][0]);
    let [first, undo, second, late] = [1, 2, 3, 4].map(|n| client_id(ids + n));
    let answers = [
        volunteer.vote(first, &assignment, "lens").await,
        volunteer.vote(first, &assignment, "lens").await,
        volunteer.undo(undo, first).await,
        volunteer.undo(undo, first).await,
        volunteer.vote(second, &assignment, "unsure").await,
        volunteer.vote(late, &assignment, "unsure").await,
        volunteer.undo(late, first).await,
    ];
    let mut outlines = vec![asked];
    for answer in answers {
        outlines.push(outline(answer).await.0);
    }
    outlines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_training_image_lives_like_one_of_the_survey() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let survey = life_of_an_image(&server.volunteer("mira").await, 10).await;
        let TestServer { store, .. } = server;
        let server = TestServer::start(store, training(SilentSchedule::always())).await;
        let silent = life_of_an_image(&server.volunteer("vega").await, 20).await;
        assert_eq!(survey, silent);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_answer_counts_for_its_volunteer_and_an_undo_takes_it_back() {
    both_stores(async |store| {
        let server = TestServer::start(store, training(SilentSchedule::always())).await;
        let mira = server.volunteer("mira").await;
        let votes = async || {
            let me = ok(mira.get("/api/v1/me").await, StatusCode::OK).await;
            me["votes_total"].as_u64()
        };
        let shown = mira.assignments(1).await.remove(0);
        let body = ok(mira.vote(client_id(1), &id_of(&shown), "lens").await, StatusCode::CREATED).await;
        assert_eq!(body, json!({ "id": client_id(1), "feedback": null }));
        assert_eq!(votes().await, Some(1));
        let back = ok(mira.undo(client_id(2), client_id(1)).await, StatusCode::CREATED).await;
        assert_eq!(back["assignment"]["image"], shown["image"]);
        assert_eq!(votes().await, Some(0));
        let verified = server.store.verify(server.project).await.expect("verified");
        assert_eq!((verified.entries, verified.mismatches), (2, Vec::new()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn newcomers_are_told_and_who_has_learnt_may_not_be() {
    both_stores(async |store| {
        let from_three = SilentSchedule { steps: vec![SilentStep { known: 3, one_in: 1.0 }] };
        let server = TestServer::start(store, training(from_three)).await;
        let mira = server.volunteer("mira").await;
        let mut told = Vec::new();
        for n in 1..=6 {
            let assignment = mira.assignment().await;
            let body = ok(mira.vote(client_id(n), &assignment, "lens").await, StatusCode::CREATED).await;
            told.push(body["feedback"].is_object());
        }
        assert_eq!(told, [true, true, true, false, false, false]);
        // What was told stands, what was not can be taken back.
        refused(mira.undo(client_id(11), client_id(3)).await, 409, "feedback_shown", None).await;
        ok(mira.undo(client_id(12), client_id(4)).await, StatusCode::CREATED).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_asking_again_nor_answering_again_makes_a_silent_image_speak() {
    both_stores(async |store| {
        let half = SilentSchedule { steps: vec![SilentStep { known: 0, one_in: 2.0 }] };
        let server = TestServer::start(store, training(half.clone())).await;
        let (mut silent, mut expected) = (Vec::new(), Vec::new());
        for (n, name) in (0..).map(|n| n * 1_000).zip(["mira", "vega", "altair", "deneb"]) {
            let person = server.volunteer(name).await;
            let me = ok(person.get("/api/v1/me").await, StatusCode::OK).await;
            let who = VolunteerId(me["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"));
            // Three let go and five answered: all training images there are.
            for slot in 0..5 {
                for _ in 0..[0, 1, 2, 0, 0][slot as usize] {
                    person.assignment().await;
                    server.store.clock.advance(quick().lease + Duration::from_secs(1));
                }
                let assignment = person.assignment().await;
                let id = client_id(n + slot + 1);
                let first = ok(person.vote(id, &assignment, "lens").await, StatusCode::CREATED).await;
                let again = ok(person.vote(id, &assignment, "lens").await, StatusCode::OK).await;
                assert_eq!(first, again);
                silent.push(first["feedback"].is_null());
                expected.push(half.is_silent(Seed::root(SEED), who, slot as u64, Skill::default()));
                if first["feedback"].is_null() {
                    ok(person.undo(client_id(n + slot + 101), id).await, StatusCode::CREATED).await;
                    let anew = person.vote(client_id(n + slot + 201), &assignment, "no_lens").await;
                    assert_eq!(ok(anew, StatusCode::CREATED).await["feedback"], Value::Null);
                }
            }
        }
        assert_eq!(silent, expected, "as decided before anything was shown");
        assert!(silent.contains(&true) && silent.contains(&false));
    })
    .await;
}
