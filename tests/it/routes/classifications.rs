//! Answers to images: what is taken, what is refused, and what is never taken twice.

use std::time::Duration;

use domain::LogEntry;
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{Rate, RateLimits, ServerConfig, TrainingSchedule};
use testkit::both_stores;
use uuid::Uuid;

use super::test_server::{TestServer, client_id, id_of, ok, quick, refused};

async fn log(server: &TestServer) -> Vec<LogEntry> {
    let mark = server.store.high_water_mark(server.project).await.expect("a mark");
    server.store.log(server.project, mark).await.expect("the log")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_in_the_log_when_it_is_acknowledged_and_counts_for_its_volunteer() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let assignment = mira.assignment().await;
        let body = ok(mira.vote(client_id(1), &assignment, "lens").await, StatusCode::CREATED).await;
        assert_eq!(body, json!({ "id": client_id(1), "feedback": null }));
        let entries = log(&server).await;
        let [LogEntry::Vote(vote)] = &entries[..] else { panic!("one vote: {entries:?}") };
        assert_eq!((vote.id.0, vote.answer), (client_id(1), domain::Answer::Lens));
        let me = ok(mira.get("/api/v1/me").await, StatusCode::OK).await;
        assert_eq!((&me["votes_total"], &me["votes_today"]), (&json!(1), &json!(1)));
        server.store.clock.advance(Duration::from_secs(24 * 3600));
        let me = ok(mira.get("/api/v1/me").await, StatusCode::OK).await;
        assert_eq!((&me["votes_total"], &me["votes_today"]), (&json!(1), &json!(0)), "a new day");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_without_an_assignment_is_refused_and_nothing_is_written() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let nothing = mira.vote(client_id(1), &client_id(99).to_string(), "lens").await;
        refused(nothing, 404, "assignment_not_found", None).await;
        assert_eq!(log(&server).await, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_again_gives_the_same_answer_and_one_vote() {
    both_stores(async |store| {
        let always = ServerConfig { training: TrainingSchedule::always(), ..quick() };
        let server = TestServer::start(store, always).await;
        let mira = server.volunteer("mira").await;
        let assignment = mira.assignment().await;
        let first = ok(mira.vote(client_id(1), &assignment, "lens").await, StatusCode::CREATED).await;
        let again = ok(mira.vote(client_id(1), &assignment, "lens").await, StatusCode::OK).await;
        assert_eq!(first, again);
        assert!(first["feedback"].is_object(), "a training image: {first}");
        assert_eq!(log(&server).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_clients_sending_one_id_at_once_make_one_vote() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let assignment = mira.assignment().await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let body = json!({ "id": client_id(1), "assignment_id": assignment, "answer": "unsure" });
            let request = mira.request(reqwest::Method::POST, "/api/v1/classifications").json(&body);
            tasks.spawn(async move { request.send().await.expect("an answer").status() });
        }
        let mut statuses = tasks.join_all().await;
        statuses.sort();
        assert_eq!(statuses[..9], [StatusCode::OK; 9]);
        assert_eq!(statuses[9], StatusCode::CREATED);
        assert_eq!(log(&server).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_answer_under_another_id_is_refused_and_the_first_stays() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let assignment = mira.assignment().await;
        ok(mira.vote(client_id(1), &assignment, "lens").await, StatusCode::CREATED).await;
        refused(mira.vote(client_id(2), &assignment, "no_lens").await, 409, "already_answered", None).await;
        assert_eq!(log(&server).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_names_another_vote_is_refused() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mira, vega) = (server.volunteer("mira").await, server.volunteer("vega").await);
        let (hers, other) = (mira.assignment().await, vega.assignment().await);
        ok(mira.vote(client_id(1), &hers, "lens").await, StatusCode::CREATED).await;
        refused(vega.vote(client_id(1), &other, "lens").await, 409, "id_in_use", None).await;
        ok(vega.vote(client_id(2), &other, "lens").await, StatusCode::CREATED).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_elses_assignment_can_be_neither_answered_nor_renewed() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let (mira, vega) = (server.volunteer("mira").await, server.volunteer("vega").await);
        let hers = mira.assignment().await;
        refused(vega.vote(client_id(1), &hers, "lens").await, 403, "not_your_assignment", None).await;
        let renewal = vega.post(&format!("/api/v1/assignments/{hers}/renewal"), Value::Null).await;
        refused(renewal, 403, "not_your_assignment", None).await;
        ok(mira.vote(client_id(1), &hers, "lens").await, StatusCode::CREATED).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_lease_is_gone_and_a_renewed_one_is_not() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let (kept, lost) = (mira.assignment().await, mira.assignment().await);
        let nearly = quick().lease - Duration::from_secs(5);
        server.store.clock.advance(nearly);
        let renewal = mira.post(&format!("/api/v1/assignments/{kept}/renewal"), Value::Null).await;
        assert!(ok(renewal, StatusCode::OK).await["expires_at"].is_string());
        server.store.clock.advance(nearly);
        refused(mira.vote(client_id(1), &lost, "lens").await, 410, "assignment_expired", None).await;
        ok(mira.vote(client_id(2), &kept, "lens").await, StatusCode::CREATED).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_meets_every_image_once_and_then_hears_that_nothing_is_left() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let mut seen = Vec::new();
        loop {
            let body = ok(mira.ask_for(5).await, StatusCode::OK).await;
            let batch = body["assignments"].as_array().expect("a list");
            for assignment in batch {
                let id = client_id(100 + seen.len() as u128);
                ok(mira.vote(id, &id_of(assignment), "no_lens").await, StatusCode::CREATED).await;
                seen.push(assignment["image"]["url"].as_str().expect("a path").to_owned());
            }
            if body["nothing_left"] == json!(true) {
                break;
            }
            assert!(!batch.is_empty(), "nothing came, and yet something is left: {body}");
        }
        assert_eq!(seen.len(), server.survey.len());
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), server.survey.len());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runaway_script_is_slowed_down() {
    both_stores(async |store| {
        let limits =
            RateLimits { work_per_volunteer: Some(Rate { burst: 3, per_second: 1.0 }), ..RateLimits::off() };
        let server = TestServer::start(store, ServerConfig { rate_limits: limits, ..quick() }).await;
        let (mira, vega) = (server.volunteer("mira").await, server.volunteer("vega").await);
        for _ in 0..3 {
            assert_eq!(mira.ask_for(1).await.status(), StatusCode::OK);
        }
        refused(mira.ask_for(1).await, 429, "too_many_requests", None).await;
        assert_eq!(vega.ask_for(1).await.status(), StatusCode::OK, "others are not slowed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nil_id_from_a_broken_generator_is_refused() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mira = server.volunteer("mira").await;
        let assignment = mira.assignment().await;
        refused(mira.vote(Uuid::nil(), &assignment, "lens").await, 422, "invalid_field", Some("id")).await;
    })
    .await;
}
