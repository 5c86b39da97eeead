//! SWAP vote by vote: a log replayed exactly, or votes of a crowd taken in the order in which
//! they were cast.

use consensus::{Fit, SpaceWarps, SpaceWarpsConfig, WorkerFit, skill_bits, space_warps::LogVote};
use domain::{Label, Progress as _};
use votes::{Arranged, Source};

use super::{
    choice::{Chosen, Plan},
    report::Report,
};
use crate::{clock::Stopwatch, failure::Failure, terminal::Terminal};

/// Votes between two looks at whether to stop.
const LOOK: usize = 1 << 16;

/// Replays a log and writes `subject,posterior,status`.
pub fn replay(plan: &Plan, terminal: &Terminal) -> Result<Report, Failure> {
    let Chosen::Online(config) = &plan.method else {
        return Err(Failure::words("only SWAP replays a log"));
    };
    for (given, flag) in [
        (plan.gold.is_some(), "--gold"),
        (plan.workers.is_some(), "--workers"),
        (plan.write_votes.is_some(), "--write-votes"),
    ] {
        if given {
            return Err(Failure::words(format!(
                "{flag} does not go with the replay of a log, which holds its own truths; weigh its votes with another --method, \
                 or read it as a table with --input-format csv --label-column said"
            )));
        }
    }
    let watch = Stopwatch::start();
    let log = votes::read_swap_log(&Source::of(&plan.votes), &plan.options, terminal)?;
    let mut report = Report::of_log(plan.method_name, &log);
    report.seconds.read = watch.seconds();
    let watch = Stopwatch::start();
    let mut state = SpaceWarps::new(config.clone())
        .map_err(Failure::words)?
        .with_room_for(log.subjects.len(), log.users.len());
    for (at, vote) in log.votes().enumerate() {
        state.update(&vote);
        if at.is_multiple_of(LOOK) {
            terminal.check()?;
        }
    }
    report.repeats_ignored(state.repeats());
    report.seconds.fit = watch.seconds();
    let watch = Stopwatch::start();
    if let Some(out) = &plan.out {
        let rows = votes::write_swap(out, &log, |subject| {
            // Every subject of the log has a vote.
            state.subject(subject).map_or((f64::NAN, ""), |track| (track.posterior, track.status.name()))
        })?;
        report.wrote(out, rows);
    }
    report.seconds.write = watch.seconds();
    Ok(report)
}

/// The same fold over the votes of a crowd; `positive` is the class that stands for a lens.
pub fn fit(config: &SpaceWarpsConfig, arranged: &Arranged, positive: usize) -> Result<Fit, Failure> {
    let crowd = &arranged.crowd;
    let shape = crowd.shape();
    let mut state =
        SpaceWarps::new(config.clone()).map_err(Failure::words)?.with_room_for(shape.tasks, shape.workers);
    for vote in crowd.votes() {
        let said = usize::from(vote.answer);
        let truth = match crowd.gold()[vote.task as usize] {
            None => Label::Unknown,
            Some(truth) if usize::from(truth) == positive => Label::Lens,
            Some(_) => Label::NonLens,
        };
        state.update(&LogVote {
            subject: vote.task,
            agent: vote.worker,
            said_lens: (said < shape.classes).then_some(said == positive),
            truth,
        });
    }
    let prior = match config {
        SpaceWarpsConfig::Swap(rules) => rules.prior,
        SpaceWarpsConfig::KSwap(rules) => rules.prior,
    };
    let mut posteriors = Vec::with_capacity(shape.tasks * 2);
    let mut sum = 0.0;
    for task in 0..shape.tasks as u32 {
        let p = state.subject(task).map_or(prior, |track| track.posterior);
        sum += p;
        posteriors.extend((0..2).map(|class| if class == positive { p } else { 1.0 - p }));
    }
    let workers =
        (0..shape.workers as u32).map(|worker| worker_fit(&state, worker, positive, shape.answers)).collect();
    let share = sum / shape.tasks as f64;
    let prevalence = (0..2).map(|class| if class == positive { share } else { 1.0 - share }).collect();
    Ok(Fit { classes: 2, posteriors, workers, prevalence, sweeps: 1, converged: true })
}

fn worker_fit(state: &SpaceWarps, worker: u32, positive: usize, answers: usize) -> WorkerFit {
    let Some(agent) = state.agent(worker) else {
        return WorkerFit { votes: 0, confusion: Vec::new(), informativeness_bits: 0.0 };
    };
    let mut confusion = vec![0.0; 2 * answers];
    let negative = 1 - positive;
    confusion[positive * answers + positive] = agent.pl;
    confusion[positive * answers + negative] = 1.0 - agent.pl;
    confusion[negative * answers + negative] = agent.pd;
    confusion[negative * answers + positive] = 1.0 - agent.pd;
    WorkerFit { votes: agent.votes, confusion, informativeness_bits: skill_bits(agent.pl, agent.pd) }
}
