//! `lensfinder experiment`: what a researcher asks of policies before people's time is
//! spent. Runs, comparisons, pages and repetitions are `laboratory`'s; the demo, which
//! needs a server and a crowd, is run here.

mod demos;
mod find;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, Subcommand};
use laboratory::{
    Comparison, Experiment, LabError, PAGE, Provenance, Results, Run, Surroundings, Verdict, report,
};
use serde_json::json;

use crate::{
    arguments::Place, clock::SystemClock, command::tell, failure::Failure, machine, terminal::Terminal,
};

/// `lensfinder experiment`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder experiment run experiments/first-hour.toml\n  \
        lensfinder experiment run experiments/first-hour.toml --set votes=2000 --set policies.mine.head=off\n  \
        lensfinder experiment compare first-hour-1a2b3c4d first-hour-5e6f7a8b --html both.html\n  \
        lensfinder experiment rerun first-hour-1a2b3c4d\n\n\
        A run is a folder below --runs, named by its experiment and the digest of its settings; the same\n\
        settings are the same run, which goes on where it was stopped. docs/experiments.md leads through the\n\
        first hour.")]
pub struct ExperimentArgs {
    /// What to do
    #[command(subcommand)]
    pub what: What,
    /// Folder of all runs
    #[arg(long, global = true, default_value = "runs", env = "LENSFINDER_RUNS")]
    pub runs: PathBuf,
}

/// What `experiment` does.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Run an experiment, or go on with it, and write its report
    #[command(after_help = "Examples:\n  \
            lensfinder experiment run experiments/label-efficiency.toml\n  \
            lensfinder experiment run experiments/label-efficiency.toml --set seeds=2 --set pool.cutouts=1000\n\n\
            Keys are those of the file, dotted; an entry of a list goes by its name: policies.greedy.head=off.\n\
            Random and greedy are among the arms whether the file names them or not.")]
    Run {
        /// The experiment (TOML)
        file: PathBuf,
        /// Put a value over the file's, as KEY=VALUE; give the option again for more
        #[arg(long, value_name = "KEY=VALUE")]
        set: Vec<String>,
        /// Folder of this run; default: named by its settings, below --runs
        #[arg(long)]
        out: Option<PathBuf>,
        /// Read the experiment, say what would be run, and end
        #[arg(long)]
        dry_run: bool,
    },
    /// Compare runs: their arms, what their settings differ by, differences seed by seed
    Compare {
        /// Runs, by id, by the beginning of an id, or by folder; the first is what others are compared with
        #[arg(required = true, value_name = "RUN")]
        wanted: Vec<String>,
        /// Also write a page
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Write a run's page anew from its files, and say where it is
    Report {
        /// The run
        run: String,
    },
    /// Run again from nothing, and say which numbers are the same to the last byte
    Rerun {
        /// The run
        run: String,
        /// Folder of the repetition; default: beside the run
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// List runs
    List,
}

/// Runs the command.
pub async fn run(
    wish: ExperimentArgs,
    place: Place,
    terminal: Arc<Terminal>,
    json: bool,
) -> Result<(), Failure> {
    let lab = Lab { runs: wish.runs, place, terminal, json };
    match wish.what {
        What::Run { file, set, out, dry_run } => lab.run(&file, &set, out, dry_run).await,
        What::Compare { wanted, html } => lab.compare(&wanted, html.as_deref()),
        What::Report { run } => lab.report(&run),
        What::Rerun { run, out } => lab.rerun(&run, out).await,
        What::List => lab.list(),
    }
}

/// What every verb needs.
struct Lab {
    runs: PathBuf,
    place: Place,
    terminal: Arc<Terminal>,
    json: bool,
}

impl Lab {
    async fn run(
        &self,
        file: &Path,
        set: &[String],
        out: Option<PathBuf>,
        dry_run: bool,
    ) -> Result<(), Failure> {
        let experiment = Experiment::read(file, set).map_err(failure)?;
        demos::check(file, &experiment)?;
        let id = experiment.id().map_err(failure)?;
        let folder = out.unwrap_or_else(|| self.runs.join(&id));
        if dry_run {
            let value = json!({ "run": id, "folder": folder, "experiment": experiment });
            return tell(self.json, &value, &find::words(&id, &folder, &experiment));
        }
        let (run, results) = self.go(&experiment, &folder, &self.runs.join("pools")).await?;
        self.tell_results(&run, &results)
    }

    /// Runs an experiment in a folder.
    async fn go(
        &self,
        experiment: &Experiment,
        folder: &Path,
        cache: &Path,
    ) -> Result<(Run, Results), Failure> {
        let provenance = Provenance::gather(&self.place.device.to_string(), machine::line());
        let mut run = Run::open(folder, experiment, provenance, &SystemClock).map_err(failure)?;
        if experiment.kind() == "demo" {
            let results = demos::run(&mut run, self.place.device, &self.terminal).await?;
            return Ok((run, results));
        }
        let (device, terminal, cache) = (self.place.device, self.terminal.clone(), cache.to_owned());
        tokio::task::spawn_blocking(move || {
            let with =
                Surroundings { cache: &cache, device, clock: &SystemClock, progress: terminal.as_ref() };
            let results = run.replay(with).map_err(failure)?;
            Ok((run, results))
        })
        .await
        .map_err(Failure::words)?
    }

    fn tell_results(&self, run: &Run, results: &Results) -> Result<(), Failure> {
        let page = run.folder.join(PAGE);
        let value = json!({
            "run": run.file.id,
            "folder": run.folder,
            "report": page,
            "arms": results.means(),
            "rows": results.rows,
        });
        let table = report::short_table(results).text();
        tell(self.json, &value, &format!("{table}\nrun {}\nreport {}", run.file.id, page.display()))
    }

    fn compare(&self, wanted: &[String], html: Option<&Path>) -> Result<(), Failure> {
        let runs = wanted.iter().map(|wish| self.find(wish)).collect::<Result<Vec<_>, _>>()?;
        let comparison = Comparison::of(&runs).map_err(failure)?;
        let mut words = vec![comparison.text()];
        if let Some(path) = html {
            let page = report::html(&comparison.page()).map_err(failure)?;
            campaign::write_atomically(path, page.as_bytes())?;
            words.push(format!("page {}", path.display()));
        }
        tell(self.json, &comparison, &words.join("\n"))
    }

    fn report(&self, wanted: &str) -> Result<(), Failure> {
        let run = self.find(wanted)?;
        let results = run.report().map_err(failure)?;
        self.tell_results(&run, &results)
    }

    async fn rerun(&self, wanted: &str, out: Option<PathBuf>) -> Result<(), Failure> {
        let first = self.find(wanted)?;
        first.results().map_err(failure)?;
        let folder = out.unwrap_or_else(|| {
            let mut name = first.folder.file_name().unwrap_or_default().to_owned();
            name.push("-rerun");
            first.folder.with_file_name(name)
        });
        let experiment = first.file.experiment.clone();
        // A cache of its own: skies and networks are made again too.
        let (again, _) = self.go(&experiment, &folder, &folder.join("work")).await?;
        let verdict = Verdict::of(&first.folder, &again.folder).map_err(failure)?;
        let value = json!({ "run": first.file.id, "again": again.folder, "same": verdict.is_same(), "verdict": verdict });
        tell(self.json, &value, &format!("{}\nrepetition {}", verdict.words(), again.folder.display()))
    }

    fn list(&self) -> Result<(), Failure> {
        let runs = find::all(&self.runs);
        let (value, words) = find::listing(&self.runs, &runs);
        tell(self.json, &value, &words)
    }

    fn find(&self, wanted: &str) -> Result<Run, Failure> {
        find::one(&self.runs, wanted)
    }
}

/// A laboratory's error as the program ends with it.
fn failure(error: LabError) -> Failure {
    if error.is_stop() { Failure::Stopped } else { Failure::words(error) }
}
