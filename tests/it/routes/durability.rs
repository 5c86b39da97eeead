//! Votes survive the death of the server: volunteers vote and retry while the process is killed with
//! SIGKILL ten times; in the end the log holds every acknowledged vote once, and no other.
//!
//! The server runs in a process of its own: this test binary, started again as the test
//! [`the_server_that_is_killed`].

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::{Clock, LogEntry, RetirementRule, Seed, Timestamp};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use server::{AppState, ServerConfig, TrainingSchedule};
use store::Store;
use tokio::{net::TcpListener, task::JoinSet};
use uuid::Uuid;

use super::test_server::{PASSWORD, SLUG, quick};

/// Where the killed server finds its folder; not set when the tests run as usual.
const FOLDER: &str = "LENSFINDER_TEST_SERVER_FOLDER";
const KILLS: u64 = 10;
const VOLUNTEERS: u64 = 6;
/// Votes acknowledged between two kills.
const VOTES_PER_LIFE: u64 = 60;
/// An end to every wait, so that a fault fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(120);

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "two processes share this clock")]
    fn now(&self) -> Timestamp {
        domain::truncate_to_micros(std::time::SystemTime::now().into())
    }
}

fn database(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("test.db").display())
}

#[test]
#[ignore = "not a test of its own: the process that the durability test starts and kills"]
fn the_server_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    // Ends with the test that started it, however that ended.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::connect(&database(&folder), Arc::new(SystemClock)).await.expect("a store");
        let config = ServerConfig { training: TrainingSchedule::default(), ..quick() };
        let state = AppState::new(store, folder.clone(), Arc::new(SystemClock), Seed::root(1), config);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let new = folder.join("address.new");
        std::fs::write(&new, address).expect("written");
        std::fs::rename(new, folder.join("address")).expect("renamed");
        server::serve(state, listener, std::future::pending()).await.expect("it never ends by itself");
    });
}

fn start(folder: &Path) -> Child {
    let _ = std::fs::remove_file(folder.join("address"));
    Command::new(std::env::current_exe().expect("a path"))
        .args(["routes::durability::the_server_that_is_killed", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("a process")
}

/// What the crowd and the killer tell each other.
#[derive(Default)]
struct Shared {
    /// Votes whose answer arrived.
    acknowledged: AtomicU64,
    /// Those that were in the log already: stored by a server that died before it could say so.
    repeated: AtomicU64,
    stop: AtomicBool,
}

/// A volunteer who does not give up: every request is repeated until the server answers it.
struct Volunteer {
    http: Client,
    folder: PathBuf,
    name: String,
}

impl Volunteer {
    fn new(folder: &Path, number: u64) -> Self {
        let http = Client::builder().cookie_store(true).timeout(Duration::from_secs(5)).build();
        Self { http: http.expect("a client"), folder: folder.to_owned(), name: format!("volunteer{number}") }
    }

    /// Sends until there is an answer that is not the server's trouble.
    async fn insist(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let attempts = async {
            loop {
                if let Some(answer) = self.attempt(path, body).await {
                    return answer;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, attempts).await.expect("the server comes back")
    }

    async fn attempt(&self, path: &str, body: &Value) -> Option<(StatusCode, Value)> {
        let address = std::fs::read_to_string(self.folder.join("address")).ok()?;
        let request = self.http.post(format!("http://{address}{path}")).json(body);
        let response = request.send().await.ok()?;
        let status = response.status();
        let body = response.json().await.ok()?;
        (!status.is_server_error()).then_some((status, body))
    }

    async fn sign_in(&self) {
        let email = format!("{}@example.org", self.name);
        let new = json!({ "email": email, "display_name": self.name, "password": PASSWORD });
        self.insist("/api/v1/accounts", &new).await;
        // Signing in works whether or not the answer to the sign-up was lost. The cookie's host has no
        // port, so it holds for every life of the server.
        let (status, _) =
            self.insist("/api/v1/session", &json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(status, StatusCode::OK);
    }

    /// Votes until told to stop or nothing is left; returns what was acknowledged, with its answer.
    async fn work(self, seed: u64, shared: Arc<Shared>) -> BTreeMap<Uuid, &'static str> {
        self.sign_in().await;
        let mut votes = BTreeMap::new();
        while !shared.stop.load(Ordering::Relaxed) {
            let path = format!("/api/v1/projects/{SLUG}/assignments");
            let (status, body) = self.insist(&path, &json!({ "count": 2 })).await;
            assert_eq!(status, StatusCode::OK, "{body}");
            let assignments = body["assignments"].as_array().expect("a list");
            if assignments.is_empty() {
                break;
            }
            for assignment in assignments {
                let answer = ["no_lens", "unsure", "lens"][votes.len() % 3];
                let id = Uuid::from_u64_pair(0x4000 | (seed << 16), (2 << 62) | votes.len() as u64);
                let vote = json!({ "id": id, "assignment_id": assignment["id"], "answer": answer });
                let (status, body) = self.insist("/api/v1/classifications", &vote).await;
                assert!(matches!(status, StatusCode::CREATED | StatusCode::OK), "{status} {body}");
                votes.insert(id, answer);
                shared.acknowledged.fetch_add(1, Ordering::Relaxed);
                shared.repeated.fetch_add(u64::from(status == StatusCode::OK), Ordering::Relaxed);
            }
        }
        votes
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_vote_is_lost_or_doubled_when_the_server_is_killed_ten_times() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::connect(&database(folder.path()), Arc::new(SystemClock)).await.expect("a store");
    let project = testkit::project(&store, SLUG).await;
    let survey = testkit::survey_subjects(&store, project, 400).await;
    testkit::training_subjects(&store, project, 40, 40).await;
    let rule = RetirementRule { min_votes: 3, max_votes: 5 };
    testkit::queue(&store, project, 1, &survey, rule, 100_000).await;
    store.close().await;

    let shared = Arc::new(Shared::default());
    let mut crowd = JoinSet::new();
    for number in 1..=VOLUNTEERS {
        let volunteer = Volunteer::new(folder.path(), number);
        crowd.spawn(volunteer.work(number, Arc::clone(&shared)));
    }
    let mut kills = 0;
    let lives = async {
        let mut life = start(folder.path());
        loop {
            let goal = shared.acknowledged.load(Ordering::Relaxed) + VOTES_PER_LIFE;
            while shared.acknowledged.load(Ordering::Relaxed) < goal && !crowd.is_empty() {
                if let Some(exit) = life.try_wait().expect("a child") {
                    panic!("the server ended by itself: {exit}");
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            if kills == KILLS {
                return life;
            }
            // SIGKILL, while the others are in the middle of their requests.
            life.kill().expect("killed");
            life.wait().expect("reaped");
            kills += 1;
            life = start(folder.path());
        }
    };
    let mut life = tokio::time::timeout(PATIENCE, lives).await.expect("the crowd gets on");
    shared.stop.store(true, Ordering::Relaxed);
    let mut sent = BTreeMap::new();
    while let Some(votes) = crowd.join_next().await {
        sent.extend(votes.expect("a volunteer who was served"));
    }
    life.kill().expect("killed");
    life.wait().expect("reaped");

    let store =
        Store::connect(&database(folder.path()), Arc::new(SystemClock)).await.expect("it opens again");
    let mark = store.high_water_mark(project).await.expect("a mark");
    let log = store.log(project, mark).await.expect("the log");
    let mut stored = BTreeMap::new();
    for entry in &log {
        let LogEntry::Vote(vote) = entry else { panic!("nobody took anything back: {entry:?}") };
        let before = stored.insert(vote.id.0, vote.answer.name());
        assert_eq!(before, None, "one id, two votes");
    }
    assert_eq!(stored, sent, "the log and what was acknowledged");
    assert!(sent.len() as u64 >= KILLS * VOTES_PER_LIFE);
    let verified = store.verify(project).await.expect("verified");
    assert_eq!(verified.mismatches, Vec::<String>::new());
    let repeated = shared.repeated.load(Ordering::Relaxed);
    println!("{} votes over {kills} kills, {repeated} of them acknowledged only by a later life", sent.len());
}
