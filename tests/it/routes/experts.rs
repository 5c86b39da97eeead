//! Images that the crowd cannot agree on go to people with experience; nothing tells them so.

use consensus::live::{Experts, Retirement, Settings};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{ServerConfig, TrainingSchedule};
use testkit::both_stores;

use super::{
    outline::outline,
    test_server::{Browser, PASSWORD, SLUG, TestServer, client_id, id_of, ok, quick},
};

/// Three votes that disagree make an image contested; four known images make an expert.
fn settings() -> Settings {
    let retirement = Retirement {
        min_votes: 3,
        min_votes_to_detect: 3,
        max_votes: 3,
        expert_votes: 2,
        retest_share: 0.0,
        ..Retirement::default()
    };
    let experts = Experts { min_known: 4, min_bits: 0.0 };
    Settings { retirement, experts, ..Settings::default() }
}

async fn answer_all(volunteer: &Browser, ids: u128, answer: &str) {
    for n in 0.. {
        let images = volunteer.assignments(1).await;
        let [image] = &images[..] else { return };
        ok(volunteer.vote(client_id(ids + n), &id_of(image), answer).await, StatusCode::CREATED).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contested_images_go_to_experts_and_look_like_all_others() {
    both_stores(async |store| {
        let always = ServerConfig { training: TrainingSchedule::always(), ..quick() };
        let server = TestServer::start(store, always).await;
        server.store.configure(server.project, &settings()).await.expect("settings");
        let mira = server.volunteer("mira").await;
        for n in 1..=4 {
            let assignment = mira.assignment().await;
            ok(mira.vote(client_id(n), &assignment, "lens").await, StatusCode::CREATED).await;
        }

        let TestServer { store, .. } = server;
        let server = TestServer::start(store, quick()).await;
        server.store.configure(server.project, &settings()).await.expect("settings");
        let vega = server.volunteer("vega").await;
        let (ordinary, body) = outline(vega.ask_for(2).await).await;
        for (n, image) in (900..).zip(body["assignments"].as_array().expect("a list")) {
            ok(vega.vote(client_id(n), &id_of(image), "lens").await, StatusCode::CREATED).await;
        }
        answer_all(&vega, 1_000, "lens").await;
        answer_all(&server.volunteer("altair").await, 2_000, "no_lens").await;
        answer_all(&server.volunteer("deneb").await, 3_000, "unsure").await;
        let status = server.stranger().get(&format!("/api/v1/projects/{SLUG}/status")).await;
        let outcomes = ok(status, StatusCode::OK).await["outcomes"].clone();
        assert_eq!((&outcomes["contested"], &outcomes["open"]), (&json!(12), &json!(0)), "{outcomes}");

        let newcomer = ok(server.volunteer("wega").await.ask_for(2).await, StatusCode::OK).await;
        assert_eq!(newcomer, json!({ "assignments": [], "nothing_left": true }));

        // Mira knows her way; she signs in again, because the cookie went with the first server.
        let mira = server.stranger();
        ok(mira.sign_in("mira", PASSWORD).await, StatusCode::OK).await;
        let (contested, body) = outline(mira.ask_for(2).await).await;
        assert_eq!(contested, ordinary);
        let vote = mira.vote(client_id(11), &id_of(&body["assignments"][0]), "no_lens").await;
        assert_eq!(ok(vote, StatusCode::CREATED).await["feedback"], Value::Null);
        let verified = server.store.verify(server.project).await.expect("verified");
        assert_eq!(verified.mismatches, Vec::<String>::new());
    })
    .await;
}
