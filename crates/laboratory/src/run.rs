//! A run's folder from beginning to end: made or opened, filled with results, exported,
//! shown. Everything in it can be made again from `config.json`.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use domain::{Clock, Progress};
use finder::DeviceChoice;

use crate::{
    Experiment, LabError, Plan,
    demos::{self, DemoRun},
    export::{
        mlflow,
        parquet::{Column, Writer},
        tensorboard::{self, Scalar},
    },
    pool::{Workplace, file_name},
    provenance::{Provenance, RunFile},
    replays::{self, Replays},
    report::{self, Page},
    results::Results,
    trials,
};

/// The page in a run's folder.
pub const PAGE: &str = "report.html";
/// The results in a run's folder.
pub const RESULTS: &str = "results.json";
/// Demos in a run's folder.
const DEMOS: &str = "demos";

/// A run's folder.
#[derive(Debug, Clone)]
pub struct Run {
    /// The folder.
    pub folder: PathBuf,
    /// What is written in it of the run.
    pub file: RunFile,
}

/// What running needs from outside.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Where simulated skies and networks are kept from run to run.
    pub cache: &'a Path,
    /// Where the network runs.
    pub device: DeviceChoice,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// Who hears how far it is.
    pub progress: &'a dyn Progress,
}

impl Run {
    /// Opens the folder of this experiment, or makes it.
    ///
    /// # Errors
    /// When the folder holds a run of other settings, or the disk refuses.
    pub fn open(
        folder: &Path,
        experiment: &Experiment,
        provenance: Provenance,
        clock: &dyn Clock,
    ) -> Result<Self, LabError> {
        let digest = experiment.digest()?;
        if folder.join(crate::provenance::FILE).exists() {
            let file = RunFile::open(folder)?;
            if file.digest != digest {
                return Err(LabError::Run(format!(
                    "{} holds run {} with other settings; give another --out, or leave it out",
                    folder.display(),
                    file.id
                )));
            }
            return Ok(Self { folder: folder.to_owned(), file });
        }
        let file = RunFile {
            id: experiment.id()?,
            experiment: experiment.clone(),
            digest,
            created_at: clock.now(),
            finished_at: None,
            provenance,
        };
        file.write(folder)?;
        campaign::write_json(&folder.join("config.json"), experiment)?;
        // TOML for people; what it cannot hold (several cells) is in the JSON.
        if let Some(text) = toml_of(experiment) {
            campaign::write_atomically(&folder.join("config.toml"), text.as_bytes())?;
        }
        Ok(Self { folder: folder.to_owned(), file })
    }

    /// Opens a run that is there.
    ///
    /// # Errors
    /// When the folder is no run.
    pub fn existing(folder: &Path) -> Result<Self, LabError> {
        Ok(Self { folder: folder.to_owned(), file: RunFile::open(folder)? })
    }

    /// Runs a replay experiment, or goes on with it, and writes results, exports and page.
    ///
    /// # Errors
    /// Names what cannot run; also when the person asks to stop.
    pub fn replay(&mut self, with: Surroundings<'_>) -> Result<Results, LabError> {
        let at =
            Workplace { cache: with.cache, run: &self.folder, device: with.device, progress: with.progress };
        let replays = replays::run(&self.file.experiment, at, with.clock)?;
        self.finish(with.clock)?;
        let page = report::replay_page(&self.file, &replays);
        self.write(&replays.results, &page)?;
        self.tables(&replays)?;
        self.export(&replays)?;
        Ok(replays.results)
    }

    /// The demo of this cell and seed, if an earlier run finished it.
    ///
    /// # Errors
    /// When its file is damaged.
    pub fn demo(&self, cell: usize, seed: u64) -> Result<Option<DemoRun>, LabError> {
        let path = self.demo_path(cell, seed);
        if path.exists() { Ok(Some(campaign::read_json(&path)?)) } else { Ok(None) }
    }

    /// Keeps a finished demo.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep_demo(&self, cell: usize, demo: &DemoRun) -> Result<(), LabError> {
        campaign::write_json(&self.demo_path(cell, demo.seed), demo)?;
        Ok(())
    }

    /// Writes results and page of the demos.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish_demos(&mut self, runs: &[DemoRun], clock: &dyn Clock) -> Result<Results, LabError> {
        let results = demos::results(runs);
        self.finish(clock)?;
        let page = report::demo_page(&self.file, runs, &results);
        self.write(&results, &page)?;
        self.rows_table(&results)?;
        Ok(results)
    }

    /// Writes the page anew from the run's files.
    ///
    /// # Errors
    /// When the run is not finished.
    pub fn report(&self) -> Result<Results, LabError> {
        if self.file.experiment.kind() == "demo" {
            let mut runs = Vec::new();
            for (number, cell) in self.file.experiment.cells.iter().enumerate() {
                let Plan::Demo(plan) = &cell.plan else { continue };
                for &seed in &plan.seeds {
                    runs.push(self.demo(number, seed)?.ok_or_else(|| {
                        LabError::Run(format!("run {} is not finished; run it again to go on", self.file.id))
                    })?);
                }
            }
            let results = demos::results(&runs);
            self.write(&results, &report::demo_page(&self.file, &runs, &results))?;
            return Ok(results);
        }
        let replays = replays::read(&self.folder)?;
        self.write(&replays.results, &report::replay_page(&self.file, &replays))?;
        Ok(replays.results)
    }

    /// The results, once there are any.
    ///
    /// # Errors
    /// When the run is not finished.
    pub fn results(&self) -> Result<Results, LabError> {
        let path = self.folder.join(RESULTS);
        if !path.exists() {
            return Err(LabError::Run(format!(
                "run {} is not finished: {RESULTS} is missing; run it again to go on",
                self.file.id
            )));
        }
        Ok(campaign::read_json(&path)?)
    }

    fn demo_path(&self, cell: usize, seed: u64) -> PathBuf {
        self.folder.join(DEMOS).join(format!("{cell:02}-seed-{seed}.json"))
    }

    fn finish(&mut self, clock: &dyn Clock) -> Result<(), LabError> {
        // A run that is looked at again keeps the time at which it ended.
        if self.file.finished_at.is_none() {
            self.file.finished_at = Some(clock.now());
            self.file.write(&self.folder)?;
        }
        Ok(())
    }

    fn write(&self, results: &Results, page: &Page) -> Result<(), LabError> {
        campaign::write_json(&self.folder.join(RESULTS), results)?;
        campaign::write_atomically(&self.folder.join(PAGE), report::html(page)?.as_bytes())?;
        for section in &page.sections {
            for figure in &section.figures {
                let path = self.folder.join("csv").join(format!("{}.csv", file_name(&figure.id)));
                csv_of(&figure.table, &path)?;
            }
            for table in &section.tables {
                let name = file_name(&table.caption.chars().take(48).collect::<String>().to_lowercase());
                csv_of(table, &self.folder.join("csv").join(format!("table-{}-{name}.csv", section.id)))?;
            }
        }
        Ok(())
    }

    fn rows_table(&self, results: &Results) -> Result<(), LabError> {
        let mut writer = Writer::new(&self.folder.join("tables").join("trials.parquet"));
        if results.rows.is_empty() {
            return writer.finish();
        }
        let text = |of: fn(&crate::results::Row) -> &String| {
            Column::Text(results.rows.iter().map(|row| of(row).clone()).collect())
        };
        let names: Vec<String> = results.names().into_iter().map(str::to_owned).collect();
        let mut columns = vec![
            ("arm", text(|row| &row.arm)),
            ("policy", text(|row| &row.policy)),
            ("pool", text(|row| &row.pool)),
            ("cell", text(|row| &row.cell)),
            ("crowd", text(|row| &row.crowd)),
            ("threshold", Column::Number(results.rows.iter().map(|row| Some(row.threshold)).collect())),
            ("seed", Column::Count(results.rows.iter().map(|row| row.seed.cast_signed()).collect())),
        ];
        for name in &names {
            let value = |row: &crate::results::Row| row.numbers.get(name).copied().flatten();
            columns.push((name, Column::Number(results.rows.iter().map(value).collect())));
        }
        writer.push(&columns)?;
        writer.finish()
    }

    /// trials, checkpoints, impressions and rankings as Parquet.
    fn tables(&self, replays: &Replays) -> Result<(), LabError> {
        self.rows_table(&replays.results)?;
        let table = |name: &str| Writer::new(&self.folder.join("tables").join(format!("{name}.parquet")));
        let (mut checkpoints, mut impressions, mut ranking) =
            (table("checkpoints"), table("impressions"), table("ranking"));
        let names: Vec<&str> = replays
            .outcomes
            .iter()
            .flat_map(|outcome| &outcome.checkpoints)
            .flat_map(|at| trials::numbers(at).into_keys().collect::<Vec<_>>())
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        for (slot, outcome) in replays.slots.iter().zip(&replays.outcomes) {
            let points: Vec<BTreeMap<&str, f64>> = outcome.checkpoints.iter().map(trials::numbers).collect();
            let head = |rows: usize| {
                vec![
                    ("trial", Column::Text(vec![slot.key.clone(); rows])),
                    ("arm", Column::Text(vec![slot.arm.clone(); rows])),
                    ("seed", Column::Count(vec![slot.trial.seed.cast_signed(); rows])),
                ]
            };
            if !points.is_empty() {
                let mut columns = head(points.len());
                for name in &names {
                    columns.push((
                        name,
                        Column::Number(points.iter().map(|at| at.get(name).copied()).collect()),
                    ));
                }
                checkpoints.push(&columns)?;
            }
            let details = trials::details(&self.folder, &slot.key)?;
            let ids = &replays.ids[slot.pool];
            let id = |index: usize| ids.get(index).cloned().unwrap_or_default();
            let votes = &details.impressions;
            if !votes.is_empty() {
                let mut columns = head(votes.len());
                columns.extend([
                    ("vote", Column::Count(votes.iter().map(|vote| vote.vote.cast_signed()).collect())),
                    ("round", Column::Count(votes.iter().map(|vote| i64::from(vote.round)).collect())),
                    ("subject", Column::Text(votes.iter().map(|vote| id(vote.subject)).collect())),
                    (
                        "volunteer",
                        Column::Count(votes.iter().map(|vote| i64::from(vote.volunteer)).collect()),
                    ),
                    ("strategy", Column::Text(votes.iter().map(|vote| vote.strategy.clone()).collect())),
                    (
                        "inclusion_probability",
                        Column::Number(votes.iter().map(|vote| vote.inclusion_probability).collect()),
                    ),
                    (
                        "rank",
                        Column::Number(votes.iter().map(|vote| vote.rank.map(|rank| rank as f64)).collect()),
                    ),
                    (
                        "head_version",
                        Column::Count(votes.iter().map(|vote| i64::from(vote.head_version)).collect()),
                    ),
                    ("answer", Column::Text(votes.iter().map(|vote| word(&vote.answer)).collect())),
                ]);
                impressions.push(&columns)?;
            }
            let ranked = &details.ranking;
            if !ranked.is_empty() {
                let mut columns = head(ranked.len());
                columns.extend([
                    ("rank", Column::Count((1..=ranked.len() as i64).collect())),
                    ("subject", Column::Text(ranked.iter().map(|image| id(image.index)).collect())),
                    ("p_joint", Column::Number(ranked.iter().map(|image| Some(image.p_joint)).collect())),
                    ("p_votes", Column::Number(ranked.iter().map(|image| image.p_votes).collect())),
                    ("votes", Column::Count(ranked.iter().map(|image| i64::from(image.votes)).collect())),
                    ("standing", Column::Text(ranked.iter().map(|image| word(&image.standing)).collect())),
                ]);
                ranking.push(&columns)?;
            }
        }
        checkpoints.finish()?;
        impressions.finish()?;
        ranking.finish()
    }

    /// TensorBoard and MLflow. Times are the run's, so that the same run gives the same bytes.
    fn export(&self, replays: &Replays) -> Result<(), LabError> {
        let began = self.file.created_at.timestamp_millis();
        let seconds = began as f64 / 1000.0;
        let store = mlflow::Store::create(&self.folder.join("mlruns"), &self.file.id, began)?;
        let common: BTreeMap<String, String> = self
            .file
            .provenance
            .pairs()
            .into_iter()
            .map(|(name, value)| (format!("lensfinder.{}", name.replace(", ", ".").replace(' ', "_")), value))
            .collect();
        let page = self.folder.join(PAGE);
        let mut arms_with_page = HashMap::new();
        for (slot, outcome) in replays.slots.iter().zip(&replays.outcomes) {
            let points: Vec<(u64, BTreeMap<&str, f64>)> =
                outcome.checkpoints.iter().map(|at| (at.votes, trials::numbers(at))).collect();
            let name = format!("{}, seed {}", slot.arm, slot.trial.seed);
            let tags: Vec<(u64, String, f64)> = points
                .iter()
                .flat_map(|(votes, numbers)| {
                    numbers.iter().map(|(name, value)| (*votes, format!("pool/{name}"), *value))
                })
                .collect();
            let scalars: Vec<Scalar<'_>> = tags
                .iter()
                .map(|(step, tag, value)| Scalar {
                    tag,
                    step: *step,
                    wall_seconds: seconds + *step as f64 / 1000.0,
                    value: *value,
                })
                .collect();
            let folder = self
                .folder
                .join("tensorboard")
                .join(file_name(&slot.arm))
                .join(format!("seed-{}", slot.trial.seed));
            tensorboard::write(&folder, seconds, &scalars)?;
            let mut metrics: BTreeMap<String, Vec<(i64, f64, u64)>> = BTreeMap::new();
            for (votes, numbers) in &points {
                for (name, value) in numbers {
                    // A millisecond a vote, so that MLflow keeps their order.
                    let at = began + votes.cast_signed();
                    metrics.entry((*name).to_owned()).or_default().push((at, *value, *votes));
                }
            }
            let last = points.last().map_or(0, |(votes, _)| votes.cast_signed());
            let run = mlflow::Run {
                name,
                params: params(slot, &replays.pools[slot.pool].name),
                metrics,
                tags: common.clone(),
                time_ms: (began, began + last),
            };
            // The page goes with the first trial of each arm: one copy each is enough.
            let first = arms_with_page.insert(slot.arm.clone(), ()).is_none();
            let artifacts: &[&Path] = if first { &[&page] } else { &[] };
            store.add(&format!("{}/{}", self.file.id, slot.key), &run, artifacts)?;
        }
        Ok(())
    }
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

/// An enum's name, as serde writes it.
fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

fn csv_of(table: &figures::Table, path: &Path) -> Result<(), LabError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(table.columns.iter().map(|column| &column.name))
        .map_err(LabError::malformed(path))?;
    for row in &table.rows {
        writer.write_record(row).map_err(LabError::malformed(path))?;
    }
    let bytes = writer.into_inner().map_err(LabError::malformed(path))?;
    campaign::write_atomically(path, &bytes)?;
    Ok(())
}

/// The settings as a file that `experiment run` reads, where there is one cell.
fn toml_of(experiment: &Experiment) -> Option<String> {
    let [cell] = experiment.cells.as_slice() else { return None };
    let mut table = toml::Table::try_from(&cell.plan).ok()?;
    table.insert("name".to_owned(), experiment.name.clone().into());
    toml::to_string_pretty(&table).ok()
}
