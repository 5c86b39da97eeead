//! Measures how many durable votes per second this machine's disk allows, with one
//! client and with 32: `cargo run --release -p store --example votes_per_second`
//! (SQLite in the current folder; or give an address such as `postgres://…`).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{Answer, AssignmentId, ClassificationId, ProjectId, RetirementRule, VolunteerId};
use store::{NewVote, Slot, Store};
use testkit::{FixedClock, project, queue, survey_subjects, volunteer};
use uuid::Uuid;

const IMAGES: usize = 500;
const LEASE: Duration = Duration::from_secs(600);

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir_in(".")?;
    let url = std::env::args().nth(1);
    let url = url.unwrap_or_else(|| format!("sqlite:{}", folder.path().join("votes.sqlite").display()));
    let store = Store::connect(&url, Arc::new(FixedClock::default())).await?;
    println!("{:?}", store.kind());
    for (run, clients, votes) in [(1_u128, 1_usize, 400_usize), (2, 32, 6400)] {
        measure(&store, run, clients, votes).await?;
    }
    store.close().await;
    Ok(())
}

async fn measure(store: &Store, run: u128, clients: usize, votes: usize) -> Result<(), Failure> {
    let tag = format!("{}-{run}", std::process::id());
    let project = project(store, &tag).await;
    let subjects = survey_subjects(store, project, IMAGES).await;
    let rule = RetirementRule { min_votes: 1000, max_votes: 1000 };
    queue(store, project, 1, &subjects, rule, u64::from(u32::MAX)).await;
    let mut people = Vec::new();
    for i in 0..clients {
        people.push(volunteer(store, &format!("{tag}-{i}")).await);
    }
    let start = now();
    let mut tasks = tokio::task::JoinSet::new();
    for (i, person) in people.into_iter().enumerate() {
        let first = (run << 96) | (u128::from(std::process::id()) << 64) | ((i as u128) << 32);
        tasks.spawn(vote(store.clone(), project, person, first, votes / clients));
    }
    let mut waits = Vec::new();
    while let Some(done) = tasks.join_next().await {
        waits.extend(done??);
    }
    let seconds = start.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let rate = waits.len() as f64 / seconds;
    println!(
        "{clients:>3} clients: {rate:>6.0} votes/s with their assignments; a vote waits {:.2} ms (median), {:.2} ms (99 %), {:.1} ms (longest)",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    Ok(())
}

/// Asks for five images at a time and answers them; returns how long each vote waited.
async fn vote(
    store: Store,
    project: ProjectId,
    volunteer: VolunteerId,
    first: u128,
    votes: usize,
) -> Result<Vec<Duration>, Failure> {
    let mut next = first;
    let mut id = move || {
        next += 1;
        Uuid::from_u128(next)
    };
    let mut waits = Vec::with_capacity(votes);
    while waits.len() < votes {
        let slots = (0..5).map(|_| Slot { id: AssignmentId(id()), training: None, silent: false }).collect();
        for assignment in store.assign(project, volunteer, slots, LEASE).await?.assignments {
            let vote = NewVote {
                id: ClassificationId(id()),
                assignment: assignment.id,
                volunteer,
                answer: Answer::NoLens,
                seconds: None,
                view: None,
                mark: None,
                feedback: false,
            };
            let start = now();
            store.record_vote(vote).await?;
            waits.push(start.elapsed());
        }
    }
    Ok(waits)
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
fn now() -> Instant {
    Instant::now()
}
