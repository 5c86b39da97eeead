//! How fast SWAP is folded again from a log, on one core, beside the least that is promised.
//! Run with `cargo bench -p consensus --profile release --bench swap_replay [-- VOTES]`; ends
//! with an error when a promise is broken.
//!
//! The votes are made up: 300 people per 100,000 votes with very unequal diligence, one vote in
//! ten on a training image, in no order of images (the worst for a cache).

use std::{collections::HashMap, process::ExitCode, time::Instant};

use consensus::{
    Crowd, Method, OfflineSwap, Preset, Shape, SpaceWarps, Vote,
    space_warps::{LogVote, replay_log},
};
use domain::{
    Answer, AssignmentId, Classification, ClassificationId, Label, LogEntry, Seed, SubjectId, Timestamp,
    VolunteerId,
};
use rand::RngExt;
use uuid::Uuid;

/// Promised: votes a second from the log, on one core.
const LEAST_PER_SECOND: f64 = 1e6;
/// Each is measured so often, and the best counts: a busy machine only ever makes it slower.
const REPETITIONS: usize = 5;

struct Made {
    subjects: u32,
    agents: u32,
    votes: Vec<LogVote>,
}

fn made_up(count: usize) -> Made {
    let (subjects, agents) = ((count as u32 / 10).max(20), (count as u32 / 300).max(20));
    let mut rng = Seed::root(4).child("swap_replay").rng();
    let votes = (0..count)
        .map(|_| {
            let subject = rng.random_range(0..subjects);
            // The most diligent tenth makes more than half of the votes.
            let agent = (f64::from(agents) * rng.random::<f64>().powi(4)) as u32;
            let is_lens = subject % 50 == 0;
            let truth = match subject % 100 {
                0 | 50 => Label::Lens,
                1..=8 => Label::NonLens,
                _ => Label::Unknown,
            };
            let right = rng.random::<f64>() < 0.8;
            LogVote { subject, agent, said_lens: Some(is_lens == right), truth }
        })
        .collect();
    Made { subjects, agents, votes }
}

/// The same as entries of the project's own log.
fn as_log(votes: &[LogVote]) -> Vec<LogEntry> {
    let at = Timestamp::from_timestamp(1_700_000_000, 0).unwrap_or_default();
    let ids = Seed::root(4).child("ids");
    let entry = |(number, vote): (usize, &LogVote)| {
        let id = Uuid::from_bytes(ids.index(number as u64).to_bytes());
        LogEntry::Vote(Classification {
            id: ClassificationId(id),
            subject: SubjectId(i64::from(vote.subject)),
            volunteer: VolunteerId(Uuid::from_u128(u128::from(vote.agent) << 64 | 0x7357)),
            assignment: AssignmentId(id),
            answer: if vote.said_lens == Some(true) { Answer::Lens } else { Answer::NoLens },
            at,
        })
    };
    votes.iter().enumerate().map(entry).collect()
}

/// Seconds this thread was on a core since it began, where the system tells (Linux): other
/// programs then do not count against it. Else time as it passes.
#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the watch")]
fn seconds_on_core(since: &mut Option<Instant>) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    match nanoseconds {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => since.get_or_insert_with(Instant::now).elapsed().as_secs_f64(),
    }
}

fn votes_per_second(votes: usize, mut work: impl FnMut() -> f64) -> f64 {
    let (mut best, mut since) = (f64::INFINITY, None);
    for _ in 0..REPETITIONS {
        let start = seconds_on_core(&mut since);
        std::hint::black_box(work());
        best = best.min(seconds_on_core(&mut since) - start);
    }
    votes as f64 / best
}

fn main() -> ExitCode {
    let count = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(1_000_000);
    let made = made_up(count);
    let mut kept = true;
    let mut report = |what: &str, found: f64, least: Option<f64>| {
        let promise = least.map_or_else(String::new, |least| {
            kept &= found >= least;
            format!(", promised {:.1}: {}", least / 1e6, if found >= least { "kept" } else { "BROKEN" })
        });
        println!("{what:<34} {:7.2} million votes/s{promise}", found / 1e6);
    };
    println!(
        "{count} votes on {} images by {} people, seconds on one core, best of {REPETITIONS}",
        made.subjects, made.agents
    );
    for preset in Preset::ALL {
        let found = votes_per_second(count, || {
            let mut state = match SpaceWarps::new(preset) {
                Ok(state) => state.with_room_for(made.subjects as usize, made.agents as usize),
                Err(error) => panic!("a preset is a right setting: {error}"),
            };
            state.extend(&made.votes);
            state.subjects().map(|(_, subject)| subject.posterior).sum()
        });
        report(&format!("dense votes, {}", preset.name()), found, Some(LEAST_PER_SECOND));
    }
    let log = as_log(&made.votes);
    let truth: HashMap<SubjectId, Label> = made
        .votes
        .iter()
        .filter(|vote| vote.truth != Label::Unknown)
        .map(|vote| (SubjectId(i64::from(vote.subject)), vote.truth))
        .collect();
    let found = votes_per_second(count, || match replay_log(&log, &truth, Preset::Production) {
        Ok(replayed) => replayed.state.subjects().map(|(_, subject)| subject.posterior).sum(),
        Err(error) => panic!("a preset is a right setting: {error}"),
    });
    report("the project's log, production", found, Some(LEAST_PER_SECOND));
    let shape =
        Shape { tasks: made.subjects as usize, workers: made.agents as usize, classes: 2, answers: 2 };
    let votes: Vec<Vote> = made
        .votes
        .iter()
        .map(|v| Vote { task: v.subject, worker: v.agent, answer: u16::from(v.said_lens == Some(true)) })
        .collect();
    match Crowd::new(shape, votes, Vec::new()) {
        Ok(crowd) => {
            let mut sweeps = 0;
            let found = votes_per_second(count, || {
                let fit = OfflineSwap::default().fit(&crowd);
                sweeps = fit.sweeps;
                fit.posteriors[0]
            });
            report(&format!("any crowd, at once, {sweeps} sweeps"), found, None);
        }
        Err(error) => println!("no crowd: {error}"),
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
