//! What people write to the leads, and that nobody else ever reads it.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::{Rate, RateLimits, ServerConfig};
use testkit::both_stores;

use super::test_server::{SLUG, TestServer, client_id, ok, quick, refused};

fn site(text: &str) -> Value {
    json!({ "kind": "site", "text": text, "page": "/contact" })
}

fn image(assignment: &str) -> Value {
    json!({ "kind": "image", "text": "an odd arc", "assignment_id": assignment })
}

const WRITE: &str = "/api/v1/feedback";
const INBOX: &str = "/api/v1/lead/feedback";

#[tokio::test(flavor = "multi_thread")]
async fn guests_write_about_the_site_and_holders_about_their_image() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (guest, ada, ben) =
            (server.stranger(), server.volunteer("ada").await, server.volunteer("ben").await);
        ok(guest.post(WRITE, site("你好\u{202e}")).await, StatusCode::CREATED).await;
        let held = ada.assignment().await;
        refused(guest.post(WRITE, image(&held)).await, 401, "not_signed_in", None).await;
        refused(ben.post(WRITE, image(&held)).await, 403, "not_your_assignment", None).await;
        ok(ada.post(WRITE, image(&held)).await, StatusCode::CREATED).await;
        ada.vote(client_id(1), &held, "unsure").await;
        server.store.clock.advance(Duration::from_secs(3600));
        ok(ada.post(WRITE, image(&held)).await, StatusCode::CREATED).await;
        let let_go = ada.assignment().await;
        server.store.clock.advance(Duration::from_secs(3600));
        refused(ada.post(WRITE, image(&let_go)).await, 410, "assignment_expired", None).await;
        let unknown = client_id(9).to_string();
        refused(ada.post(WRITE, image(&unknown)).await, 404, "assignment_not_found", None).await;

        for (body, field) in [
            (json!({ "kind": "image", "text": "x" }), "assignment_id"),
            (json!({ "kind": "site", "text": "x", "assignment_id": held }), "assignment_id"),
            (json!({ "kind": "site", "text": " \u{7} " }), "text"),
            (json!({ "kind": "site", "text": "x".repeat(4001) }), "text"),
            (json!({ "kind": "site", "text": "x", "page": "https://evil.example" }), "page"),
            (json!({ "kind": "site", "text": "x", "email": "a@b.org" }), "email"),
            (json!({ "kind": "poem", "text": "x" }), "kind"),
        ] {
            refused(ada.post(WRITE, body).await, 422, "invalid_field", Some(field)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leads_read_filter_and_mark() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mei, ada) = (server.lead("mei").await, server.volunteer("ada").await);
        for n in 0..3 {
            ok(server.stranger().post(WRITE, site(&format!("site {n}"))).await, StatusCode::CREATED).await;
        }
        let held = ada.assignment().await;
        ok(ada.post(WRITE, image(&held)).await, StatusCode::CREATED).await;

        let first = ok(mei.get(&format!("{INBOX}?limit=2")).await, StatusCode::OK).await;
        let newest = &first["items"][0];
        assert_eq!((&newest["author"], &newest["kind"]), (&json!("ada"), &json!("image")));
        assert!(newest["image"]["url"].as_str().is_some_and(|url| url.ends_with(".webp")), "{newest}");
        assert_eq!(first["items"][1]["author"], json!(null));
        let next = first["next"].as_str().expect("a cursor");
        let second = ok(mei.get(&format!("{INBOX}?limit=2&after={next}")).await, StatusCode::OK).await;
        assert_eq!((second["items"].as_array().map(Vec::len), &second["next"]), (Some(2), &json!(null)));

        let done = async |id: &Value, done: bool| {
            let request = mei.request(Method::PUT, &format!("{INBOX}/{id}/done"));
            request.json(&json!({ "done": done })).send().await.expect("an answer")
        };
        assert_eq!(done(&newest["id"], true).await.status(), StatusCode::NO_CONTENT);
        refused(done(&json!(999), true).await, 404, "not_found", None).await;
        let count = async |query: &str| {
            let page = ok(mei.get(&format!("{INBOX}?{query}")).await, StatusCode::OK).await;
            page["items"].as_array().expect("items").len()
        };
        assert_eq!(count("done=false").await, 3);
        assert_eq!(count("done=true&kind=image").await, 1);
        assert_eq!(count("done=false&kind=image").await, 0);
        assert_eq!(done(&newest["id"], false).await.status(), StatusCode::NO_CONTENT);
        assert_eq!(count("done=false&kind=image").await, 1);
        refused(mei.get(&format!("{INBOX}?kind=poem")).await, 422, "invalid_field", Some("kind")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_it_reaches_another_volunteer() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (ada, ben) = (server.volunteer("ada").await, server.volunteer("ben").await);
        let held = ada.assignments(5).await;
        for one in &held {
            let secret = json!({ "kind": "image", "text": "surely-a-lens", "assignment_id": one["id"] });
            ok(ada.post(WRITE, secret).await, StatusCode::CREATED).await;
        }
        let mut all = String::new();
        for one in ben.assignments(5).await {
            all += &one.to_string();
            let id = client_id(u128::from(all.len() as u64));
            all +=
                &ben.vote(id, one["id"].as_str().expect("an id"), "lens").await.text().await.expect("text");
        }
        for path in ["/api/v1/me", "/api/v1/projects", "/api/v1/articles/news", "/api/v1/team"] {
            all += &ben.get(path).await.text().await.expect("text");
        }
        let ranking = format!("/api/v1/projects/{SLUG}/ranking");
        all += &ben.get(&ranking).await.text().await.expect("text");
        assert!(!all.contains("surely-a-lens"), "{all}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_too_much_is_asked_to_wait() {
    both_stores(async |store| {
        let limits =
            RateLimits { feedback_per_writer: Some(Rate { burst: 2, per_second: 0.1 }), ..RateLimits::off() };
        let server = TestServer::start(store, ServerConfig { rate_limits: limits, ..quick() }).await;
        let ada = server.volunteer("ada").await;
        for _ in 0..2 {
            ok(server.stranger().post(WRITE, site("x")).await, StatusCode::CREATED).await;
        }
        let third = server.stranger().post(WRITE, site("x")).await;
        assert_eq!(third.headers()["retry-after"], "10");
        refused(third, 429, "too_many_requests", None).await;
        ok(ada.post(WRITE, site("x")).await, StatusCode::CREATED).await;
        server.store.clock.advance(Duration::from_secs(10));
        ok(server.stranger().post(WRITE, site("x")).await, StatusCode::CREATED).await;
    })
    .await;
}
