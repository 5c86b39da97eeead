//! `lensfinder score`: a dataset shard by shard, or a plain folder of images into
//! one CSV file.

use std::{path::Path, sync::Arc};

use finder::{Model, ScoreReport};
use survey::{Dataset, IngestInput, IngestRequest, SourceOptions};

use super::{heavy, tell};
use crate::{
    arguments::{Place, Score},
    failure::Failure,
    terminal::Terminal,
};

/// Runs the command.
pub async fn run(wish: Score, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let report = heavy(move || {
        let model = Model::load(&wish.model, place.device)?;
        match (&wish.dataset, &wish.images) {
            (Some(dataset), _) => {
                Ok(finder::score_dataset(&model, &Dataset::open(dataset)?, &wish.out, terminal.as_ref())?)
            }
            (None, Some(images)) => score_folder(&model, images, &wish, &terminal),
            (None, None) => Err(Failure::words("give --dataset or --images")),
        }
    })
    .await?;
    let share = if report.seconds > 0.0 { 100.0 * report.network_seconds / report.seconds } else { 0.0 };
    let value = serde_json::json!({
        "rows": report.rows,
        "seconds": report.seconds,
        "network_seconds": report.network_seconds,
        "images_per_second": report.rows as f64 / report.seconds.max(1e-9),
        "peak_memory_mib": peak_memory_mib(),
        "digest": report.digest,
    });
    let words = format!(
        "{} images in {:.1} s ({:.0} a second, {share:.0} % of the time in the network), {:.0} MiB at most",
        report.rows,
        report.seconds,
        report.rows as f64 / report.seconds.max(1e-9),
        peak_memory_mib().unwrap_or_default(),
    );
    tell(json, &value, &words)
}

/// Takes the folder into a dataset beside the output, scores that, and writes `id,score`.
fn score_folder(
    model: &Model,
    images: &Path,
    wish: &Score,
    terminal: &Terminal,
) -> Result<ScoreReport, Failure> {
    let mut work = wish.out.clone().into_os_string();
    work.push(".work");
    let work = Path::new(&work);
    let request = IngestRequest {
        options: SourceOptions { crop: wish.crop, ..SourceOptions::default() },
        ..IngestRequest::new(IngestInput::Folder(images.to_owned()), "images")
    };
    let taken = survey::ingest(&request, &work.join("dataset"), terminal)?;
    for rejected in &taken.rejected {
        eprintln!("left out {}: {}", rejected.path, rejected.reason);
    }
    let report = finder::score_dataset(model, &taken.dataset, &work.join("scores"), terminal)?;
    let mut writer = csv::Writer::from_path(&wish.out)?;
    writer.write_record(["id", "score", "logit"])?;
    for batch in finder::read_scores(&work.join("scores"))? {
        let batch = batch?;
        for (row, id) in batch.ids.iter().enumerate() {
            let (score, logit) = (batch.probabilities[row].to_string(), batch.logits[row].to_string());
            writer.write_record([id.as_str(), &score, &logit])?;
        }
    }
    writer.flush()?;
    std::fs::remove_dir_all(work)?;
    Ok(report)
}

/// The most memory this process has held, where the system tells.
fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}
