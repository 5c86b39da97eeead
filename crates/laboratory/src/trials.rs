//! The trials of a replay experiment: which there are, running those that are not
//! finished, reading back those that are. Each trial is one file named by everything
//! it depends on, whole or not there, so a killed run goes on and no trial runs twice.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use domain::{Clock, Digest, Progress};
use rayon::prelude::*;
use replay::{Checkpoint, HeadMode, Impression, Outcome, Ranked, Trial};
use serde::{Deserialize, Serialize};

use crate::{
    Experiment, LabError, Plan,
    config::ReplayPlan,
    events::{Event, Log},
    pool::{Prepared, Workplace, prepare},
};

/// A pool and where else its plan occurs.
#[derive(Debug)]
pub struct NamedPool {
    /// The name in the report, unique in the run.
    pub name: String,
    /// The pool.
    pub prepared: Prepared,
}

/// One trial and its place in the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// What its curve is called.
    pub arm: String,
    /// Of the policy.
    pub policy: String,
    /// Which of the pools.
    pub pool: usize,
    /// The combination of the sweep.
    pub cell: String,
    /// Of the crowd.
    pub crowd: String,
    /// What is run.
    pub trial: Trial,
    /// Digest of pool and trial.
    pub key: String,
}

/// A finished trial's file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrialFile {
    /// Digest of pool and trial.
    pub key: String,
    /// Digest of the pool.
    pub pool: Digest,
    /// What was run.
    pub trial: Trial,
    /// What came out.
    pub outcome: Outcome,
}

/// The part of a trial's file that curves are made from.
#[derive(Debug, Clone, Deserialize)]
pub struct Kept {
    /// What came out.
    pub outcome: KeptOutcome,
}

/// Checkpoints without the votes behind them.
#[derive(Debug, Clone, Deserialize)]
pub struct KeptOutcome {
    /// On the way.
    pub checkpoints: Vec<Checkpoint>,
    /// Whether the images ran out before the votes.
    pub exhausted: bool,
}

/// The rest of a trial's file, for tables.
#[derive(Debug, Clone, Deserialize)]
pub struct Details {
    /// What came out.
    pub outcome: DetailsOutcome,
}

/// Votes and ranking.
#[derive(Debug, Clone, Deserialize)]
pub struct DetailsOutcome {
    /// Every vote.
    pub impressions: Vec<Impression>,
    /// The whole pool at the end.
    pub ranking: Vec<Ranked>,
}

/// Where the trials of a run lie.
#[must_use]
pub fn folder(run: &Path) -> PathBuf {
    run.join("trials")
}

/// The file of a trial.
#[must_use]
pub fn file(run: &Path, key: &str) -> PathBuf {
    folder(run).join(format!("{key}.json"))
}

/// Prepares every pool of an experiment, each once.
///
/// # Errors
/// Names the pool and what is missing.
pub fn pools(experiment: &Experiment, at: Workplace<'_>) -> Result<Vec<NamedPool>, LabError> {
    let mut found: Vec<(String, NamedPool)> = Vec::new();
    for (label, plan) in replays(experiment) {
        for pool in &plan.pools {
            let plan_json =
                serde_json::to_string(&(pool, &plan.real)).map_err(LabError::malformed(at.run))?;
            if found.iter().any(|(known, _)| *known == plan_json) {
                continue;
            }
            let mut prepared = prepare(pool, &plan.real, at)?;
            let taken = found.iter().any(|(_, other)| other.name == pool.name);
            let name = if taken { format!("{} ({label})", pool.name) } else { pool.name.clone() };
            prepared.report.name.clone_from(&name);
            found.push((plan_json, NamedPool { name, prepared }));
        }
    }
    Ok(found.into_iter().map(|(_, pool)| pool).collect())
}

/// Every trial of an experiment once, in the order of the report.
///
/// # Errors
/// When a policy needs what its pool does not hold.
pub fn slots(experiment: &Experiment, pools: &[NamedPool]) -> Result<Vec<Slot>, LabError> {
    let all: Vec<(&str, &ReplayPlan)> = replays(experiment).collect();
    let most = |count: fn(&ReplayPlan) -> usize| all.iter().map(|(_, plan)| count(plan)).max().unwrap_or(0);
    let (several_crowds, several_thresholds) =
        (most(|plan| plan.crowds.len()) > 1, most(|plan| plan.thresholds.len()) > 1);
    let several_pools = most(|plan| plan.pools.len()) > 1;
    let mut slots: Vec<Slot> = Vec::new();
    let mut seen = HashSet::new();
    for (label, plan) in all {
        for wanted in &plan.pools {
            let by_cell = format!("{} ({label})", wanted.name);
            let at = pools
                .iter()
                .position(|pool| pool.name == by_cell)
                .or_else(|| pools.iter().position(|pool| pool.name == wanted.name));
            let Some(at) = at else { continue };
            let pool = &pools[at];
            for policy in &plan.policies {
                let policy = &policy.0;
                if plan.only.get(&policy.name).is_some_and(|pools| !pools.contains(&wanted.name)) {
                    continue;
                }
                if policy.head != HeadMode::Off && pool.prepared.stored.dim == 0 {
                    return Err(LabError::Pool {
                        pool: pool.name.clone(),
                        problem: format!(
                            "has no embeddings, which policy \"{}\" needs for its head; write head = \"off\" under [policy], or give a pool with a network",
                            policy.name
                        ),
                    });
                }
                for crowd in &plan.crowds {
                    for &threshold in &plan.thresholds {
                        let mut arm = policy.name.clone();
                        let mut add = |wanted: bool, what: &str| {
                            if wanted && !what.is_empty() {
                                arm.push_str(", ");
                                arm.push_str(what);
                            }
                        };
                        add(several_pools, &pool.name);
                        add(several_crowds, &crowd.name);
                        add(several_thresholds, &format!("p ≥ {threshold}"));
                        add(true, label);
                        for &seed in &plan.seeds {
                            let trial = Trial {
                                policy: policy.clone(),
                                crowd: crowd.people.clone(),
                                votes: plan.votes,
                                seed,
                                candidate_threshold: threshold,
                                checkpoint_votes: plan.checkpoint_votes,
                            };
                            let key = key(&pool.prepared.digest, &trial)?;
                            if seen.insert(key.clone()) {
                                slots.push(Slot {
                                    arm: arm.clone(),
                                    policy: policy.name.clone(),
                                    pool: at,
                                    cell: label.to_owned(),
                                    crowd: crowd.name.clone(),
                                    trial,
                                    key,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    Ok(slots)
}

/// Digest of everything a trial depends on.
fn key(pool: &Digest, trial: &Trial) -> Result<String, LabError> {
    let trial = serde_json::to_string(trial).map_err(LabError::malformed(Path::new("trial")))?;
    let digest = Digest::of_parts([pool.to_string().as_bytes(), trial.as_bytes()]);
    Ok(digest.to_string()[..16].to_owned())
}

/// Runs what is not finished, on all cores.
///
/// # Errors
/// When a policy cannot run on its pool, the disk refuses, or the person asks to stop.
pub fn run(
    run: &Path,
    slots: &[Slot],
    pools: &[NamedPool],
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<(), LabError> {
    let finished: HashSet<String> =
        slots.iter().filter(|slot| file(run, &slot.key).exists()).map(|slot| slot.key.clone()).collect();
    let log = Log::open(run, &finished)?;
    log.add(&networks(pools, clock))?;
    let waiting: Vec<&Slot> = slots.iter().filter(|slot| !finished.contains(&slot.key)).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    progress.begin("replaying policies", waiting.iter().map(|slot| slot.trial.votes).sum());
    if !finished.is_empty() {
        progress.note(&format!("{} of {} trials were finished", finished.len(), slots.len()));
    }
    waiting.par_iter().try_for_each(|slot| -> Result<(), LabError> {
        progress.check()?;
        let pool = &pools[slot.pool];
        let quiet = Quiet(progress);
        let told = AtomicU64::new(0);
        let tell = |votes: u64| {
            let before = told.fetch_max(votes, Ordering::Relaxed);
            progress.advance(votes.saturating_sub(before));
        };
        let outcome = replay::replay(&pool.prepared.stored, &slot.trial, &quiet, &mut |at| tell(at.votes))?;
        tell(slot.trial.votes);
        let kept = TrialFile {
            key: slot.key.clone(),
            pool: pool.prepared.digest,
            trial: slot.trial.clone(),
            outcome,
        };
        log.add(&events(slot, &kept.outcome.checkpoints, clock))?;
        let path = file(run, &slot.key);
        let bytes = serde_json::to_vec(&kept).map_err(LabError::malformed(&path))?;
        campaign::write_atomically(&path, &bytes)?;
        Ok(())
    })?;
    progress.end();
    Ok(())
}

/// The curves of all trials, in the order of the slots.
///
/// # Errors
/// When a trial is not finished or its file is damaged.
pub fn read(run: &Path, slots: &[Slot]) -> Result<Vec<KeptOutcome>, LabError> {
    slots.par_iter().map(|slot| read_part::<Kept>(run, &slot.key).map(|kept| kept.outcome)).collect()
}

/// Votes and ranking of one trial.
///
/// # Errors
/// As [`read`].
pub fn details(run: &Path, key: &str) -> Result<DetailsOutcome, LabError> {
    read_part::<Details>(run, key).map(|details| details.outcome)
}

fn read_part<T: serde::de::DeserializeOwned>(run: &Path, key: &str) -> Result<T, LabError> {
    let path = file(run, key);
    let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => LabError::Run(format!(
            "{} is not finished; `lensfinder experiment run` with the same file goes on",
            run.display()
        )),
        _ => LabError::File { path: path.clone(), source: error },
    })?;
    serde_json::from_slice(&bytes).map_err(LabError::malformed(&path))
}

fn replays(experiment: &Experiment) -> impl Iterator<Item = (&str, &ReplayPlan)> {
    experiment.cells.iter().filter_map(|cell| match &cell.plan {
        Plan::Replay(plan) => Some((cell.label.as_str(), plan)),
        Plan::Demo(_) => None,
    })
}

/// The numbers of a checkpoint by name; those that could not be measured left out.
#[must_use]
pub fn numbers(at: &Checkpoint) -> BTreeMap<&'static str, f64> {
    let mut numbers: BTreeMap<&'static str, f64> = [
        ("votes", at.votes as f64),
        ("training_votes", at.training_votes as f64),
        ("votes_per_tile", at.votes_per_tile),
        ("images_seen", at.images_seen as f64),
        ("images_settled", at.images_settled as f64),
        ("lenses_seen", at.lenses_seen as f64),
        ("lenses_found", at.lenses_found as f64),
        ("candidates", at.candidates as f64),
    ]
    .into();
    let rates = [
        ("completeness", at.completeness),
        ("purity", at.purity),
        ("completeness_at_purity_30", at.completeness_at_purity_30),
        ("completeness_at_purity_50", at.completeness_at_purity_50),
        ("seen_completeness_at_purity_30", at.seen_completeness_at_purity_30),
        ("average_precision", at.average_precision),
        ("tpr_at_fpr_1e3", at.tpr_at_fpr_1e3),
        ("audit_estimate", at.audit.map(|audit| audit.value)),
        ("audit_low", at.audit.map(|audit| audit.low)),
        ("audit_high", at.audit.map(|audit| audit.high)),
        ("forecast_lenses_left", at.forecast.map(|forecast| forecast.lenses_left.value)),
        ("forecast_lenses_left_low", at.forecast.map(|forecast| forecast.lenses_left.low)),
        ("forecast_lenses_left_high", at.forecast.map(|forecast| forecast.lenses_left.high)),
        (
            "forecast_votes_to_target",
            at.forecast.and_then(|forecast| forecast.votes_to_target).map(|votes| votes.value),
        ),
    ];
    numbers
        .extend(rates.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| v.is_finite())?))));
    numbers
}

fn events(slot: &Slot, checkpoints: &[Checkpoint], clock: &dyn Clock) -> Vec<Event> {
    let wall = clock.now();
    let at = |checkpoint: &Checkpoint| {
        let step = checkpoint.votes;
        numbers(checkpoint).into_iter().map(move |(name, value)| (step, name, value))
    };
    checkpoints
        .iter()
        .flat_map(at)
        .map(|(step, name, value)| Event {
            step,
            wall,
            split: "pool".to_owned(),
            name: name.to_owned(),
            value,
            of: slot.arm.clone(),
            seed: slot.trial.seed,
            trial: slot.key.clone(),
        })
        .collect()
}

/// What is known of the networks before any vote.
fn networks(pools: &[NamedPool], clock: &dyn Clock) -> Vec<Event> {
    let wall = clock.now();
    let mut events = Vec::new();
    for pool in pools {
        let Some(network) = &pool.prepared.report.network else { continue };
        let mut add = |step: u64, split: &str, name: &str, value: f64| {
            events.push(Event {
                step,
                wall,
                split: split.to_owned(),
                name: name.to_owned(),
                value,
                of: pool.name.clone(),
                seed: 0,
                trial: String::new(),
            });
        };
        for (pass, loss, validation) in &network.losses {
            add(*pass as u64, "training", "loss", *loss);
            if let Some(loss) = validation {
                add(*pass as u64, "gate", "loss", *loss);
            }
        }
        let summary = &network.summary;
        for (name, value) in [
            ("auroc", summary.auroc.value().map(|area| area.value)),
            ("average_precision", summary.average_precision.value().map(|area| area.value)),
            ("ece", summary.ece.value().map(|error| error.value)),
            ("brier", summary.brier.value().map(|brier| brier.value)),
        ] {
            if let Some(value) = value {
                add(0, "held-out", name, value);
            }
        }
    }
    events
}

/// Passes only the wish to stop on: many trials run at once and share one bar.
struct Quiet<'a>(&'a dyn Progress);

impl Progress for Quiet<'_> {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn note(&self, _: &str) {}
    fn end(&self) {}
    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}
