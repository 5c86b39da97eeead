//! What anybody may read: projects, images, health, and the pages of the web app.

use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::both_stores;

use super::test_server::{SLUG, TestServer, ok, quick, refused};

#[tokio::test(flavor = "multi_thread")]
async fn projects_and_health_can_be_read_by_anybody() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let stranger = server.stranger();
        let projects = ok(stranger.get("/api/v1/projects").await, StatusCode::OK).await;
        assert_eq!((&projects[0]["slug"], &projects[0]["active"]), (&json!(SLUG), &json!(true)));
        let health = ok(stranger.get("/api/v1/health").await, StatusCode::OK).await;
        assert_eq!(health["status"], json!("ok"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rounds_are_shown_with_the_summary_that_the_campaign_wrote() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let path = format!("/api/v1/projects/{SLUG}/rounds");
        assert_eq!(ok(mira.get(&path).await, StatusCode::OK).await, json!([]));
        let steps = vec!["collect".to_owned()];
        server.store.begin_round(server.project, 1, json!({}), steps).await.expect("a round");
        let summary = json!({ "votes": 40, "lenses_found": 3 });
        server.store.set_round_summary(server.project, 1, summary.clone()).await.expect("a summary");
        let rounds = ok(mira.get(&path).await, StatusCode::OK).await;
        assert_eq!((&rounds[0]["round"], &rounds[0]["summary"]), (&json!(1), &summary));
        assert_eq!(rounds[0]["ended_at"], Value::Null);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_served_for_ever_and_says_nothing_but_its_bytes() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let digest = server.add_image(b"not really WebP");
        let path = format!("/api/v1/images/{digest}.webp");
        let response = server.stranger().get(&path).await;
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "image/webp");
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
        assert!(!headers.contains_key("last-modified"), "a date would tell when the image was made");
        assert_eq!(&response.bytes().await.expect("bytes")[..], b"not really WebP");
        let known =
            server.stranger().request(reqwest::Method::GET, &path).header("if-none-match", &headers["etag"]);
        assert_eq!(known.send().await.expect("an answer").status(), StatusCode::NOT_MODIFIED);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_file_can_be_reached_as_an_image() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        std::fs::write(server.images.path().join("secret.webp"), b"secret").expect("a file");
        let absent = format!("{}.webp", "0".repeat(64));
        for name in ["secret.webp", "..%2Fsecret.webp", "%2e%2e%2fetc%2fpasswd", "x.png", "%00.webp", &absent]
        {
            let response = server.stranger().get(&format!("/api/v1/images/{name}")).await;
            refused(response, 404, "image_not_found", None).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_forbids_what_it_does_not_need() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        for path in ["/", "/classify/arcs", "/api/v1/health", "/openapi.json", "/missing.js"] {
            let response = server.stranger().get(path).await;
            let header = |name: &str| response.headers()[name].to_str().expect("ASCII").to_owned();
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("referrer-policy"), "same-origin");
            let policy = header("content-security-policy");
            assert!(
                policy.contains("frame-ancestors 'none'") && !policy.contains("script-src *"),
                "{path}: {policy}"
            );
            assert!(
                !policy.replace("style-src 'self' 'unsafe-inline'", "").contains("unsafe"),
                "{path}: {policy}"
            );
        }
        let page = server.stranger().get("/classify/arcs").await;
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    })
    .await;
}
