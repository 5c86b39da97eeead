//! Taking an answer back.

use reqwest::StatusCode;
use serde_json::json;
use server::{ServerConfig, TrainingSchedule};
use testkit::both_stores;

use super::test_server::{TestServer, client_id, id_of, ok, quick, refused};

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_brings_the_same_image_back_to_be_answered_anew() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let shown = mira.assignments(1).await.remove(0);
        ok(mira.vote(client_id(1), &id_of(&shown), "lens").await, StatusCode::CREATED).await;
        let back = ok(mira.undo(client_id(2), client_id(1)).await, StatusCode::CREATED).await;
        assert_eq!(back["assignment"]["image"], shown["image"]);
        let me = ok(mira.get("/api/v1/me").await, StatusCode::OK).await;
        assert_eq!(me["votes_total"], json!(0));
        let reopened = id_of(&back["assignment"]);
        ok(mira.vote(client_id(3), &reopened, "no_lens").await, StatusCode::CREATED).await;
        let me = ok(mira.get("/api/v1/me").await, StatusCode::OK).await;
        assert_eq!(me["votes_total"], json!(1));
        let verified = server.store.verify(server.project).await.expect("verified");
        assert_eq!((verified.entries, verified.mismatches), (3, Vec::new()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_sent_again_gives_the_same_answer() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let assignment = mira.assignment().await;
        ok(mira.vote(client_id(1), &assignment, "lens").await, StatusCode::CREATED).await;
        let first = ok(mira.undo(client_id(2), client_id(1)).await, StatusCode::CREATED).await;
        let again = ok(mira.undo(client_id(2), client_id(1)).await, StatusCode::CREATED).await;
        assert_eq!(first["assignment"]["id"], again["assignment"]["id"]);
        refused(mira.undo(client_id(3), client_id(1)).await, 409, "already_retracted", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_undo_what_is_not_there_or_not_theirs() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mira, vega) = (server.volunteer("mira").await, server.volunteer("vega").await);
        let assignment = mira.assignment().await;
        ok(mira.vote(client_id(1), &assignment, "lens").await, StatusCode::CREATED).await;
        refused(vega.undo(client_id(2), client_id(1)).await, 404, "classification_not_found", None).await;
        refused(vega.undo(client_id(3), client_id(9)).await, 404, "classification_not_found", None).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_stands_once_the_truth_was_shown() {
    both_stores(async |store| {
        let always = ServerConfig { training: TrainingSchedule::always(), ..quick() };
        let server = TestServer::start(store, always).await;
        let mira = server.volunteer("mira").await;
        let assignment = mira.assignment().await;
        ok(mira.vote(client_id(1), &assignment, "lens").await, StatusCode::CREATED).await;
        refused(mira.undo(client_id(2), client_id(1)).await, 409, "feedback_shown", None).await;
    })
    .await;
}
