//! Who may do what: every route of the document refuses strangers unless it is on a short list, and
//! pages of other sites can change nothing.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::both_stores;

use super::test_server::{TestServer, quick, refused};

/// The routes that need no session. Whoever adds one says here why.
const PUBLIC: &[(&str, &str)] = &[
    ("GET", "/api/v1/health"),                             // for load balancers
    ("POST", "/api/v1/accounts"),                          // the way in
    ("POST", "/api/v1/session"),                           // the way in
    ("DELETE", "/api/v1/session"),                         // the way out is always open
    ("GET", "/api/v1/projects"),                           // the home page
    ("GET", "/api/v1/projects/{slug}/status"),             // the home page: sums, nothing about one image
    ("GET", "/api/v1/projects/{slug}/status/events"),      // the same
    ("GET", "/api/v1/images/{name}"),                      // named by digest, so that caches can keep them
    ("GET", "/api/v1/articles/{kind}"),                    // what leads published
    ("GET", "/api/v1/articles/{kind}/{slug}"),             // the same
    ("GET", "/api/v1/uploads/{name}"),                     // pictures in it
    ("GET", "/api/v1/projects/{slug}/ranking"),            // only people who want to be seen
    ("GET", "/api/v1/team"),                               // as the operator wrote it down
    ("POST", "/api/v1/feedback"), // guests may say what is wrong; limited per address
    ("POST", "/api/v1/verification"), // letters are opened on any device; a secret opens it
    ("POST", "/api/v1/password-reset"), // whoever forgot it cannot sign in; limited per address
    ("PUT", "/api/v1/password-reset"), // the letter's secret opens it
    ("GET", "/api/v1/certificates/{code}"), // whoever is shown one may ask whether it is real
    ("GET", "/api/v1/lens-model"), // the lens of the tutorial
    ("GET", "/api/v1/projects/{slug}/gallery"), // the tutorial; none of its images is asked about
    ("GET", "/api/v1/projects/{slug}/practice"), // the same
    ("POST", "/api/v1/projects/{slug}/practice/{number}"), // the same
    ("GET", "/api/v1/projects/{slug}/quiz"), // guests may take it
    ("POST", "/api/v1/projects/{slug}/quiz"), // the same
    ("POST", "/api/v1/quizzes/{id}/answers"), // the same; the id is the secret
    ("POST", "/api/v1/quizzes/{id}/result"), // the same
    ("GET", "/api/v1/dev/letters"), // to this machine only, and only without a mail server
];

#[tokio::test(flavor = "multi_thread")]
async fn every_route_refuses_strangers_unless_it_is_on_the_short_list() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let document: Value = serde_json::from_str(&server::openapi_json().expect("JSON")).expect("JSON");
        let named = PUBLIC.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned()));
        let mut public = named.collect::<BTreeSet<_>>();
        let mut guarded = 0;
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                let method = method.to_uppercase();
                if public.remove(&(method.clone(), path.clone())) {
                    let ways = operation.get("security").and_then(Value::as_array);
                    let open = ways.is_none_or(|ways| ways.contains(&json!({})));
                    assert!(open, "{method} {path} says it needs a session");
                    continue;
                }
                guarded += 1;
                assert!(
                    operation.get("security").is_some(),
                    "{method} {path} does not say it needs a session"
                );
                let real =
                    path.replace("{slug}", "arcs").replace("{id}", "6f2c8c5e-6a0e-4c5c-9f6e-2f6f0b6f3a11");
                let method: Method = method.parse().expect("a method");
                for cookie in
                    ["", "lensfinder_session=nonsense", &format!("lensfinder_session={}", "0".repeat(64))]
                {
                    let request = server.stranger().request(method.clone(), &real).header("cookie", cookie);
                    // Even a body that makes no sense is answered with "sign in" first.
                    let response = request.json(&json!("nonsense")).send().await.expect("an answer");
                    refused(response, 401, "not_signed_in", None).await;
                }
            }
        }
        assert_eq!(public, BTreeSet::new(), "no longer in the document");
        assert!(guarded >= 6);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_can_change_nothing() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let assign = format!("/api/v1/projects/{}/assignments", super::test_server::SLUG);
        for (header, value) in
            [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let request =
                mira.request(Method::POST, &assign).header(header, value).json(&json!({ "count": 1 }));
            refused(request.send().await.expect("an answer"), 403, "cross_origin", None).await;
        }
        let own =
            mira.request(Method::POST, &assign).header("origin", &server.base).json(&json!({ "count": 1 }));
        assert_eq!(own.send().await.expect("an answer").status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_and_wrong_methods_are_problems_too() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        refused(mira.get("/api/v1/nothing").await, 404, "not_found", None).await;
        refused(mira.get("/api/v2/me").await, 404, "not_found", None).await;
        refused(mira.delete("/api/v1/me").await, 405, "method_not_allowed", None).await;
        refused(mira.get("/api/v1/classifications").await, 405, "method_not_allowed", None).await;
        refused(mira.post("/classify", json!({})).await, 405, "method_not_allowed", None).await;
        let nobody = "/api/v1/projects/nothing";
        refused(mira.get(&format!("{nobody}/status")).await, 404, "project_not_found", None).await;
        refused(mira.get(&format!("{nobody}/status/events")).await, 404, "project_not_found", None).await;
        refused(mira.get(&format!("{nobody}/rounds")).await, 404, "project_not_found", None).await;
        let count = json!({ "count": 1 });
        refused(mira.post(&format!("{nobody}/assignments"), count).await, 404, "project_not_found", None)
            .await;
        refused(mira.post("/api/v1/assignments/no-uuid/renewal", json!({})).await, 404, "not_found", None)
            .await;
    })
    .await;
}
