//! `lensfinder simulate`: mock lenses, their controls, a survey with hidden truth
//! and a training set, in one command; a contact sheet of them; and the check that
//! records still make the same bytes.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use ::simulate::{
    Config, SetDone, SetsConfig, SetsRequest, Verified, gallery, on_threads, simulate_sets, verify,
};
use clap::Args;
use domain::{Progress, Seed};
use serde_json::json;

use super::{heavy, tell};
use crate::{clock::Stopwatch, failure::Failure, terminal::Terminal};

/// Differences shown on the terminal; all are in the JSON.
const SHOWN: usize = 20;

/// `lensfinder simulate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder simulate --out mocks --count 500                       500 lenses with the usual settings\n  \
        lensfinder simulate CONFIG.toml --out sim --seed 7 --threads 2    the sets of a settings file\n  \
        lensfinder simulate --out workspace/datasets --training 3000      a training set alone\n  \
        lensfinder simulate CONFIG.toml --out sim --verify 200 --gallery  check records, make a contact sheet\n\n\
        Each set is a dataset in OUT/<set>/: network tiles, records, mocks.parquet; mocks and controls\n\
        have FITS and PNG images, mocks also rejected.parquet and completeness.csv. Interrupted, the same\n\
        command goes on; finished sets are left as they are. docs/mocks.md has the settings.")]
pub struct Simulate {
    /// Settings (TOML); what is missing is as usual, unknown keys are refused
    pub config: Option<PathBuf>,
    /// Folder of the sets
    #[arg(long)]
    pub out: PathBuf,
    /// Cutouts in all, shared among the sets in proportion
    #[arg(long, value_name = "N")]
    pub count: Option<u64>,
    /// Root of all randomness
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Threads; changes no byte [default: all cores]
    #[arg(long, value_name = "T")]
    pub threads: Option<usize>,
    /// Make K cutouts of each set again from their records and compare the bytes [default K: 100]
    #[arg(long, value_name = "K", num_args = 0..=1, default_missing_value = "100")]
    pub verify: Option<usize>,
    /// Write gallery.html: K lenses of each set with critical curves and caustics [default K: 24]
    #[arg(long, value_name = "K", num_args = 0..=1, default_missing_value = "24")]
    pub gallery: Option<usize>,
    /// Which sets instead of those in the settings.
    #[command(flatten)]
    pub sets: Sets,
}

/// Sets asked for by name; with any of them, only those are made.
#[derive(Debug, Clone, Copy, Args)]
pub struct Sets {
    /// Lenses with images, records and index
    #[arg(long, value_name = "N")]
    pub mocks: Option<u64>,
    /// Cutouts without an arc that went the mocks' way
    #[arg(long, value_name = "N")]
    pub controls: Option<u64>,
    /// Labelled examples, half of them clear lenses
    #[arg(long, value_name = "N")]
    pub training: Option<u64>,
    /// Cutouts whose truth is hidden
    #[arg(long, value_name = "N")]
    pub survey: Option<u64>,
    /// Share of lenses in the survey
    #[arg(long)]
    pub lens_rate: Option<f64>,
}

/// What was made, and what was found wrong.
struct Outcome {
    sets: Vec<SetDone>,
    seconds: f64,
    threads: usize,
    verified: Vec<(&'static str, Verified)>,
    galleries: Vec<PathBuf>,
}

/// Runs the command.
pub async fn run(wish: Simulate, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let outcome = heavy(move || make(&wish, terminal.as_ref())).await?;
    let differences: Vec<_> = outcome
        .verified
        .iter()
        .flat_map(|(set, verified)| verified.differences.iter().map(move |difference| (set, difference)))
        .collect();
    tell(json, &outcome.json(), &outcome.words())?;
    if differences.is_empty() {
        return Ok(());
    }
    let mut words = format!("{} files are not what their records make", differences.len());
    for (set, difference) in differences.iter().take(SHOWN) {
        words += &format!("\n  {set} {}: {}: {}", difference.id, difference.file, difference.reason);
    }
    if differences.len() > SHOWN {
        words += "\n  … all of them with --json";
    }
    Err(Failure::words(words))
}

fn make(wish: &Simulate, progress: &dyn Progress) -> Result<Outcome, Failure> {
    let config = config(wish)?;
    let request = SetsRequest::new(config, Seed::root(wish.seed), wish.out.clone());
    let (outcome, threads) = on_threads(wish.threads, || {
        let watch = Stopwatch::start();
        let sets = simulate_sets(&request, progress)?;
        let seconds = watch.seconds();
        let (mut verified, mut galleries) = (Vec::new(), Vec::new());
        for set in &sets {
            if let Some(sample) = wish.verify {
                verified.push((set.name, verify(set.dataset.dir(), sample, progress)?));
            }
            if let Some(count) = wish.gallery {
                galleries.extend(gallery(set.dataset.dir(), count, progress)?);
            }
        }
        Ok::<_, Failure>(Outcome { sets, seconds, threads: 0, verified, galleries })
    })?;
    Ok(Outcome { threads, ..outcome? })
}

/// The settings with what the command line says instead.
fn config(wish: &Simulate) -> Result<Config, Failure> {
    let mut config = match &wish.config {
        Some(path) => read(path)?,
        None => Config::default(),
    };
    let Sets { mocks, controls, training, survey, lens_rate } = wish.sets;
    if [mocks, controls, training, survey].iter().any(Option::is_some) {
        config.sets = SetsConfig {
            mocks: mocks.unwrap_or(0),
            controls: controls.unwrap_or(0),
            training: training.unwrap_or(0),
            survey: survey.unwrap_or(0),
            ..config.sets
        };
    }
    config.sets.lens_rate = lens_rate.unwrap_or(config.sets.lens_rate);
    if let Some(count) = wish.count {
        config.sets = config.sets.scaled_to(count);
    }
    config.check().map_err(|error| Failure::words(format!("{}{error}", named(wish.config.as_deref()))))?;
    Ok(config)
}

fn read(path: &Path) -> Result<Config, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Failure::words(format!("{}: {e}", path.display())))?;
    Config::from_toml(&text).map_err(|error| Failure::words(format!("{}{error}", named(Some(path)))))
}

fn named(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| format!("{}: ", path.display()))
}

impl Outcome {
    fn made(&self) -> u64 {
        self.sets.iter().map(|set| set.made).sum()
    }

    fn rate(&self) -> f64 {
        self.made() as f64 / self.seconds.max(1e-9)
    }

    fn words(&self) -> String {
        let mut lines = Vec::new();
        for SetDone { name, dataset, made } in &self.sets {
            let there = dataset.len() - made;
            let before = if there > 0 { format!(" ({there} were there)") } else { String::new() };
            lines.push(format!("{name}: {} cutouts{before} in {}", dataset.len(), dataset.dir().display()));
        }
        lines.extend(self.galleries.iter().map(|path| format!("gallery: {}", path.display())));
        for (name, verified) in &self.verified {
            let Verified { cutouts, files, differences } = verified;
            lines.push(format!(
                "verify {name}: {cutouts} cutouts made again, {files} files compared, {} differ",
                differences.len()
            ));
        }
        let (made, seconds, rate, threads) = (self.made(), self.seconds, self.rate(), self.threads);
        lines.push(format!("{made} mocks in {seconds:.1} s: {rate:.1} mocks/s on {threads} threads"));
        lines.join("\n")
    }

    fn json(&self) -> serde_json::Value {
        let set = |set: &SetDone| {
            json!({
                "name": set.name,
                "dataset": set.dataset.dir(),
                "images": set.dataset.len(),
                "made": set.made,
                "digest": set.dataset.digest(),
            })
        };
        let verified = |(name, verified): &(&str, Verified)| {
            let differences: Vec<_> = verified
                .differences
                .iter()
                .map(|d| json!({"id": d.id, "file": d.file, "reason": d.reason}))
                .collect();
            json!({
                "name": name,
                "cutouts": verified.cutouts,
                "files": verified.files,
                "differences": differences,
            })
        };
        json!({
            "sets": self.sets.iter().map(set).collect::<Vec<_>>(),
            "verified": self.verified.iter().map(verified).collect::<Vec<_>>(),
            "galleries": self.galleries,
            "mocks": self.made(),
            "seconds": self.seconds,
            "mocks_per_second": self.rate(),
            "threads": self.threads,
        })
    }
}
