//! What holds for the whole API, read from its own document: tags, wrong methods, bodies that are none.

use reqwest::{Method, StatusCode, header};
use serde_json::Value;
use testkit::both_stores;

use super::test_server::{Browser, SLUG, TestServer, quick};

/// Path, method and description of every operation whose address can be filled in here.
fn operations() -> Vec<(String, Method, Value)> {
    let document: Value = serde_json::from_str(&server::openapi_json().expect("JSON")).expect("JSON");
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let filled = path.replace("/projects/{slug}", &format!("/projects/{SLUG}")).replace("{kind}", "news");
        for (method, operation) in operations.as_object().expect("operations") {
            let method: Method = method.to_uppercase().parse().expect("a method");
            all.push((filled.clone(), method, operation.clone()));
        }
    }
    all.retain(|(path, ..)| !path.contains('{') && !path.ends_with("/events"));
    all
}

async fn tagged(browser: &Browser, path: &str) -> Option<String> {
    let response = browser.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let tag = response.headers().get(header::ETAG).map(|tag| tag.to_str().expect("ASCII").to_owned());
    tag.inspect(|tag| assert!(tag.starts_with("W/\""), "{path}: {tag}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_what_is_said_to_carry_a_tag_gets_it_only_once() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let browser = server.volunteer("ada").await;
        let mut seen = 0;
        for (path, method, operation) in operations() {
            let is_open = !operation["responses"].as_object().expect("responses").contains_key("403");
            let has_tag = !operation["responses"]["304"].is_null();
            if method != Method::GET || !has_tag || !is_open {
                continue;
            }
            let Some(tag) = tagged(&browser, &path).await else { panic!("{path} has no tag") };
            let again = browser.request(Method::GET, &path).header(header::IF_NONE_MATCH, &tag);
            let again = again.send().await.expect("an answer");
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
            assert!(again.bytes().await.expect("a body").is_empty(), "{path}");
            seen += 1;
        }
        assert!(seen >= 4, "only {seen} addresses");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_an_address_does_not_have_is_refused_and_the_others_named() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let browser = server.stranger();
        let all = operations();
        let has = |path: &str, method: &Method| all.iter().any(|(p, m, _)| p == path && m == method);
        for (path, ..) in &all {
            for method in [Method::GET, Method::PUT, Method::POST, Method::PATCH, Method::DELETE] {
                if has(path, &method) {
                    continue;
                }
                let response = browser.request(method.clone(), path).send().await.expect("an answer");
                assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
                assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
                assert!(response.headers().contains_key(header::ALLOW), "{method} {path}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_with_a_slip_is_refused_with_its_name() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let browser = server.stranger();
        for (query, field) in
            [("limit=0", "limit"), ("limit=x", "limit"), ("after=x", "after"), ("limt=3", "limt")]
        {
            let response = browser.get(&format!("/api/v1/articles/news?{query}")).await;
            assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            let problem: Value = response.json().await.expect("JSON");
            assert_eq!(
                (problem["code"].as_str(), problem["field"].as_str()),
                (Some("invalid_field"), Some(field))
            );
        }
    })
    .await;
}
