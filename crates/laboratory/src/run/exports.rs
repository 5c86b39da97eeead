//! Curves for other programs: every trial's (or demo's) numbers as TensorBoard events
//! and as runs of an MLflow file store.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

use domain::Clock;

use super::PAGE;
use crate::{
    LabError,
    demos::DemoRun,
    events::{Event, Log},
    export::{
        mlflow,
        tensorboard::{self, Scalar},
    },
    pool::file_name,
    provenance::RunFile,
    replays::Replays,
    trials,
};

/// One trial, or one arm of one demo.
pub struct Series {
    /// Unique in the run.
    pub key: String,
    /// Whose curve it is.
    pub arm: String,
    /// Its seed.
    pub seed: u64,
    /// Its settings.
    pub params: BTreeMap<String, String>,
    /// Votes, and numbers by name.
    pub points: Vec<(u64, BTreeMap<String, f64>)>,
}

/// The trials of a replay experiment.
pub fn of_replays(replays: &Replays) -> Vec<Series> {
    let named = |numbers: BTreeMap<&str, f64>| {
        numbers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    };
    let series = |(slot, outcome): (&trials::Slot, &trials::KeptOutcome)| Series {
        key: slot.key.clone(),
        arm: slot.arm.clone(),
        seed: slot.trial.seed,
        params: params(slot, &replays.pools[slot.pool].name),
        points: outcome.checkpoints.iter().map(|at| (at.votes, named(trials::numbers(at)))).collect(),
    };
    replays.slots.iter().zip(&replays.outcomes).map(series).collect()
}

/// The arms of all demos; a point is the end of a round.
pub fn of_demos(runs: &[DemoRun]) -> Vec<Series> {
    let mut all = Vec::new();
    for run in runs {
        let settings = run.report.settings.iter();
        let params: BTreeMap<String, String> =
            settings.map(|setting| (setting.name.clone(), setting.value.clone())).collect();
        for arm in &run.report.arms {
            let name = run.arm(arm);
            all.push(Series {
                key: format!("{name}/{}", run.seed),
                seed: run.seed,
                params: params.clone(),
                points: arm
                    .rounds
                    .iter()
                    .map(|round| (round.votes_total, crate::demos::round(round)))
                    .collect(),
                arm: name,
            });
        }
    }
    all
}

/// The log of finished demos; written whole, since a demo ends with all its rounds.
///
/// # Errors
/// When the disk refuses.
pub fn events(run: &Path, series: &[Series], clock: &dyn Clock) -> Result<(), LabError> {
    // What an earlier call wrote of demos that were finished then is written anew.
    let log = Log::open(run, &HashSet::new())?;
    let wall = clock.now();
    for one in series {
        let lines: Vec<Event> = one
            .points
            .iter()
            .flat_map(|(step, numbers)| numbers.iter().map(move |(name, value)| (*step, name, *value)))
            .map(|(step, name, value)| Event {
                step,
                wall,
                split: if name.starts_with("average") || name.starts_with("tpr") {
                    "held-out"
                } else {
                    "pool"
                }
                .to_owned(),
                name: name.clone(),
                value,
                of: one.arm.clone(),
                seed: one.seed,
                trial: one.key.clone(),
            })
            .collect();
        log.add(&lines)?;
    }
    Ok(())
}

/// Writes both forms. Times are the run's, so that the same run gives the same bytes.
///
/// # Errors
/// When the disk refuses.
pub fn write(folder: &Path, file: &RunFile, all: &[Series]) -> Result<(), LabError> {
    let began = file.created_at.timestamp_millis();
    let seconds = began as f64 / 1000.0;
    let store = mlflow::Store::create(&folder.join("mlruns"), &file.id, began)?;
    let tags: BTreeMap<String, String> = file
        .provenance
        .pairs()
        .into_iter()
        .map(|(name, value)| (format!("lensfinder.{}", name.replace(", ", ".").replace(' ', "_")), value))
        .collect();
    let page = folder.join(PAGE);
    let mut with_page = HashSet::new();
    for one in all {
        let mut scalars = Vec::new();
        let mut metrics: BTreeMap<String, Vec<(i64, f64, u64)>> = BTreeMap::new();
        for (votes, numbers) in &one.points {
            for (name, value) in numbers {
                // A millisecond a vote, so that both programs keep their order.
                let wall_seconds = seconds + *votes as f64 / 1000.0;
                scalars.push((format!("pool/{name}"), *votes, wall_seconds, *value));
                metrics.entry(name.clone()).or_default().push((began + votes.cast_signed(), *value, *votes));
            }
        }
        let scalars: Vec<Scalar<'_>> = scalars
            .iter()
            .map(|(tag, step, wall_seconds, value)| Scalar {
                tag,
                step: *step,
                wall_seconds: *wall_seconds,
                value: *value,
            })
            .collect();
        let own = folder.join("tensorboard").join(file_name(&one.arm)).join(format!("seed-{}", one.seed));
        tensorboard::write(&own, seconds, &scalars)?;
        let last = one.points.last().map_or(0, |(votes, _)| votes.cast_signed());
        let run = mlflow::Run {
            name: format!("{}, seed {}", one.arm, one.seed),
            params: one.params.clone(),
            metrics,
            tags: tags.clone(),
            time_ms: (began, began + last),
        };
        // The page goes with the first trial of each arm: one copy each is enough.
        let artifacts: &[&Path] = if with_page.insert(&one.arm) { &[&page] } else { &[] };
        store.add(&format!("{}/{}", file.id, one.key), &run, artifacts)?;
    }
    Ok(())
}

/// A trial's settings as dotted keys.
fn params(slot: &trials::Slot, pool: &str) -> BTreeMap<String, String> {
    let mut params = BTreeMap::new();
    let value = serde_json::to_value(&slot.trial).unwrap_or_default();
    flatten(&value, String::new(), &mut params);
    params.insert("arm".to_owned(), slot.arm.clone());
    params.insert("pool".to_owned(), pool.to_owned());
    params.insert("crowd.name".to_owned(), slot.crowd.clone());
    params
}

fn flatten(value: &serde_json::Value, path: String, out: &mut BTreeMap<String, String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(value, below, out);
            }
        }
        serde_json::Value::Null => {}
        serde_json::Value::String(text) => {
            out.insert(path, text.clone());
        }
        other => {
            out.insert(path, other.to_string());
        }
    }
}
