//! How long people wait for images and for their votes, with 370,000 images queued and 200 people
//! at once: first at the pace of people who look at images, then as fast as the database goes.
//! Beside it, in the same run and on the same rows, the statements of the way before (a sum over
//! the queue for its budget, then the plain order of rank) and one bare look into the index.
//!
//! `cargo bench -p store --bench routing -- sqlite postgres` (or an address; a private PostgreSQL
//! of the tests does not wait for its disk). `POOL`, `PEOPLE`, `HISTORY` and `SECONDS` make it smaller.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{Answer, AssignmentId, ClassificationId, Digest, ProjectId, Seed, VolunteerId};
use rand::{Rng as _, RngExt as _};
use sqlx::Connection as _;
use store::{
    DatabaseKind, ImageRef, NewQueue, NewSubject, NewVote, QueueItem, Role, Slot, Store, TrainingPick,
};
use testkit::{FixedClock, PostgresDatabase, project, training_subjects, volunteer};

const LEASE: Duration = Duration::from_secs(3600);

/// Seconds somebody looks at one image, on average; five are fetched at once.
const LOOK: f64 = 3.0;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() -> Result<(), Failure> {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let asked = if asked.is_empty() { vec!["sqlite".into(), "postgres".into()] } else { asked };
    for what in asked {
        match what.as_str() {
            "sqlite" => {
                let folder = tempfile::tempdir_in(".")?;
                run(&format!("sqlite:{}", folder.path().join("bench.sqlite").display())).await?;
            }
            "postgres" => {
                let Some(database) = PostgresDatabase::create().await else { continue };
                println!("(this PostgreSQL does not wait for its disk)");
                run(database.url()).await?;
            }
            url => run(url).await?,
        }
    }
    Ok(())
}

async fn run(url: &str) -> Result<(), Failure> {
    let clock = Arc::new(FixedClock::default());
    let store = Store::connect(url, Arc::clone(&clock) as Arc<dyn domain::Clock>).await?;
    let (pool, people) = (setting("POOL", 370_000), setting("PEOPLE", 200));
    let seconds = Duration::from_secs(setting("SECONDS", 20) as u64);
    let start = now();
    let project = fill(&store, pool).await?;
    println!("{:?}: {pool} images queued in {:.0} s", store.kind(), start.elapsed().as_secs_f64());
    // What filling left to be tidied up is not what is measured.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let mut crowd = Vec::new();
    for i in 0..people {
        crowd.push(volunteer(&store, &format!("v{i}")).await);
    }
    let start = now();
    let history = setting("HISTORY", 1_000);
    remember(&store, project, &crowd, history).await?;
    println!("  {history} votes behind everybody, given in {:.0} s", start.elapsed().as_secs_f64());
    alone(&store, project, crowd[0]).await?;
    beside(url, store.kind(), project, crowd[0]).await?;
    for (name, look) in [("looking", Some(LOOK)), ("flat out", None)] {
        let waits = everybody(&store, &clock, project, &crowd, look, seconds).await;
        let rate = waits.voting.len() as f64 / seconds.as_secs_f64();
        println!("  {people} people, {name}: {rate:.0} votes/s");
        println!("    handing out   {}", describe(waits.assigning));
        println!("    a vote        {}", describe(waits.voting));
    }
    store.close().await;
    Ok(())
}

/// A queue of so many images with a network's scores: most are surely no lens.
async fn fill(store: &Store, pool: usize) -> Result<ProjectId, Failure> {
    let project = project(store, &format!("bench-{}", std::process::id())).await;
    training_subjects(store, project, 1_000, 1_000).await;
    let names: Vec<String> = (0..pool).map(|i| format!("s{i}")).collect();
    let new = |external_id: &String| NewSubject {
        external_id: external_id.clone(),
        role: Role::Survey,
        label: domain::Label::Unknown,
        training_kind: None,
        position: None,
        cell: None,
    };
    store.add_subjects(project, names.iter().map(new).collect()).await?;
    let mut subjects = Vec::with_capacity(pool);
    let mut after = None;
    loop {
        let page = store.subjects(project, after, 10_000).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        subjects.extend(page.iter().filter(|subject| !subject.role.is_training()).map(|subject| subject.id));
    }
    let image = |id: i64| ImageRef {
        digest: Digest::of(&id.to_le_bytes()),
        width: 381,
        height: 381,
        pixel_scale_arcsec: Some(0.262),
        encoding: store::ImageEncoding::Composite,
    };
    store.set_images(project, subjects.iter().map(|id| (*id, image(id.0))).collect()).await?;
    let mut dice = Seed::root(5).rng();
    let scores: Vec<_> = subjects.iter().map(|id| (*id, dice.random::<f64>().powi(8) * 0.5)).collect();
    store.set_priors(project, scores, "v1").await?;
    let items = subjects.iter().zip(0..).map(|(subject, rank)| QueueItem {
        subject: *subject,
        rank,
        strategy: "entropy".into(),
        inclusion_probability: 0.5,
        model_version: "v1".into(),
        value: 1.0,
    });
    let queue = NewQueue { round: 1, items: items.collect(), votes_budget: 100_000_000 };
    store.enqueue(project, queue).await?;
    Ok(project)
}

/// Votes behind everybody, so that searches step over what people have had.
async fn remember(
    store: &Store,
    project: ProjectId,
    crowd: &[VolunteerId],
    votes: usize,
) -> Result<(), Failure> {
    let mut tasks = tokio::task::JoinSet::new();
    for (i, volunteer) in crowd.iter().enumerate() {
        let (store, volunteer) = (store.clone(), *volunteer);
        let mut dice = Seed::root(21).index(i as u64).rng();
        tasks.spawn(async move {
            let mut given = 0;
            while given < votes {
                let slots = (0..50).map(|_| slot(&mut dice, true)).collect();
                let held = store.assign(project, volunteer, slots, LEASE).await?.assignments;
                if held.is_empty() {
                    break;
                }
                for assignment in held {
                    store.record_vote(answered(assignment.id, volunteer, &mut dice)).await?;
                    given += 1;
                }
            }
            Ok::<(), store::StoreError>(())
        });
    }
    while let Some(one) = tasks.join_next().await {
        one??;
    }
    Ok(())
}

fn answered(assignment: AssignmentId, volunteer: VolunteerId, dice: &mut domain::Rng) -> NewVote {
    NewVote {
        id: ClassificationId(uuid(dice)),
        assignment,
        volunteer,
        answer: if dice.random_bool(0.9) { Answer::NoLens } else { Answer::Lens },
        seconds: Some(3.0),
        view: None,
        mark: None,
        feedback: false,
    }
}

/// One request after the other, nobody else about.
async fn alone(store: &Store, project: ProjectId, volunteer: VolunteerId) -> Result<(), Failure> {
    let mut dice = Seed::root(1).rng();
    let mut waits = Vec::new();
    for _ in 0..200 {
        let slots = vec![slot(&mut dice, false)];
        let start = now();
        store.assign(project, volunteer, slots, LEASE).await?;
        waits.push(start.elapsed());
    }
    println!("  handing out one, alone            {}", describe(waits));
    Ok(())
}

const OLD_BUDGET: &str = "SELECT COALESCE(CAST(SUM(i.no_lens + i.unsure + i.lens) AS BIGINT), 0) AS taken
    FROM queue_item i WHERE i.project_id = $1 AND i.round = 1";
const OLD_PICK: &str = "SELECT q.subject_id FROM queue_item q JOIN subject s ON s.id = q.subject_id
    WHERE q.project_id = $1 AND q.round = 1 AND q.no_lens + q.unsure + q.lens < 6
      AND NOT EXISTS (SELECT 1 FROM assignment a
          WHERE a.volunteer_id = $2 AND a.subject_id = q.subject_id AND a.state <> 'expired')
    ORDER BY q.rank, q.subject_id LIMIT 1";
const BARE: &str = "SELECT subject_id FROM belief
    WHERE project_id = $1 AND round = 1 AND open_leases < crowd_wanted ORDER BY priority DESC, rank LIMIT 64";

/// The peers, on the same rows.
async fn beside(
    url: &str,
    kind: DatabaseKind,
    project: ProjectId,
    volunteer: VolunteerId,
) -> Result<(), Failure> {
    macro_rules! peers {
        ($Connection:ty) => {{
            let mut connection = <$Connection>::connect(url).await?;
            let (mut old, mut bare) = (Vec::new(), Vec::new());
            for _ in 0..30 {
                let start = now();
                sqlx::query(OLD_BUDGET).bind(project.0).fetch_all(&mut connection).await?;
                sqlx::query(OLD_PICK).bind(project.0).bind(volunteer.0).fetch_all(&mut connection).await?;
                old.push(start.elapsed());
            }
            for _ in 0..200 {
                let start = now();
                sqlx::query(BARE).bind(project.0).fetch_all(&mut connection).await?;
                bare.push(start.elapsed());
            }
            (old, bare)
        }};
    }
    let (old, bare) = match kind {
        DatabaseKind::Sqlite => peers!(sqlx::SqliteConnection),
        DatabaseKind::Postgres => peers!(sqlx::PgConnection),
    };
    println!("  reads of the old way, alone       {}", describe(old));
    println!("  one bare look at 64, alone        {}", describe(bare));
    Ok(())
}

#[derive(Default)]
struct Waits {
    assigning: Vec<Duration>,
    voting: Vec<Duration>,
}

async fn everybody(
    store: &Store,
    clock: &Arc<FixedClock>,
    project: ProjectId,
    crowd: &[VolunteerId],
    look: Option<f64>,
    time: Duration,
) -> Waits {
    let until = now() + time;
    let mut tasks = tokio::task::JoinSet::new();
    for (i, volunteer) in crowd.iter().enumerate() {
        let seed = Seed::root(9).index(i as u64).index(look.is_some().into());
        tasks.spawn(person(store.clone(), project, *volunteer, seed, look, until));
    }
    // Two minutes a second: what was let go lapses within the run.
    let clock = Arc::clone(clock);
    let ticking = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            clock.advance(Duration::from_secs(120));
        }
    });
    let mut all = Waits::default();
    while let Some(one) = tasks.join_next().await {
        let one = one.expect("nobody panics").expect("nothing fails");
        all.assigning.extend(one.assigning);
        all.voting.extend(one.voting);
    }
    ticking.abort();
    all
}

async fn person(
    store: Store,
    project: ProjectId,
    volunteer: VolunteerId,
    seed: Seed,
    look: Option<f64>,
    until: Instant,
) -> Result<Waits, store::StoreError> {
    let mut dice = seed.rng();
    let mut waits = Waits::default();
    if let Some(mean) = look {
        tokio::time::sleep(Duration::from_secs_f64(dice.random::<f64>() * mean * 5.0)).await;
    }
    while now() < until {
        let slots = (0..5).map(|_| slot(&mut dice, true)).collect();
        let start = now();
        let held = store.assign(project, volunteer, slots, LEASE).await?.assignments;
        waits.assigning.push(start.elapsed());
        for assignment in held {
            if let Some(mean) = look {
                let wait = -mean * (1.0 - dice.random::<f64>()).ln();
                tokio::time::sleep(Duration::from_secs_f64(wait.min(30.0))).await;
            }
            if now() >= until {
                break;
            }
            // Some close the page: their leases end while others ask.
            if dice.random_bool(0.02) {
                break;
            }
            let vote = answered(assignment.id, volunteer, &mut dice);
            let start = now();
            match store.record_vote(vote).await {
                Ok(_) => waits.voting.push(start.elapsed()),
                // Held longer than a lease lasts at this pace.
                Err(store::StoreError::Vote(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(waits)
}

fn slot(dice: &mut domain::Rng, training: bool) -> Slot {
    let training = training && dice.random_bool(0.1);
    let training = training.then(|| TrainingPick { lens: dice.random(), pick: dice.random() });
    Slot { id: AssignmentId(uuid(dice)), training, silent: true }
}

fn uuid(dice: &mut domain::Rng) -> uuid::Uuid {
    let mut bytes = [0; 16];
    dice.fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

fn describe(mut waits: Vec<Duration>) -> String {
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    format!("p50 {:.2} ms, p99 {:.2} ms, longest {:.1} ms ({})", at(0.5), at(0.99), at(1.0), waits.len())
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
fn now() -> Instant {
    Instant::now()
}
