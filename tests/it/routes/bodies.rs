//! Bodies that are not what an endpoint takes.

use reqwest::Method;
use serde_json::json;
use testkit::both_stores;

use super::test_server::{SLUG, TestServer, client_id, quick, refused};

#[tokio::test(flavor = "multi_thread")]
async fn unknown_missing_and_mistyped_fields_are_named() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let path = format!("/api/v1/projects/{SLUG}/assignments");
        for (body, field) in [
            (json!({ "count": 1, "model_score": 0.9 }), "model_score"),
            (json!({}), "count"),
            (json!({ "count": "one" }), "count"),
            (json!({ "count": -1 }), "count"),
            (json!({ "count": 0 }), "count"),
            (json!({ "count": 6 }), "count"),
        ] {
            refused(mira.post(&path, body).await, 422, "invalid_field", Some(field)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_with_a_wrong_field_is_refused_and_the_image_can_still_be_answered() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let assignment = mira.assignment().await;
        let good = json!({ "id": client_id(1), "assignment_id": assignment, "answer": "lens" });
        let large = json!({ "notes": "x".repeat(2_000) });
        for (field, value) in [
            ("id", json!("not-a-uuid")),
            ("assignment_id", json!(7)),
            ("answer", json!("maybe")),
            ("answer", json!(null)),
            ("seconds", json!(-1)),
            ("seconds", json!(1e9)),
            ("seconds", json!("2")),
            ("view", json!("faint")),
            ("view", large),
            ("mark", json!({ "x": 1.01, "y": 0.5 })),
            ("mark", json!({ "x": 0.5, "y": -0.1 })),
            ("mark", json!("here")),
        ] {
            let mut body = good.clone();
            body[field] = value;
            refused(mira.post("/api/v1/classifications", body).await, 422, "invalid_field", Some(field))
                .await;
        }
        let viewed = json!({ "preset": "faint", "zoom": 2.5 });
        let mut body = good;
        body["view"] = viewed;
        body["mark"] = json!({ "x": 0, "y": 1 });
        assert_eq!(mira.post("/api/v1/classifications", body).await.status(), 201);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_or_not_declared_as_json_is_refused() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let post = |kind: &'static str, body: &'static str| {
            let request = mira.request(Method::POST, "/api/v1/classifications");
            request.header("content-type", kind).body(body)
        };
        let broken = post("application/json", "{\"id\":").send().await.expect("an answer");
        refused(broken, 400, "invalid_json", None).await;
        let empty = post("application/json", "").send().await.expect("an answer");
        refused(empty, 400, "invalid_json", None).await;
        let form = post("application/x-www-form-urlencoded", "answer=lens").send().await.expect("an answer");
        refused(form, 415, "unsupported_media_type", None).await;
        let deep =
            mira.request(Method::POST, "/api/v1/classifications").header("content-type", "application/json");
        let deep = deep.body("[".repeat(10_000)).send().await.expect("an answer");
        assert!(deep.status().is_client_error());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_large_a_body_is_refused_whether_it_says_its_size_or_not() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let large = json!({ "id": "x".repeat(quick().max_body_bytes) });
        refused(mira.post("/api/v1/classifications", large).await, 413, "body_too_large", None).await;
    })
    .await;
}
