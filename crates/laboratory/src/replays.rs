//! A replay experiment from its pools to its results. Numbers at the end of each trial
//! and on the way to it; drawing and exporting them is left to `report` and `export`.

use std::{collections::BTreeMap, path::Path};

use domain::Clock;
use replay::Checkpoint;

use crate::{
    Experiment, LabError,
    pool::{PoolReport, Workplace},
    results::{Results, Row},
    trials::{self, KeptOutcome, Slot},
};

/// The list of trials in a run's folder.
const SLOTS: &str = "trials.json";
/// Completeness and purity that a campaign is after.
pub const TARGET: (f64, f64) = (0.9, 0.3);
/// Votes on each tile in Space Warps (Marshall et al. 2016, More et al. 2016).
pub const SPACE_WARPS_VOTES: f64 = 25.6;

/// Everything a finished replay experiment holds.
#[derive(Debug)]
pub struct Replays {
    /// The pools.
    pub pools: Vec<PoolReport>,
    /// The trials.
    pub slots: Vec<Slot>,
    /// Their curves, in the same order.
    pub outcomes: Vec<KeptOutcome>,
    /// Their numbers.
    pub results: Results,
    /// Ids of the pools' images, for tables; empty when read back.
    pub ids: Vec<Vec<String>>,
}

/// Runs an experiment, or goes on with it.
///
/// # Errors
/// Names the pool or the policy that cannot run; also when the person asks to stop.
pub fn run(experiment: &Experiment, at: Workplace<'_>, clock: &dyn Clock) -> Result<Replays, LabError> {
    let pools = trials::pools(experiment, at)?;
    for (number, pool) in pools.iter().enumerate() {
        let path = at.run.join("pools").join(format!("{number:02}.json"));
        campaign::write_json(&path, &pool.prepared.report)?;
    }
    let slots = trials::slots(experiment, &pools)?;
    campaign::write_json(&at.run.join(SLOTS), &slots)?;
    trials::run(at.run, &slots, &pools, clock, at.progress)?;
    let (mut reports, mut ids) = (Vec::new(), Vec::new());
    for pool in pools {
        reports.push(pool.prepared.report);
        ids.push(pool.prepared.stored.ids);
    }
    gather(at.run, slots, reports, ids)
}

/// Reads back a finished experiment.
///
/// # Errors
/// When it is not finished or a file is damaged.
pub fn read(run: &Path) -> Result<Replays, LabError> {
    let path = run.join(SLOTS);
    if !path.exists() {
        return Err(LabError::Run(format!(
            "{} was stopped before its first trial; run it again to go on",
            run.display()
        )));
    }
    let mut pools = Vec::new();
    loop {
        let path = run.join("pools").join(format!("{:02}.json", pools.len()));
        if !path.exists() {
            break;
        }
        pools.push(campaign::read_json(&path)?);
    }
    gather(run, campaign::read_json(&path)?, pools, Vec::new())
}

fn gather(
    run: &Path,
    slots: Vec<Slot>,
    pools: Vec<PoolReport>,
    ids: Vec<Vec<String>>,
) -> Result<Replays, LabError> {
    let outcomes = trials::read(run, &slots)?;
    let name = |at: usize| pools.get(at).map_or_else(String::new, |pool| pool.name.clone());
    let rows = slots
        .iter()
        .zip(&outcomes)
        .map(|(slot, outcome)| Row {
            arm: slot.arm.clone(),
            policy: slot.policy.clone(),
            pool: name(slot.pool),
            cell: slot.cell.clone(),
            crowd: slot.crowd.clone(),
            threshold: slot.trial.candidate_threshold,
            seed: slot.trial.seed,
            numbers: numbers(outcome, slot.trial.votes),
        })
        .collect();
    let results = Results { kind: "replay".to_owned(), rows };
    Ok(Replays { pools, slots, outcomes, results, ids })
}

/// A trial in numbers: where it ended, and how it got there.
fn numbers(outcome: &KeptOutcome, votes: u64) -> BTreeMap<String, Option<f64>> {
    let points = &outcome.checkpoints;
    let Some(last) = points.last() else { return BTreeMap::new() };
    let mut numbers: BTreeMap<String, Option<f64>> =
        trials::numbers(last).into_iter().map(|(name, value)| (name.to_owned(), Some(value))).collect();
    let mut add = |name: &str, value: Option<f64>| numbers.insert(name.to_owned(), value);
    add("votes_to_target", votes_to(points, |at| at.completeness_at_purity_30, TARGET.0));
    add("votes_to_target_seen", votes_to(points, |at| at.seen_completeness_at_purity_30, TARGET.0));
    add("votes_to_half_found", votes_to(points, |at| at.completeness, 0.5));
    add("mean_completeness", area(points, votes, |at| at.completeness));
    let truth = last.lenses_total as f64;
    let covers = last.audit.map(|audit| f64::from(u8::from((audit.low..=audit.high).contains(&truth))));
    add("audit_covers_truth", covers);
    add("exhausted", Some(f64::from(u8::from(outcome.exhausted))));
    numbers
}

/// Votes from which on a share stays at `target`; `None` if it never does.
fn votes_to(points: &[Checkpoint], share: impl Fn(&Checkpoint) -> Option<f64>, target: f64) -> Option<f64> {
    replay::study::votes_to_reach(points, target, share).map(|votes| votes as f64)
}

/// The mean of a share over all votes; what it was at the end holds on where images ran out.
fn area(points: &[Checkpoint], votes: u64, share: impl Fn(&Checkpoint) -> Option<f64>) -> Option<f64> {
    let last = points.last()?;
    let value = |at: &Checkpoint| share(at).unwrap_or(0.0);
    let end = (votes as f64).max(last.votes as f64);
    if end <= 0.0 {
        return Some(value(last));
    }
    let between: f64 = points
        .windows(2)
        .map(|pair| (pair[1].votes - pair[0].votes) as f64 * f64::midpoint(value(&pair[0]), value(&pair[1])))
        .sum();
    Some((between + (end - last.votes as f64) * value(last)) / end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(votes: u64, share: f64) -> Checkpoint {
        let text = format!(
            r#"{{"votes":{votes},"training_votes":0,"votes_per_tile":0.0,"round":0,"head_version":0,"images_seen":0,
            "images_settled":0,"lenses_seen":0,"lenses_found":0,"candidates":0,"lenses_total":10,"completeness":{share},
            "purity":null,"completeness_at_purity_30":{share},"completeness_at_purity_50":null,
            "seen_completeness_at_purity_30":null,"average_precision":null,"tpr_at_fpr_1e3":null,"audit":null,"forecast":null}}"#
        );
        serde_json::from_str(&text).expect("a checkpoint")
    }

    #[test]
    fn the_target_is_met_where_it_is_kept() {
        let points = [at(0, 0.0), at(100, 0.8), at(200, 0.5), at(300, 1.0)];
        assert_eq!(votes_to(&points, |at| at.completeness, 0.75), Some(300.0));
        assert_eq!(votes_to(&points, |at| at.completeness, 0.0), Some(0.0));
        assert_eq!(votes_to(&points[..3], |at| at.completeness, 0.9), None);
        assert_eq!(votes_to(&points, |at| at.average_precision, 0.9), None);
    }

    #[test]
    fn the_mean_goes_on_where_images_ran_out() {
        let points = [at(0, 0.0), at(100, 1.0)];
        assert_eq!(area(&points, 100, |at| at.completeness), Some(0.5));
        assert_eq!(area(&points, 200, |at| at.completeness), Some(0.75));
        assert_eq!(area(&[], 200, |at| at.completeness), None);
    }
}
