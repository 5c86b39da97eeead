//! The OpenAPI document.

use reqwest::StatusCode;
use serde_json::Value;
use testkit::both_stores;

use super::test_server::{TestServer, ok, quick};

#[test]
fn the_committed_document_is_current() {
    let committed = include_str!("../../../web/openapi.json");
    let current = server::openapi_json().expect("JSON");
    assert!(
        committed == current,
        "web/openapi.json is not what the server says of itself; \
         run `cargo run --release -p server --example openapi`"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_describes_itself() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let document = ok(server.stranger().get("/openapi.json").await, StatusCode::OK).await;
        let committed: Value = serde_json::from_str(include_str!("../../../web/openapi.json")).expect("JSON");
        assert_eq!(document, committed);
    })
    .await;
}

#[test]
fn every_operation_has_a_summary_a_tag_and_described_answers() {
    let document: Value = serde_json::from_str(&server::openapi_json().expect("JSON")).expect("JSON");
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let said = |key: &str| operation[key].as_str().is_some_and(|text| !text.is_empty());
            assert!(
                said("summary") && said("operationId") && operation["tags"].is_array(),
                "{method} {path}"
            );
            for (status, answer) in operation["responses"].as_object().expect("responses") {
                assert!(
                    answer["description"].as_str().is_some_and(|text| !text.is_empty()),
                    "{method} {path} {status}"
                );
                let is_error = status.as_str() >= "400";
                let is_problem = answer["content"].get("application/problem+json").is_some();
                assert_eq!(is_error, is_problem, "{method} {path} {status}");
            }
        }
    }
}
