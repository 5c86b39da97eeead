//! The crowd against a server that cuts connections, is busy, and forgets nothing.

use std::time::Duration;

use domain::{Cancelled, Digest, Progress, Seed, Silent};

use replay::crowd::TruthEntry;
use simulate::LookAlike;

use super::{
    fake_server::{FakeServer, Memory},
    *,
};

fn truth() -> Truth {
    let entry = |image: u8| match image % 3 {
        0 => TruthEntry::lens(6.0, 40.0),
        1 => TruthEntry::look_alike(LookAlike::Spiral),
        _ => TruthEntry::plain(),
    };
    (0..30).map(|image| (Digest::of(&[image]), entry(image))).collect()
}

fn memory() -> Memory {
    Memory { images: (0..30).map(|image| Digest::of(&[image])).collect(), ..Memory::default() }
}

fn config() -> CrowdConfig {
    CrowdConfig { volunteers: 6, wait: Duration::from_millis(1), waits: 3, ..CrowdConfig::default() }
}

async fn run(server: &FakeServer, config: CrowdConfig) -> Result<CrowdReport, CrowdError> {
    Crowd::new(config, Seed::root(1)).unwrap().run(&server.url, "sky", &truth(), &Silent, u64::MAX).await
}

#[tokio::test]
async fn everybody_looks_at_everything_once() {
    let server = FakeServer::start(memory()).await;
    let report = run(&server, config()).await.unwrap();
    assert_eq!((report.votes, report.training_seen), (6 * 30, 6 * 30));
    assert_eq!(report.answers.total(), 6 * 30);
    let about_known: u32 =
        report.kinds.values().map(|kind| kind.on_lenses.total() + kind.on_others.total()).sum();
    assert_eq!((about_known, report.unknown_images), (6 * 30, 0));
    assert_eq!(server.memory().votes.len(), 6 * 30);
}

#[tokio::test]
async fn silent_training_images_are_answered_like_any_other() {
    let server = FakeServer::start(Memory { silent_every: 3, ..memory() }).await;
    let report = run(&server, config()).await.unwrap();
    assert_eq!((report.votes, report.training_seen), (6 * 30, 6 * 20));
    assert_eq!(server.memory().votes.len(), 6 * 30);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_votes_in_the_same_order() {
    let mut logs = Vec::new();
    for _ in 0..2 {
        let server = FakeServer::start(memory()).await;
        run(&server, config()).await.unwrap();
        logs.push(std::mem::take(&mut server.memory().votes));
    }
    assert_eq!(logs[0], logs[1]);
}

#[tokio::test]
async fn broken_connections_and_a_busy_server_lose_and_double_nothing() {
    let server = FakeServer::start(Memory { cut_every: 7, busy_every: 11, ..memory() }).await;
    let report = run(&server, config()).await.unwrap();
    assert!(report.retried_requests > 20, "{report:?}");
    let memory = server.memory();
    let people_and_images: std::collections::BTreeSet<_> =
        memory.votes.iter().map(|vote| (vote.1.clone(), vote.2)).collect();
    assert_eq!((memory.votes.len(), people_and_images.len()), (6 * 30, 6 * 30));
    assert_eq!(report.votes, 6 * 30);
}

#[tokio::test]
async fn a_new_crowd_of_the_same_seed_signs_in_and_goes_on() {
    let server = FakeServer::start(memory()).await;
    let first = run(&server, CrowdConfig { max_votes: Some(50), ..config() }).await.unwrap();
    assert!((50..60).contains(&first.votes), "{first:?}");
    assert_eq!(server.memory().sign_ins, 0);
    let second = run(&server, config()).await.unwrap();
    assert_eq!(first.votes + second.votes, 6 * 30);
    let memory = server.memory();
    assert_eq!((memory.accounts.len(), memory.sign_ins), (6, 6));
}

#[tokio::test]
async fn images_that_others_hold_are_waited_for_but_not_for_ever() {
    let server = FakeServer::start(Memory { holds_everything_back: true, ..memory() }).await;
    let report = run(&server, config()).await.unwrap();
    assert_eq!((report.votes, report.gave_up_waiting), (0, true));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_that_asks_whether_it_runs() {
    let server = FakeServer { url: "http://127.0.0.1:9".to_owned(), ..FakeServer::start(memory()).await };
    let outcome = run(&server, CrowdConfig { patience: Duration::from_millis(60), ..config() }).await;
    let error = outcome.unwrap_err();
    assert!(error.to_string().ends_with("is it running?"), "{error}");
}

#[tokio::test]
async fn a_project_that_does_not_exist_is_an_error_with_the_servers_words() {
    let server = FakeServer::start(memory()).await;
    let crowd = Crowd::new(config(), Seed::root(1)).unwrap();
    let error = crowd.run(&server.url, "elsewhere", &truth(), &Silent, u64::MAX).await.unwrap_err();
    assert!(
        matches!(&error, CrowdError::Refused { status: 404, code, .. } if code == "not_found"),
        "{error}"
    );
}

/// Somebody who pressed Ctrl-C.
struct Impatient;

impl Progress for Impatient {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn note(&self, _: &str) {}
    fn end(&self) {}
    fn is_cancelled(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn a_person_can_stop_the_crowd() {
    let server = FakeServer::start(memory()).await;
    let crowd = Crowd::new(config(), Seed::root(1)).unwrap();
    let outcome = crowd.run(&server.url, "sky", &truth(), &Impatient, u64::MAX).await;
    assert!(matches!(outcome, Err(CrowdError::Cancelled(Cancelled))));
    assert!(server.memory().votes.is_empty());
}
