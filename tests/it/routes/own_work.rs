//! What people see of their own work over HTTP: the same whether a training image was silent or there
//! was none, and the certificate.

use std::time::Duration;

use domain::{Digest, VolunteerId};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{ServerConfig, SilentSchedule, TrainingSchedule};
use store::{LinkPurpose, NewLink};
use testkit::both_stores;

use super::test_server::{Browser, SLUG, TestServer, client_id, id_of, ok, quick, refused};

async fn of_mine(me: &Browser, path: &str) -> Value {
    ok(me.get(&format!("/api/v1/projects/{SLUG}/me{path}")).await, StatusCode::OK).await
}

/// Answers one image after another, takes one back, and returns every view of it, again and again.
async fn life(server: &TestServer, me: &Browser, ids: u128) -> Vec<Value> {
    let mut seen = Vec::new();
    let look = async |seen: &mut Vec<Value>| {
        seen.push(of_mine(me, "").await);
        for show in ["all", "lens", "unsure", "no_lens", "training", "candidate"] {
            seen.push(of_mine(me, &format!("/history?show={show}")).await);
        }
        seen.push(of_mine(me, "/candidates").await);
    };
    look(&mut seen).await;
    for (n, answer) in (1..).zip(["lens", "no_lens", "unsure", "lens"]) {
        let assignment = me.assignment().await;
        let vote = client_id(ids + n);
        ok(me.vote(vote, &assignment, answer).await, StatusCode::CREATED).await;
        look(&mut seen).await;
        if n == 2 {
            ok(me.undo(client_id(ids + 50), vote).await, StatusCode::CREATED).await;
            look(&mut seen).await;
            ok(me.vote(client_id(ids + 51), &assignment, "no_lens").await, StatusCode::CREATED).await;
        }
        seen.push(of_mine(me, &format!("/history/{vote}")).await);
        server.store.clock.advance(Duration::from_secs(60));
    }
    for _ in 0..3 {
        server.store.clock.advance(Duration::from_secs(24 * 3600));
        look(&mut seen).await;
    }
    seen
}

/// Without what names one image or one answer: the ids, and the address of the picture.
fn anonymous(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(anonymous),
        Value::Object(fields) => {
            for (name, value) in fields {
                match name.as_str() {
                    "id" | "url" => *value = json!("…"),
                    // A cursor holds the place in the log, which both lives share.
                    _ => anonymous(value),
                }
            }
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_life_with_silent_training_images_reads_like_one_without_any() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mut survey = life(&server, &server.volunteer("mira").await, 100).await;
        drop(server);
        let silent = ServerConfig {
            training: TrainingSchedule::always(),
            silent: SilentSchedule::always(),
            ..quick()
        };
        let store = testkit::sqlite_store().await;
        let server = TestServer::start(store, silent).await;
        let mut silent = life(&server, &server.volunteer("mira").await, 100).await;
        survey.iter_mut().chain(&mut silent).for_each(anonymous);
        for (a, b) in survey.iter().zip(&silent) {
            assert_eq!(a, b);
        }
        assert_eq!(survey.len(), silent.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_the_work_of_others() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mira, vega) = (server.volunteer("mira").await, server.volunteer("vega").await);
        let vote = client_id(1);
        ok(mira.vote(vote, &mira.assignment().await, "lens").await, StatusCode::CREATED).await;
        let one = format!("/api/v1/projects/{SLUG}/me/history/{vote}");
        assert_eq!(of_mine(&mira, "/history").await["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(of_mine(&vega, "/history").await["items"], json!([]));
        refused(vega.get(&one).await, 404, "classification_not_found", None).await;
        refused(server.stranger().get(&one).await, 401, "not_signed_in", None).await;
        for path in ["", "/history", "/candidates"] {
            let path = format!("/api/v1/projects/{SLUG}/me{path}");
            refused(server.stranger().get(&path).await, 401, "not_signed_in", None).await;
        }
        let wrong = format!("/api/v1/projects/{SLUG}/me/history?show=gold");
        assert_eq!(mira.get(&wrong).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = format!("/api/v1/projects/{SLUG}/me/history?after=nonsense");
        refused(mira.get(&wrong).await, 422, "invalid_field", Some("after")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn history_comes_in_pages_that_hold_everything_once() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        for (n, shown) in (1..).zip(mira.assignments(5).await) {
            ok(mira.vote(client_id(n), &id_of(&shown), "no_lens").await, StatusCode::CREATED).await;
        }
        let (mut numbers, mut after) = (Vec::new(), String::new());
        loop {
            let page = of_mine(&mira, &format!("/history?limit=2{after}")).await;
            let items = page["items"].as_array().expect("items").clone();
            numbers.extend(items.iter().filter_map(|item| item["number"].as_u64()));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(numbers, [5, 4, 3, 2, 1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_needs_a_verified_address_and_an_answer_and_can_be_checked() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let path = "/api/v1/me/certificate";
        refused(mira.get(path).await, 403, "email_not_verified", None).await;
        let me = ok(mira.get("/api/v1/me").await, StatusCode::OK).await;
        let id = me["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let link = NewLink {
            digest: Digest::of(b"mira"),
            volunteer: VolunteerId(id),
            purpose: LinkPurpose::Verify,
            email: "mira@example.org".to_owned(),
            lifetime: Duration::from_secs(60),
        };
        server.store.create_link(link).await.expect("kept");
        server.store.verify_address(Digest::of(b"mira")).await.expect("verified");
        refused(mira.get(path).await, 409, "nothing_to_certify", None).await;
        ok(mira.vote(client_id(1), &mira.assignment().await, "lens").await, StatusCode::CREATED).await;

        let paper = mira.get(&format!("{path}?lang=zh")).await;
        assert_eq!(paper.status(), StatusCode::OK);
        assert_eq!(paper.headers()["content-type"], "application/pdf");
        let name = paper.headers()["content-disposition"].to_str().expect("ASCII").to_owned();
        let code = name.split("lensfinder-").nth(1).and_then(|rest| rest.split(".pdf").next());
        let code = code.expect("the code is in the name").to_owned();
        assert!(paper.bytes().await.expect("bytes").starts_with(b"%PDF-"));
        let again = mira.get(&format!("{path}?lang=en")).await;
        assert!(
            again.headers()["content-disposition"].to_str().expect("ASCII").contains(&code),
            "the same paper"
        );

        let guest = server.stranger();
        let typed = code.to_lowercase().replace('-', "%20");
        let real = ok(guest.get(&format!("/api/v1/certificates/{typed}")).await, StatusCode::OK).await;
        let day = "2026-11-21";
        assert_eq!(real, json!({ "code": code, "name": "mira", "images": 1, "issued_on": day }));
        for wrong in ["0000-0000-0000", "x", "%00"] {
            let response = guest.get(&format!("/api/v1/certificates/{wrong}")).await;
            refused(response, 404, "certificate_not_found", None).await;
        }
        let response = guest.get(&format!("{path}?lang=fr")).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "who asks comes before what");
    })
    .await;
}
