//! The ranking over HTTP: who is in it, that it is late on purpose, and that whoever leaves is gone.

use std::time::Duration;

use domain::RetirementRule;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::both_stores;

use super::test_server::{Browser, SLUG, TestServer, client_id, ok, quick, refused};

const LATE: Duration = Duration::from_secs(11 * 60);

async fn server_with_many_images(store: testkit::TestStore) -> TestServer {
    let project = testkit::project(&store, SLUG).await;
    let survey = testkit::survey_subjects(&store, project, 40).await;
    let rule = RetirementRule { min_votes: 3, max_votes: 9 };
    testkit::queue(&store, project, 1, &survey, rule, 1_000).await;
    TestServer::over(store, project, survey, quick()).await
}

async fn answers(browser: &Browser, seed: u128, count: usize) {
    let mut given = 0;
    while given < count {
        for held in browser.assignments(5).await {
            given += 1;
            let id = client_id(seed * 1000 + given as u128);
            let vote = browser.vote(id, held["id"].as_str().expect("an id"), "no_lens").await;
            assert_eq!(vote.status(), StatusCode::CREATED);
        }
    }
}

async fn ranking(browser: &Browser, period: &str) -> Value {
    let path = format!("/api/v1/projects/{SLUG}/ranking?period={period}");
    ok(browser.get(&path).await, StatusCode::OK).await
}

async fn join(browser: &Browser, in_ranking: bool) {
    let change = browser.request(Method::PATCH, "/api/v1/me/settings");
    let change = change.json(&json!({ "in_ranking": in_ranking })).send().await.expect("an answer");
    ok(change, StatusCode::OK).await;
}

fn names(ranking: &Value, list: &str) -> Vec<String> {
    let helpers = ranking[list].as_array().expect("a list").iter();
    helpers.map(|helper| helper["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_late_shows_only_those_who_want_it_and_forgets_at_once() {
    both_stores(async |store| {
        let server = server_with_many_images(store).await;
        let guest = server.stranger();
        let mut people = Vec::new();
        for (seed, name) in (1..).zip(["mira", "noor", "ola"]) {
            let person = server.volunteer(name).await;
            server.verify_address(name).await;
            answers(&person, seed, 25).await;
            people.push(person);
        }
        let [mira, noor, ola] = &people[..] else { panic!("three people") };
        join(mira, true).await;
        join(ola, true).await;

        let young = ranking(&guest, "ever").await;
        assert_eq!((&young["top"], &young["team"]["answers"]), (&json!([]), &json!(0)), "too young");
        assert_eq!(young["me"], json!(null));

        server.store.clock.advance(LATE);
        let shown = ranking(&guest, "ever").await;
        let mut top = names(&shown, "top");
        top.sort();
        assert_eq!(top, ["mira", "ola"]);
        assert_eq!((&shown["team"]["people"], &shown["team"]["answers"]), (&json!(3), &json!(75)));
        assert_eq!((&shown["people"], &shown["near"]), (&json!(2), &json!([])));
        assert!(!shown.to_string().contains("noor"), "{shown}");

        let of_noor = ranking(noor, "week").await;
        assert_eq!(names(&of_noor, "near"), Vec::<String>::new());
        let me = &of_noor["me"];
        assert_eq!(
            (&me["in_ranking"], &me["place"], &me["answers"]),
            (&json!(false), &json!(null), &json!(25))
        );
        assert!(me["bits"].as_f64().is_some_and(|bits| bits > 0.0), "{me}");
        let of_mira = ranking(mira, "week").await;
        assert_eq!(of_mira["me"]["place"], json!(1), "equals share a place");
        assert_eq!(of_mira["near"].as_array().map(Vec::len), Some(2));
        assert_eq!(of_mira["since"], json!("2026-11-16T00:00:00Z"));

        // More answers change nothing until they are old enough.
        answers(mira, 7, 5).await;
        assert_eq!(ranking(&guest, "ever").await, shown);
        server.store.clock.advance(Duration::from_secs(9 * 60));
        assert_eq!(ranking(&guest, "ever").await, shown);

        join(ola, false).await;
        assert_eq!(names(&ranking(&guest, "ever").await, "top"), ["mira"], "gone at once");
        server.store.clock.advance(LATE);
        let later = ranking(&guest, "ever").await;
        assert_eq!((names(&later, "top"), &later["team"]["answers"]), (vec!["mira".to_owned()], &json!(80)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_week_begins_on_monday_and_ever_goes_on() {
    both_stores(async |store| {
        let server = server_with_many_images(store).await;
        let mira = server.volunteer("mira").await;
        server.verify_address("mira").await;
        join(&mira, true).await;
        answers(&mira, 1, 20).await;
        server.store.clock.advance(LATE);
        assert_eq!(names(&ranking(&mira, "week").await, "top"), ["mira"]);
        // From Saturday to the next Tuesday.
        server.store.clock.advance(Duration::from_secs(3 * 24 * 3600));
        let week = ranking(&mira, "week").await;
        assert_eq!((&week["top"], &week["me"]["answers"]), (&json!([]), &json!(0)));
        assert_eq!(week["since"], json!("2026-11-23T00:00:00Z"));
        assert_eq!(week["team"], json!({ "people": 0, "answers": 0, "bits": 0.0 }));
        assert_eq!(names(&ranking(&mira, "ever").await, "top"), ["mira"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_with_a_tag_and_refuses_nonsense() {
    both_stores(async |store| {
        let server = server_with_many_images(store).await;
        let guest = server.stranger();
        let path = format!("/api/v1/projects/{SLUG}/ranking");
        let first = guest.get(&path).await;
        let tag = first.headers()["etag"].to_str().expect("ASCII").to_owned();
        assert_eq!(ok(first, StatusCode::OK).await["period"], "week");
        let again = guest.request(Method::GET, &path).header("if-none-match", tag);
        assert_eq!(again.send().await.expect("an answer").status(), StatusCode::NOT_MODIFIED);
        refused(guest.get(&format!("{path}?period=day")).await, 422, "invalid_field", Some("period")).await;
        refused(guest.get("/api/v1/projects/no/ranking").await, 404, "project_not_found", None).await;
    })
    .await;
}
