//! What the public numbers say, and what they keep for themselves.

use reqwest::StatusCode;
use serde_json::Value;
use server::{ServerConfig, SilentSchedule, TrainingSchedule};
use testkit::both_stores;

use super::test_server::{Browser, SLUG, TestServer, client_id, id_of, ok, quick};

async fn status(server: &TestServer) -> Value {
    let path = format!("/api/v1/projects/{SLUG}/status");
    ok(server.stranger().get(&path).await, StatusCode::OK).await
}

/// Everything that is about images, as one text.
fn about_images(status: &Value) -> String {
    ["images_looked_at", "queue_open", "queue_done", "candidates", "outcomes"]
        .map(|name| format!("{name} {}", status[name]))
        .join(", ")
}

/// Answers everything there is; returns how many answers that took.
async fn answer_all(volunteer: &Browser, ids: u128, answer: &str) -> u64 {
    let mut given = 0;
    loop {
        let images = volunteer.assignments(5).await;
        if images.is_empty() {
            return given;
        }
        for image in images {
            given += 1;
            let id = client_id(ids + u128::from(given));
            ok(volunteer.vote(id, &id_of(&image), answer).await, StatusCode::CREATED).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_image_of_the_queue_stands_somewhere_and_what_is_agreed_on_has_its_votes() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let before = status(&server).await["outcomes"].clone();
        assert_eq!((before["open"].as_u64(), &before["votes_per_settled"]), (Some(12), &Value::Null));
        let mut votes = 0;
        for n in 1..=20 {
            let volunteer = server.volunteer(&format!("volunteer{n}")).await;
            votes += answer_all(&volunteer, n * 1_000, "no_lens").await;
        }
        let after = status(&server).await;
        let outcomes = &after["outcomes"];
        let count = |name: &str| outcomes[name].as_u64().expect("a count");
        assert_eq!(count("no_lens"), 12, "{outcomes}");
        assert_eq!(count("open") + count("lens") + count("contested"), 0);
        assert_eq!(after["votes"].as_u64(), Some(votes));
        let each = outcomes["votes_per_settled"].as_f64().expect("a mean");
        assert!((each - votes as f64 / 12.0).abs() < 1e-9, "{each} of {votes}");
        assert!(count("retested") <= 12);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_single_answer_moves_the_numbers_about_images() {
    both_stores(async |store| {
        let config = ServerConfig { numbers_every_votes: 4, ..quick() };
        let server = TestServer::start(store, config).await;
        let mira = server.volunteer("mira").await;
        let at_first = about_images(&status(&server).await);
        for n in 1..=3 {
            let assignment = mira.assignment().await;
            ok(mira.vote(client_id(n), &assignment, "lens").await, StatusCode::CREATED).await;
            let now = status(&server).await;
            assert_eq!(now["votes"].as_u64(), Some(n as u64), "answers are counted as they come");
            assert_eq!(about_images(&now), at_first);
        }
        // An undo and another answer do not add up to four.
        let back = ok(mira.undo(client_id(11), client_id(3)).await, StatusCode::CREATED).await;
        let again = id_of(&back["assignment"]);
        ok(mira.vote(client_id(12), &again, "no_lens").await, StatusCode::CREATED).await;
        assert_eq!(about_images(&status(&server).await), at_first);
        let assignment = mira.assignment().await;
        ok(mira.vote(client_id(4), &assignment, "lens").await, StatusCode::CREATED).await;
        assert_eq!(status(&server).await["images_looked_at"].as_u64(), Some(4));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_do_not_tell_a_silent_training_image_from_one_of_the_survey() {
    both_stores(async |store| {
        let config = ServerConfig { numbers_every_votes: 4, ..quick() };
        let server = TestServer::start(store, config.clone()).await;
        let survey = server.volunteer("mira").await;
        let first = about_images(&status(&server).await);
        let assignment = survey.assignment().await;
        ok(survey.vote(client_id(1), &assignment, "lens").await, StatusCode::CREATED).await;
        assert_eq!(about_images(&status(&server).await), first);

        let TestServer { store, .. } = server;
        let (training, silent) = (TrainingSchedule::always(), SilentSchedule::always());
        let server = TestServer::start(store, ServerConfig { training, silent, ..config }).await;
        let vega = server.volunteer("vega").await;
        let first = about_images(&status(&server).await);
        let assignment = vega.assignment().await;
        ok(vega.vote(client_id(2), &assignment, "lens").await, StatusCode::CREATED).await;
        assert_eq!(about_images(&status(&server).await), first);
    })
    .await;
}
