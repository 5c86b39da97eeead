//! Live numbers.

use std::{collections::BTreeSet, time::Duration};

use reqwest::{Response, StatusCode};
use serde_json::Value;
use server::ServerConfig;
use testkit::both_stores;

use super::test_server::{SLUG, TestServer, client_id, ok, quick, refused};

/// How long a test waits for news before it fails; never how long it takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads events off a response.
struct Events {
    response: Response,
    unread: String,
}

impl Events {
    /// The data of the next event, or `None` when the stream has ended.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.unread.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: ")).map(str::to_owned);
                let is_status = event.lines().any(|line| line == "event: status");
                self.unread = rest.to_owned();
                if let (Some(data), true) = (data, is_status) {
                    return Some(serde_json::from_str(&data).expect("JSON"));
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("news in time");
            self.unread.push_str(std::str::from_utf8(&chunk.ok()??).expect("UTF-8"));
        }
    }
}

async fn watch(server: &TestServer) -> Events {
    let response = server.stranger().get(&format!("/api/v1/projects/{SLUG}/status/events")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    Events { response, unread: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_hears_the_numbers_at_once_and_then_every_change() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mut events = watch(&server).await;
        let first = events.next().await.expect("the numbers now");
        let status = format!("/api/v1/projects/{SLUG}/status");
        let read = ok(server.stranger().get(&status).await, StatusCode::OK).await;
        let keys =
            |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&first), keys(&read), "the same JSON as the plain status");
        assert_eq!((first["slug"].as_str(), first["votes"].as_u64()), (Some(SLUG), Some(0)));

        let mira = server.volunteer("mira").await;
        let assignment = mira.assignment().await;
        ok(mira.vote(client_id(1), &assignment, "lens").await, StatusCode::CREATED).await;
        let mut latest = first;
        while latest["votes"].as_u64() != Some(1) {
            latest = events.next().await.expect("the vote shows");
        }
        assert_eq!(latest["images_looked_at"].as_u64(), Some(1));

        let mut late = watch(&server).await;
        let now = late.next().await.expect("a late watcher hears the numbers at once");
        assert_eq!(now["votes"].as_u64(), Some(1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_ends_the_streams() {
    both_stores(async |store| {
        let server = TestServer::start(store, quick()).await;
        let mut events = watch(&server).await;
        events.next().await.expect("the numbers now");
        tokio::time::timeout(PATIENCE, server.stop()).await.expect("a stream does not hold the server up");
        while events.next().await.is_some() {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_streams_than_allowed_are_refused_until_one_ends() {
    both_stores(async |store| {
        let server = TestServer::start(store, ServerConfig { max_event_streams: 1, ..quick() }).await;
        let mut first = watch(&server).await;
        first.next().await.expect("the numbers now");
        let path = format!("/api/v1/projects/{SLUG}/status/events");
        refused(server.stranger().get(&path).await, 503, "busy", None).await;
        drop(first);
        let again = async {
            while server.stranger().get(&path).await.status() != StatusCode::OK {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, again).await.expect("the place is free again");
    })
    .await;
}
