//! One volunteer who is signed in: sends requests, says how long each took, and draws what to do
//! next from a seed of their own.

use std::time::{Duration, Instant};

use domain::{Seed, VolunteerId};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header::COOKIE};
use serde_json::{Value, json};
use uuid::Uuid;

use super::site::SLUG;

/// An image in this person's hands.
#[derive(Debug, Clone)]
pub struct Held {
    pub assignment: String,
    /// The address of the image: one per subject.
    pub image: String,
}

/// What the server said to an answer or an undo.
#[derive(Debug)]
pub enum Said {
    /// Taken, now or before under the same id.
    Taken { repeated: bool },
    /// Refused, with the code of the problem.
    Refused(String),
}

/// One volunteer.
#[derive(Clone)]
pub struct Person {
    http: Client,
    base: String,
    cookie: String,
    pub id: VolunteerId,
    seed: Seed,
    draws: u64,
}

impl Person {
    pub fn new(http: Client, base: String, token: &str, id: VolunteerId, seed: Seed) -> Self {
        Self { http, base, cookie: format!("lensfinder_session={token}"), id, seed, draws: 0 }
    }

    /// A number in [0, 1), the same in every run.
    pub fn draw(&mut self) -> f64 {
        self.draws += 1;
        (self.seed.index(self.draws).to_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// An id as a client makes it.
    pub fn new_id(&mut self) -> Uuid {
        self.draws += 1;
        uuid::Builder::from_random_bytes(self.seed.index(self.draws).to_bytes()).into_uuid()
    }

    /// One of the answers; mostly "no lens", as it should be.
    pub fn opinion(&mut self) -> &'static str {
        match self.draw() {
            x if x < 0.75 => "no_lens",
            x if x < 0.85 => "unsure",
            _ => "lens",
        }
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.base)).header(COOKIE, &self.cookie).json(body)
    }

    /// The request for images.
    pub fn asking(&self, count: u64) -> RequestBuilder {
        self.post(&format!("/api/v1/projects/{SLUG}/assignments"), &json!({ "count": count }))
    }

    /// Images, whether nothing is left, and how long it took.
    pub async fn ask(&self, count: u64) -> (Vec<Held>, bool, Duration) {
        let (response, lap) = timed(self.asking(count).send()).await;
        let response = response.expect("an answer");
        let status = response.status();
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(status, StatusCode::OK, "{body}");
        let held = |one: &Value| Held { assignment: text(&one["id"]), image: text(&one["image"]["url"]) };
        let held = body["assignments"].as_array().expect("a list").iter().map(held).collect();
        (held, body["nothing_left"].as_bool().expect("a flag"), lap)
    }

    /// The request that carries an answer.
    pub fn answer(&self, id: Uuid, assignment: &str, answer: &str) -> RequestBuilder {
        let body = json!({ "id": id, "assignment_id": assignment, "answer": answer, "seconds": 2.0 });
        self.post("/api/v1/classifications", &body)
    }

    /// Answers, and says how long it took.
    pub async fn vote(&self, id: Uuid, assignment: &str, answer: &str) -> (Said, Duration) {
        let (response, lap) = timed(self.answer(id, assignment, answer).send()).await;
        (said(response.expect("an answer")).await, lap)
    }

    /// Takes an answer back.
    pub async fn undo(&self, id: Uuid, of: Uuid) -> Said {
        let path = format!("/api/v1/classifications/{of}/retraction");
        said(self.post(&path, &json!({ "id": id })).send().await.expect("an answer")).await
    }

    /// Asks for more time; whether it was given.
    pub async fn renew(&self, assignment: &str) -> bool {
        let path = format!("/api/v1/assignments/{assignment}/renewal");
        self.post(&path, &Value::Null).send().await.expect("an answer").status().is_success()
    }
}

/// What a response to an answer or an undo says.
async fn said(response: Response) -> Said {
    let status = response.status();
    let body: Value = response.json().await.expect("JSON");
    match status {
        StatusCode::CREATED | StatusCode::OK => Said::Taken { repeated: status == StatusCode::OK },
        _ => Said::Refused(body["code"].as_str().unwrap_or_else(|| panic!("{status}: {body}")).to_owned()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[expect(clippy::disallowed_methods, reason = "printed, never asserted")]
async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    let done = work.await;
    (done, start.elapsed())
}

/// `n, p50, p99, max` of many laps, in words.
pub fn laps(what: &str, laps: &mut [Duration]) -> String {
    laps.sort_unstable();
    let at = |share: f64| {
        let index = (laps.len().saturating_sub(1) as f64 * share).round() as usize;
        laps.get(index).map_or(f64::NAN, |lap| lap.as_secs_f64() * 1e3)
    };
    let (p50, p99, most) = (at(0.5), at(0.99), at(1.0));
    format!("{what}: n = {}, p50 {p50:.1} ms, p99 {p99:.1} ms, max {most:.1} ms", laps.len())
}
