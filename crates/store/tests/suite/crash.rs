//! A process that is killed with −9 in the middle of its work loses nothing that
//! it has acknowledged and doubles nothing.

use std::{
    collections::HashSet,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use consensus::live::Settings;
use domain::{Answer, ClassificationId, LogEntry, RetirementRule, Seed};
use rand::{Rng as _, RngExt as _};
use sqlx::Connection as _;
use store::{NewRetraction, NewVote, Slot, Store, TrainingPick};
use testkit::{
    FixedClock, project, queue, settings, sqlite_store, survey_subjects, training_subjects, volunteer,
};
use uuid::Uuid;

const DATABASE: &str = "LENSFINDER_TEST_DATABASE";
const RUN: &str = "LENSFINDER_TEST_RUN";
const PEOPLE: u64 = 16;
const KILLS: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_vote_survives_kill_nine_exactly_once() {
    let store = sqlite_store().await;
    let project = project(&store, "p").await;
    let subjects = survey_subjects(&store, project, 400).await;
    training_subjects(&store, project, 100, 100).await;
    let rule = RetirementRule { min_votes: 99, max_votes: 99 };
    queue(&store, project, 1, &subjects, rule, 1_000_000).await;
    // The house model: undoing a vote on a known image weighs later ones again.
    store
        .configure(project, &Settings { retirement: settings(rule).retirement, ..Settings::default() })
        .await
        .unwrap();
    for i in 0..PEOPLE {
        volunteer(&store, &format!("v{i}")).await;
    }
    store.close().await;

    let mut acknowledged = HashSet::new();
    for run in 0..KILLS {
        let before = acknowledged.len();
        acknowledged.extend(killed_after(&store.url, run, 15 + 17 * run as usize));
        assert!(acknowledged.len() > before, "the voter got to work");

        let again = Store::connect(&store.url, Arc::new(FixedClock::default())).await.unwrap();
        let end = again.high_water_mark(project).await.unwrap();
        let mut kept = Vec::new();
        for entry in again.log(project, end).await.unwrap() {
            match entry {
                LogEntry::Vote(vote) => kept.push(vote.id.0),
                LogEntry::Retraction(back) => kept.push(back.id.0),
            }
        }
        let distinct: HashSet<_> = kept.iter().copied().collect();
        assert_eq!(distinct.len(), kept.len(), "doubled in run {run}");
        let lost: Vec<_> = acknowledged.difference(&distinct).collect();
        assert!(lost.is_empty(), "lost in run {run}: {lost:?}");
        assert_eq!(again.verify(project).await.unwrap().mismatches, Vec::<String>::new());
        again.close().await;

        let mut connection = sqlx::SqliteConnection::connect(&store.url).await.unwrap();
        let integrity: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
        assert_eq!(integrity, "ok");
    }
    eprintln!(
        "{} votes and undos acknowledged over {KILLS} kills, none lost, none doubled",
        acknowledged.len()
    );
}

/// Starts the voter below in a process of its own, kills it with −9 after it has acknowledged so
/// many votes, and returns all that it has acknowledged.
fn killed_after(url: &str, run: u64, votes: usize) -> Vec<Uuid> {
    let mut voter = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::votes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(DATABASE, url)
        .env(RUN, run.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(voter.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    let mut read =
        |line: String| acknowledged.extend(line.strip_prefix("vote ").and_then(|id| id.parse::<Uuid>().ok()));
    let mut seen = 0;
    for line in lines.by_ref() {
        let line = line.unwrap();
        seen += usize::from(line.starts_with("vote "));
        read(line);
        if seen == votes {
            break;
        }
    }
    voter.kill().unwrap();
    // What was written to the pipe before the kill was acknowledged too.
    lines.map_while(Result::ok).for_each(read);
    voter.wait().unwrap();
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process that the test above kills"]
async fn votes_until_it_is_killed() {
    let (Ok(url), Ok(run)) = (std::env::var(DATABASE), std::env::var(RUN)) else { return };
    let store = Store::connect(&url, Arc::new(FixedClock::default())).await.unwrap();
    let project = store.project("p").await.unwrap().unwrap().id;
    let mut people = tokio::task::JoinSet::new();
    for i in 0..PEOPLE {
        let store = store.clone();
        let mut rng = Seed::root(run.parse().unwrap()).index(i).rng();
        let mut choice = Seed::root(run.parse().unwrap()).child("choice").index(i).rng();
        people.spawn(async move {
            let email = format!("v{i}@example.org");
            let volunteer = store.credentials(&email).await.unwrap().unwrap().volunteer.id;
            let mut uuid = || {
                let mut bytes = [0; 16];
                rng.fill_bytes(&mut bytes);
                uuid::Builder::from_random_bytes(bytes).into_uuid()
            };
            loop {
                let slots = (0..3)
                    .map(|_| {
                        let pick = choice.random_bool(0.3);
                        let training =
                            pick.then(|| TrainingPick { lens: choice.random(), pick: choice.random() });
                        Slot { id: uuid().into(), training, silent: true }
                    })
                    .collect();
                let assigned =
                    store.assign(project, volunteer, slots, Duration::from_secs(60)).await.unwrap();
                for assignment in assigned.assignments {
                    let id = ClassificationId(uuid());
                    let answer = Answer::ALL[choice.random_range(0..3)];
                    let vote = NewVote {
                        id,
                        assignment: assignment.id,
                        volunteer,
                        answer,
                        seconds: None,
                        view: None,
                        mark: None,
                        feedback: false,
                    };
                    store.record_vote(vote).await.unwrap();
                    // One write per line, so that the parent never reads half an acknowledgement.
                    std::io::stdout().write_all(format!("vote {id}\n").as_bytes()).unwrap();
                    if choice.random_bool(0.15) {
                        let undo = ClassificationId(uuid());
                        let lease = Duration::from_secs(60);
                        store.retract(NewRetraction { id: undo, of: id, volunteer, lease }).await.unwrap();
                        std::io::stdout().write_all(format!("vote {undo}\n").as_bytes()).unwrap();
                    }
                }
            }
        });
    }
    people.join_next().await;
}
