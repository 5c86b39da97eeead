//! `lensfinder aggregate`: weighs votes that stand in files, without any server.

mod choice;
mod memory;
mod online;
mod places;
mod report;
mod settings;

use std::{path::PathBuf, sync::Arc};

use consensus::{Fit, WorkerFit};
use votes::{Arranged, Source, VoteLog};

pub use choice::Aggregate;
use choice::{Chosen, Plan};
use report::Report;

use super::heavy;
use crate::{clock::Stopwatch, failure::Failure, terminal::Terminal};

impl From<votes::VotesError> for Failure {
    fn from(error: votes::VotesError) -> Self {
        match error {
            votes::VotesError::Cancelled(_) => Self::Stopped,
            gone if gone.is_unread() => Self::Unread,
            other => Self::words(other),
        }
    }
}

/// Runs the command. Results appear whole or not at all, so there is nothing to go on from.
pub async fn run(wish: Aggregate, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    terminal.work_starts_over();
    weigh_or_replay(wish, terminal, json).await.map_err(|failure| match failure {
        Failure::Stopped => Failure::StoppedWhole,
        other => other,
    })
}

async fn weigh_or_replay(wish: Aggregate, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let plan = Plan::of(wish, json)?;
    let quiet = terminal.is_quiet();
    let report = if plan.is_replay() {
        heavy(move || online::replay(&plan, terminal.as_ref())).await?
    } else {
        weigh(plan, terminal).await?
    };
    report.tell(json, quiet)
}

/// What is handed from reading to weighing.
struct Ready {
    arranged: Arranged,
    report: Report,
}

async fn weigh(plan: Plan, terminal: Arc<Terminal>) -> Result<Report, Failure> {
    let plan = Arc::new(plan);
    let (of_reading, watched) = (plan.clone(), terminal.clone());
    let (ready, mut report) = match heavy(move || read(&of_reading, &watched)).await? {
        Outcome::Written(report) => return Ok(*report),
        Outcome::Ready(ready) => (ready.arranged, ready.report),
    };
    let watch = Stopwatch::start();
    let of_fitting = plan.clone();
    let (arranged, fit) = abandonable(&terminal, move || {
        let fit = fit(&of_fitting, &ready)?;
        Ok::<_, Failure>((ready, fit))
    })
    .await??;
    report.fitted(&fit, watch.seconds());
    heavy(move || {
        let watch = Stopwatch::start();
        type Write = fn(&std::path::Path, &Arranged, &Fit) -> Result<u64, votes::VotesError>;
        let tables: [(&Option<PathBuf>, Write); 2] =
            [(&plan.out, votes::write_posteriors), (&plan.workers, votes::write_workers)];
        let mut tables: Vec<(&PathBuf, Write)> =
            tables.into_iter().filter_map(|(path, write)| Some((path.as_ref()?, write))).collect();
        // Standard output last: who reads it may leave early, and the file is to be there then.
        tables.sort_by_key(|(path, _)| path.as_os_str() == "-");
        for (path, write) in tables {
            report.wrote(path, write(path, &arranged, &fit)?);
        }
        report.seconds.write += watch.seconds();
        Ok(report)
    })
    .await
}

enum Outcome {
    /// Votes were only to be carried to another format.
    Written(Box<Report>),
    /// They wait to be weighed.
    Ready(Box<Ready>),
}

/// Reads votes and truths, and writes the votes again where asked to.
fn read(plan: &Plan, terminal: &Terminal) -> Result<Outcome, Failure> {
    let watch = Stopwatch::start();
    let mut log = votes::read(&Source::of(&plan.votes), &plan.options, terminal)?;
    let mut unknown = Vec::new();
    if let Some(gold) = &plan.gold {
        let truths = votes::read_truths(&Source::of(gold), &plan.options, terminal)?;
        unknown = log.adopt_truths(&truths)?;
    }
    let mut report = Report::of(plan.method_name, &log);
    report.seconds.read = watch.seconds();
    if let Some((path, format)) = &plan.write_votes {
        let watch = Stopwatch::start();
        votes::write_votes(path, *format, &log, &plan.positive)?;
        report.wrote(path, log.entries().len() as u64);
        report.seconds.write = watch.seconds();
    }
    if plan.out.is_none() && plan.workers.is_none() {
        return Ok(Outcome::Written(Box::new(report.without_method())));
    }
    let watch = Stopwatch::start();
    let arranged = arrange(plan, log, &unknown)?;
    memory::check(plan, arranged.crowd.shape())?;
    report.arranged(&arranged);
    report.seconds.read += watch.seconds();
    Ok(Outcome::Ready(Box::new(Ready { arranged, report })))
}

fn arrange(plan: &Plan, log: VoteLog, unknown: &[String]) -> Result<Arranged, Failure> {
    let extra: Vec<String> = plan.positive.chosen.iter().cloned().collect();
    Ok(Arranged::new(log, unknown, &plan.positive.never, &extra)?)
}

fn fit(plan: &Plan, arranged: &Arranged) -> Result<Fit, Failure> {
    let crowd = &arranged.crowd;
    if crowd.shape().classes == 1 {
        return Ok(certain(arranged));
    }
    match &plan.method {
        Chosen::Method(method) => Ok(method.fit(crowd)),
        Chosen::Online(config) => online::fit(config, arranged, plan.positive.among(arranged.classes())?),
    }
}

/// Only one label can be true: nothing is left to weigh.
fn certain(arranged: &Arranged) -> Fit {
    let shape = arranged.crowd.shape();
    let mut workers =
        vec![WorkerFit { votes: 0, confusion: Vec::new(), informativeness_bits: 0.0 }; shape.workers];
    for vote in arranged.crowd.votes() {
        workers[vote.worker as usize].votes += 1;
    }
    Fit {
        classes: 1,
        posteriors: vec![1.0; shape.tasks],
        workers,
        prevalence: vec![1.0],
        sweeps: 0,
        converged: true,
    }
}

/// Runs work that does not look whether it should stop. On a request to stop the program goes on
/// at once to its end, and the work ends with it; it must not write anything.
async fn abandonable<T: Send + 'static>(
    terminal: &Terminal,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let (done, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = done.send(work());
    });
    tokio::select! {
        outcome = wait => outcome.map_err(|_| Failure::words("the method broke off; please report this with the file")),
        () = terminal.cancelled() => Err(Failure::Stopped),
    }
}
