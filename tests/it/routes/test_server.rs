//! A server on a port of its own over a fresh database, and volunteers who talk to it.

use std::{sync::Arc, time::Duration};

use domain::{Digest, ProjectId, RetirementRule, Seed, SubjectId};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::{AppState, PasswordCost, RateLimits, ServerConfig, TrainingSchedule};
use tempfile::TempDir;
use testkit::TestStore;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use uuid::Uuid;

/// The project every test works on.
pub const SLUG: &str = "arcs";
/// Decides which slots hold training images, and which of these are silent.
pub const SEED: u64 = 7;
/// Good enough for everybody here.
pub const PASSWORD: &str = "a slow red giant";

/// What most tests want: no limits, cheap hashes, news of every answer at once, no training images.
pub fn quick() -> ServerConfig {
    ServerConfig {
        rate_limits: RateLimits::off(),
        password_cost: PasswordCost::for_tests(),
        repeatable_ids: true,
        status_interval: Duration::from_millis(20),
        numbers_every_votes: 1,
        training: TrainingSchedule::never(),
        ..ServerConfig::default()
    }
}

/// A running server. It stops when dropped.
pub struct TestServer {
    pub store: TestStore,
    pub base: String,
    pub project: ProjectId,
    pub survey: Vec<SubjectId>,
    pub images: TempDir,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl TestServer {
    /// A server over a project with 12 survey images in the queue and 4 + 4 training images.
    pub async fn start(store: TestStore, config: ServerConfig) -> Self {
        let project = testkit::project(&store, SLUG).await;
        let survey = testkit::survey_subjects(&store, project, 12).await;
        testkit::training_subjects(&store, project, 4, 4).await;
        let rule = RetirementRule { min_votes: 3, max_votes: 5 };
        testkit::queue(&store, project, 1, &survey, rule, 1_000).await;
        Self::over(store, project, survey, config).await
    }

    /// A server over a project that is there, with these survey images in its queue.
    pub async fn over(
        store: TestStore,
        project: ProjectId,
        survey: Vec<SubjectId>,
        config: ServerConfig,
    ) -> Self {
        let images = tempfile::tempdir().expect("a folder");
        let clock = Arc::clone(&store.clock);
        let state =
            AppState::new(store.store.clone(), images.path().to_owned(), clock, Seed::root(SEED), config);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(server::serve(state, listener, async move {
            let _ = stopped.await;
        }));
        Self { store, base, project, survey, images, stop: Some(stop), task }
    }

    /// Someone without an account, with a cookie jar.
    pub fn stranger(&self) -> Browser {
        let http = Client::builder().cookie_store(true).build().expect("a client");
        Browser { http, base: self.base.clone() }
    }

    /// Someone who just signed up.
    pub async fn volunteer(&self, name: &str) -> Browser {
        let browser = self.stranger();
        let response = browser.sign_up(name).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        browser
    }

    /// Puts a file where the campaign would, and returns its digest.
    pub fn add_image(&self, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        let hex = digest.to_string();
        let folder = self.images.path().join(&hex[..2]);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{hex}.webp")), bytes).expect("a file");
        digest
    }

    /// Puts one form of an image where the campaign would.
    pub fn add_form(&self, digest: &Digest, form: &str, bytes: &[u8]) {
        let hex = digest.to_string();
        let folder = self.images.path().join(&hex[..2]);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{hex}{form}")), bytes).expect("a file");
    }

    /// Stops the server and waits until it has.
    pub async fn stop(mut self) {
        self.stop.take().map(|stop| stop.send(()));
        self.task.await.expect("no panic").expect("a clean end");
    }
}

/// A client with its own cookies.
pub struct Browser {
    pub http: Client,
    pub base: String,
}

impl Browser {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.expect("an answer")
    }

    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.request(Method::POST, path).json(&body).send().await.expect("an answer")
    }

    pub async fn delete(&self, path: &str) -> Response {
        self.request(Method::DELETE, path).send().await.expect("an answer")
    }

    pub async fn sign_up(&self, name: &str) -> Response {
        let body = json!({
            "email": format!("{name}@example.org"), "display_name": name, "password": PASSWORD,
        });
        self.post("/api/v1/accounts", body).await
    }

    pub async fn sign_in(&self, name: &str, password: &str) -> Response {
        let body = json!({ "email": format!("{name}@example.org"), "password": password });
        self.post("/api/v1/session", body).await
    }

    pub async fn ask_for(&self, count: u64) -> Response {
        self.post(&format!("/api/v1/projects/{SLUG}/assignments"), json!({ "count": count })).await
    }

    /// The assignments handed out.
    pub async fn assignments(&self, count: u64) -> Vec<Value> {
        let body = ok(self.ask_for(count).await, StatusCode::OK).await;
        body["assignments"].as_array().expect("a list").clone()
    }

    /// The id of one assignment.
    pub async fn assignment(&self) -> String {
        id_of(&self.assignments(1).await[0])
    }

    pub async fn vote(&self, id: Uuid, assignment: &str, answer: &str) -> Response {
        let body = json!({ "id": id, "assignment_id": assignment, "answer": answer, "seconds": 2.5 });
        self.post("/api/v1/classifications", body).await
    }

    pub async fn undo(&self, id: Uuid, of: Uuid) -> Response {
        self.post(&format!("/api/v1/classifications/{of}/retraction"), json!({ "id": id })).await
    }
}

/// Ids as a client makes them, but the same in every run.
pub fn client_id(n: u128) -> Uuid {
    Uuid::from_u128((n << 64) | 0x4000_8000_0000_0000_0001)
}

pub fn id_of(assignment: &Value) -> String {
    assignment["id"].as_str().expect("an id").to_owned()
}

/// The body of an answer that has this status.
pub async fn ok(response: Response, status: StatusCode) -> Value {
    let found = response.status();
    let text = response.text().await.expect("a body");
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// Checks that this is a problem with this status, code and field.
pub async fn refused(response: Response, status: u16, code: &str, field: Option<&str>) {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(response.headers().contains_key("x-request-id"));
    let body = ok(response, StatusCode::from_u16(status).expect("a status")).await;
    let expected = (Some(code), Some(u64::from(status)), field);
    assert_eq!((body["code"].as_str(), body["status"].as_u64(), body["field"].as_str()), expected, "{body}");
    let words = |key: &str| body[key].as_str().is_some_and(|text| text.len() > 5);
    assert!(words("title") && words("detail") && words("type"), "{body}");
}
