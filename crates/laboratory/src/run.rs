//! A run's folder from beginning to end: made or opened, filled with results, exported,
//! shown. Everything in it can be made again from `config.json`.

mod exports;
mod tables;

use std::path::{Path, PathBuf};

use domain::{Clock, Progress};
use finder::DeviceChoice;

use crate::{
    Experiment, LabError, Plan,
    demos::{self, DemoRun},
    pool::{Workplace, file_name},
    provenance::{Provenance, RunFile},
    replays,
    report::{self, Page},
    results::Results,
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
            let before = &file.provenance;
            if before.commit != provenance.commit || before.dependencies != provenance.dependencies {
                tracing::warn!(
                    run = file.id,
                    "begun by another build of the program; trials that were finished then are kept. `experiment rerun` repeats all of them with this one"
                );
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
        tables::rows(&self.folder, &replays.results)?;
        tables::replays(&self.folder, &replays)?;
        exports::write(&self.folder, &self.file, &exports::of_replays(&replays))?;
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
        tables::rows(&self.folder, &results)?;
        let series = exports::of_demos(runs);
        exports::events(&self.folder, &series, clock)?;
        exports::write(&self.folder, &self.file, &series)?;
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
