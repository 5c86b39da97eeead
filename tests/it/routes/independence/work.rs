//! The work behind an assignment and behind a vote: the same statements of the database in the same
//! order for a training image as for one of the survey. What is left of a difference is hidden by the
//! beat on which answers leave, so that the time of an answer tells nothing.
//! Times themselves are compared by hand ([`latencies`]): they are too noisy for a test that must not
//! fail by chance.

use std::{
    collections::BTreeSet,
    fmt::Debug,
    sync::{Mutex, OnceLock, PoisonError},
    time::Instant,
};

use reqwest::StatusCode;
use serde_json::Value;
use server::{ServerConfig, SilentSchedule, SilentStep, TrainingSchedule, TrainingStep};
use testkit::sqlite_store;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt as _},
};

use super::World;
use crate::routes::test_server::{Browser, client_id, id_of, ok, quick};

/// Statements in the order in which the database ran them.
fn statements() -> &'static Mutex<Vec<String>> {
    static STATEMENTS: OnceLock<Mutex<Vec<String>>> = OnceLock::new();
    STATEMENTS.get_or_init(|| {
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Listener));
        Mutex::default()
    })
}

fn take() -> Vec<String> {
    std::mem::take(&mut statements().lock().unwrap_or_else(PoisonError::into_inner))
}

/// Hears what sqlx says of each statement.
struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut summary = Summary(String::new());
            event.record(&mut summary);
            // A connection that is opened meanwhile belongs to no request.
            if summary.0.contains("PRAGMA") {
                return;
            }
            statements().lock().unwrap_or_else(PoisonError::into_inner).push(summary.0);
        }
    }
}

struct Summary(String);

impl Visit for Summary {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "summary" {
            self.0 = format!("{value:?}");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            self.0 = value.to_owned();
        }
    }
}

/// Every second image or so is a training image, none of them is told.
fn half() -> ServerConfig {
    let step = TrainingStep { from: 0, one_in: 2.0, known: 0, bits: 0.0 };
    let silent = SilentSchedule { steps: vec![SilentStep { known: 0, one_in: 1.0 }] };
    ServerConfig { training: TrainingSchedule { steps: vec![step] }, silent, ..quick() }
}

/// Asks for one image and answers it: the image, and the statements of both.
async fn cycle(volunteer: &Browser, n: u128) -> (Value, Vec<String>, Vec<String>) {
    take();
    let assignment = volunteer.assignments(1).await.remove(0);
    let asking = take();
    let vote = volunteer.vote(client_id(n), &id_of(&assignment), "no_lens").await;
    ok(vote, StatusCode::CREATED).await;
    (assignment, asking, take())
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_images_cost_the_database_the_same_statements() {
    statements();
    let world = World::new(sqlite_store().await, 1_000, 150, half()).await;
    // The very first vote on a training image makes its row among the beliefs; one of the survey has had
    // its row since it was queued. So somebody else goes first.
    let vega = world.server.volunteer("vega").await;
    for request in 0..140 {
        for (n, assignment) in (1..).zip(vega.assignments(5).await) {
            let vote = client_id(1_000 + request * 10 + n);
            ok(vega.vote(vote, &id_of(&assignment), "no_lens").await, StatusCode::CREATED).await;
        }
    }
    let mira = world.server.volunteer("mira").await;
    // The first of everything fills caches.
    for n in 1..6 {
        cycle(&mira, n).await;
    }
    let mut asking: [BTreeSet<Vec<String>>; 2] = Default::default();
    let mut voting: [BTreeSet<Vec<String>>; 2] = Default::default();
    let mut counts = [0, 0];
    for n in 100..220 {
        let (assignment, asked, voted) = cycle(&mira, n).await;
        let kind = usize::from(world.is_survey(&assignment));
        counts[kind] += 1;
        asking[kind].insert(asked);
        voting[kind].insert(voted);
    }
    assert!(counts.iter().all(|count| *count > 30), "{counts:?}");
    assert!(asking[0].iter().all(|list| list.len() > 3), "nothing was heard of the database: {asking:?}");
    assert_eq!(asking[0], asking[1], "asking for an image");
    assert_eq!(voting[0], voting[1], "answering it");
}

/// Compares the times of both kinds by the share of pairs in which a training slot took longer (0.5: no
/// difference; Mann–Whitney). At 4.9 standard errors a false alarm comes once in a million runs, but a
/// busy machine may fail it: run it alone, with `--run-ignored only`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures time; for a quiet machine"]
#[expect(clippy::disallowed_methods, reason = "measures the latency of real requests")]
async fn latencies() {
    const CYCLES: u128 = 1_500;
    let world = World::new(sqlite_store().await, 2_000, 1_000, half()).await;
    let mira = world.server.volunteer("mira").await;
    let mut times: [[Vec<u128>; 2]; 2] = Default::default();
    for n in 1..=CYCLES {
        let start = Instant::now();
        let assignment = mira.assignments(1).await.remove(0);
        let asked = start.elapsed().as_nanos();
        let start = Instant::now();
        ok(mira.vote(client_id(n), &id_of(&assignment), "no_lens").await, StatusCode::CREATED).await;
        let kind = usize::from(world.is_survey(&assignment));
        times[0][kind].push(asked);
        times[1][kind].push(start.elapsed().as_nanos());
    }
    for (what, [known, unknown]) in ["asking", "answering"].into_iter().zip(times) {
        let pairs = (known.len() * unknown.len()) as f64;
        let slower: f64 = known
            .iter()
            .map(|a| {
                unknown
                    .iter()
                    .map(|b| f64::from(u8::from(a > b)) + 0.5 * f64::from(u8::from(a == b)))
                    .sum::<f64>()
            })
            .sum();
        let share = slower / pairs;
        let error = ((known.len() + unknown.len() + 1) as f64 / (12.0 * pairs)).sqrt();
        let median = |mut all: Vec<u128>| {
            all.sort_unstable();
            all[all.len() / 2] as f64 / 1e3
        };
        println!(
            "{what}: {} known {:.0} µs, {} unknown {:.0} µs; a known one is slower in {share:.3} ± {error:.3} of pairs",
            known.len(),
            median(known.clone()),
            unknown.len(),
            median(unknown.clone())
        );
        assert!((share - 0.5).abs() < 4.9 * error, "{what}: {share:.3} ± {error:.3}");
    }
}
