//! `lensfinder score`: a dataset shard by shard, or a plain folder of images into
//! one CSV file.

mod images;

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use finder::{FinderError, Kernel};
use survey::Dataset;

use super::{heavy, model, tell};
use crate::{arguments::Place, failure::Failure, terminal::Terminal};

/// `lensfinder score`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        lensfinder score --model M --images folder/ --out scores.csv\n  \
        lensfinder score --model lensnet-s@champion --dataset workspace/datasets/survey --out scores/\n\n\
        A folder gives one line an image: id,score,logit,peak_x,peak_y. Images that cannot be used are named and\n\
        left out (exit code 0; 3 with --strict); without a single usable image nothing is written (1).\n\
        A dataset gives one Parquet file a shard; stopped or killed, the same command goes on.")]
pub struct Score {
    /// Folder of a model, or NAME@ALIAS or NAME/VERSION in the workspace
    #[arg(long)]
    pub model: PathBuf,
    /// A dataset; scores go to the folder --out, one Parquet file per shard
    #[arg(long, required_unless_present = "images", conflicts_with = "images")]
    pub dataset: Option<PathBuf>,
    /// A plain folder of FITS, PNG, JPEG or WebP images; scores go to the CSV file --out
    #[arg(long)]
    pub images: Option<PathBuf>,
    /// Where the scores go
    #[arg(long)]
    pub out: PathBuf,
    /// How the processor computes: portable, avx2, avx512, avx512-bf16 or amx-bf16; default: the fastest
    /// with 32-bit floats that it has (see `lensfinder doctor`)
    #[arg(long, value_parser = kernel)]
    pub kernel: Option<Kernel>,
    /// Keep the middle of plain images: pixels or a share
    #[arg(long, default_value = "none", conflicts_with = "dataset")]
    pub crop: imaging::Crop,
    /// Bands of plain FITS images in plane order, such as grz, where headers do not say
    #[arg(long, conflicts_with = "dataset")]
    pub bands: Option<String>,
    /// Exit code 3 when an image was left out
    #[arg(long, conflicts_with = "dataset")]
    pub strict: bool,
}

fn kernel(name: &str) -> Result<Kernel, String> {
    Kernel::named(name).map_err(|error| error.to_string())
}

/// Runs the command.
pub async fn run(wish: Score, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    heavy(move || {
        let model = open(&wish, &place)?;
        match (&wish.dataset, &wish.images) {
            (Some(folder), _) => score_dataset(&model, folder, &wish, &terminal, json),
            (None, Some(folder)) => images::score(&model, folder, &wish, &terminal, json),
            (None, None) => Err(Failure::words("give --dataset or --images")),
        }
    })
    .await
}

/// Opens the model; what is wrong with it names its folder.
fn open(wish: &Score, place: &Place) -> Result<finder::Model, Failure> {
    if let Some(kernel) = wish.kernel {
        kernel.check().map_err(Failure::words)?;
    }
    let dir = model::folder_of(&wish.model, place)?;
    finder::Model::load_with(&dir, place.device, wish.kernel).map_err(|error| match error {
        FinderError::Network(problem) => Failure::words(format!(
            "model {}: {problem}; its weights are no use: restore them or train the model again",
            dir.display()
        )),
        other => other.into(),
    })
}

fn score_dataset(
    model: &finder::Model,
    folder: &std::path::Path,
    wish: &Score,
    terminal: &Terminal,
    json: bool,
) -> Result<(), Failure> {
    let dataset = Dataset::open(folder)?;
    if dataset.is_empty() {
        let words = format!("dataset {} holds no image: there is nothing to score", folder.display());
        return Err(Failure::words(words));
    }
    let report = finder::score_dataset(model, &dataset, &wish.out, terminal)?;
    let rate = report.scored as f64 / report.seconds.max(1e-9);
    let share = 100.0 * report.network_seconds / report.seconds.max(1e-9);
    let value = serde_json::json!({
        "rows": report.rows,
        "scored": report.scored,
        "seconds": report.seconds,
        "network_seconds": report.network_seconds,
        "images_per_second": rate,
        "kernel": report.kernel,
        "peak_memory_mib": peak_memory_mib(),
        "digest": report.digest,
    });
    let before = match report.rows - report.scored {
        0 => String::new(),
        before => format!(" ({before} more were scored before)"),
    };
    let words = format!(
        "{} images in {:.1} s{before}: {rate:.0} a second with {}, the network busy {share:.0} % of the time, {:.0} MiB at most",
        report.scored,
        report.seconds,
        report.kernel,
        peak_memory_mib().unwrap_or_default(),
    );
    tell(json, &value, &words)
}

/// The most memory this process has held, where the system tells.
fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}
