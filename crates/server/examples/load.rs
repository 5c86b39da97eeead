//! How many requests the server answers on this machine: a crowd signs up, then asks for images and
//! answers them over loopback, against SQLite with every vote on the disk. Bounded in requests.
//!
//! `cargo run --release -p server --example load [volunteers] [votes each]`

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use domain::{Clock, RetirementRule, Seed, Timestamp};
use reqwest::Client;
use serde_json::{Value, json};
use server::{AppState, RateLimits, ServerConfig};
use store::Store;
use tokio::{net::TcpListener, task::JoinSet};
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "a program's own clock")]
    fn now(&self) -> Timestamp {
        domain::truncate_to_micros(SystemTime::now().into())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let volunteers = arguments.next().transpose()?.unwrap_or(16).clamp(1, 256);
    let votes = arguments.next().transpose()?.unwrap_or(200).clamp(1, 2_000);

    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("load.db").display());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::connect(&url, Arc::clone(&clock)).await?;
    let project = testkit::project(&store, "load").await;
    let survey = testkit::survey_subjects(&store, project, 6_000).await;
    testkit::training_subjects(&store, project, 400, 400).await;
    let rule = RetirementRule { min_votes: 3, max_votes: 5 };
    testkit::queue(&store, project, 1, &survey, rule, 1_000_000).await;
    let config = ServerConfig { rate_limits: RateLimits::off(), ..ServerConfig::default() };
    let state = AppState::new(store.clone(), folder.path().to_owned(), clock, Seed::root(1), config);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(server::serve(state, listener, async move {
        let _ = stopped.await;
    }));

    let (clients, sign_up) = timed(sign_up(&base, volunteers)).await;
    let clients = clients?;
    println!("{volunteers} sign-ups in {:.2} s", sign_up.as_secs_f64());

    let mut crowd = JoinSet::new();
    let (laps, wall) = timed(async {
        for (number, client) in (1..).zip(clients) {
            crowd.spawn(work(client, base.clone(), number, votes));
        }
        let mut laps = Laps::default();
        while let Some(done) = crowd.join_next().await {
            laps.add(done??);
        }
        Ok::<_, Box<dyn Error + Send + Sync>>(laps)
    })
    .await;
    let mut laps = laps?;
    let requests = laps.assignments.len() + laps.votes.len();
    let per_second = requests as f64 / wall.as_secs_f64();
    println!(
        "{requests} requests by {volunteers} volunteers in {:.2} s: {per_second:.0} per second",
        wall.as_secs_f64()
    );
    report("assignment (3 images)", &mut laps.assignments);
    report("vote", &mut laps.votes);
    let verified = store.verify(project).await?;
    println!("{} votes in the log, {} mismatches", verified.votes, verified.mismatches.len());
    let _ = stop.send(());
    server.await??;
    store.close().await;
    Ok(())
}

/// Time taken by every request, by kind.
#[derive(Default)]
struct Laps {
    assignments: Vec<Duration>,
    votes: Vec<Duration>,
}

impl Laps {
    fn add(&mut self, other: Self) {
        self.assignments.extend(other.assignments);
        self.votes.extend(other.votes);
    }
}

async fn sign_up(base: &str, volunteers: u64) -> Result<Vec<Client>> {
    let mut tasks = JoinSet::new();
    for number in 0..volunteers {
        let url = format!("{base}/api/v1/accounts");
        tasks.spawn(async move {
            let client = Client::builder().cookie_store(true).build()?;
            let name = format!("v{number}");
            let body = json!({
                "email": format!("{name}@example.org"), "display_name": name, "password": "a slow red giant",
            });
            client.post(url).json(&body).send().await?.error_for_status()?;
            Ok(client)
        });
    }
    tasks.join_all().await.into_iter().collect()
}

async fn work(client: Client, base: String, number: u64, votes: u64) -> Result<Laps> {
    let mut laps = Laps::default();
    let mut sent = 0;
    while sent < votes {
        let request =
            client.post(format!("{base}/api/v1/projects/load/assignments")).json(&json!({ "count": 3 }));
        let (body, lap) = timed(answer(request)).await;
        let body = body?;
        laps.assignments.push(lap);
        let assignments = body["assignments"].as_array().map_or(&[][..], Vec::as_slice);
        if assignments.is_empty() {
            break;
        }
        for assignment in assignments {
            let id = Uuid::from_u64_pair(0x4000 | (number << 16), (2 << 62) | sent);
            let vote = json!({ "id": id, "assignment_id": assignment["id"], "answer": "no_lens" });
            let (body, lap) =
                timed(answer(client.post(format!("{base}/api/v1/classifications")).json(&vote))).await;
            body?;
            laps.votes.push(lap);
            sent += 1;
        }
    }
    Ok(laps)
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Value> {
    Ok(request.send().await?.error_for_status()?.json().await?)
}

#[expect(clippy::disallowed_methods, reason = "this program measures")]
async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    let done = work.await;
    (done, start.elapsed())
}

fn report(what: &str, laps: &mut [Duration]) {
    laps.sort_unstable();
    let at = |share: f64| {
        let last = laps.len().saturating_sub(1);
        let index = (last as f64 * share).round() as usize;
        laps.get(index).map_or(f64::NAN, |lap| lap.as_secs_f64() * 1e3)
    };
    let (median, p99, most) = (at(0.5), at(0.99), at(1.0));
    println!("{what}: n = {}, p50 {median:.2} ms, p99 {p99:.2} ms, max {most:.2} ms", laps.len());
}
