//! Scoring a pool, shard by shard, with memory that does not grow with it. A
//! shard is finished when its score file lies beside a small report with the
//! file's digest; finished shards are not scored again.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use domain::{Digest, Progress};
use serde::{Deserialize, Serialize};
use survey::{Dataset, shard};

use crate::{FinderError, Model, ScoreBatch, files, scores::Writer};

/// One scored shard.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardReport {
    /// Digest of the shard that was read.
    pub shard: Digest,
    /// Digest of the model.
    pub model: Digest,
    /// Images.
    pub rows: u64,
    /// Digest of the score file.
    pub digest: Digest,
    /// Wall time of this call.
    pub seconds: f64,
    /// Share of it spent in the network, input making included.
    pub network_seconds: f64,
    /// Whether an earlier call had finished it.
    pub skipped: bool,
}

/// A scored dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreReport {
    /// Shard by shard.
    pub shards: Vec<ShardReport>,
    /// Images.
    pub rows: u64,
    /// Wall time of this call.
    pub seconds: f64,
    /// Share of it spent in the network.
    pub network_seconds: f64,
    /// Over the digests of all score files.
    pub digest: Digest,
}

/// What lies beside a finished score file: nothing that changes from run to run.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Receipt {
    schema_version: u64,
    shard: Digest,
    model: Digest,
    base_rate: f64,
    rows: u64,
    scores: Digest,
}

const RECEIPT_VERSION: u64 = 1;

/// Scores one shard into `out` (a Parquet file), unless `out` already holds the scores of this
/// model and shard. The unit a distributed engine would call.
///
/// # Errors
/// When the shard cannot be read or its tiles were made by another recipe than the model's, when
/// somebody cancels (nothing is left under the final name) or the disk refuses.
pub fn score_shard(
    model: &Model,
    shard: &Path,
    out: &Path,
    progress: &dyn Progress,
) -> Result<ShardReport, FinderError> {
    let watch = Watch::start();
    let digest = files::digest(shard)?;
    score(model, shard, digest, out, progress, &watch)
}

/// Scores every shard of a dataset into `out_dir/<shard>.parquet`; finished ones are skipped.
///
/// # Errors
/// As [`score_shard`], and when a shard has not the digest the dataset promises.
pub fn score_dataset(
    model: &Model,
    dataset: &Dataset,
    out_dir: &Path,
    progress: &dyn Progress,
) -> Result<ScoreReport, FinderError> {
    let watch = Watch::start();
    model.check_tiles(&format!("dataset {}", dataset.name()), dataset.spec())?;
    files::create_dir(out_dir)?;
    let mut shards = Vec::new();
    progress.begin("scoring", dataset.len());
    for (index, info) in dataset.shards().iter().enumerate() {
        progress.check()?;
        let out = out_dir.join(format!("{index:05}.parquet"));
        let shard = dataset.dir().join(&info.file);
        let own = Watch::start();
        let report = match finished(model, info.digest, &out) {
            Some(report) => {
                progress.advance(report.rows);
                report
            }
            None => {
                let found = files::digest(&shard)?;
                if found != info.digest {
                    return Err(FinderError::WrongDigest { path: shard, expected: info.digest, found });
                }
                score(model, &shard, found, &out, progress, &own)?
            }
        };
        shards.push(report);
    }
    progress.end();
    Ok(ScoreReport {
        rows: shards.iter().map(|shard| shard.rows).sum(),
        seconds: watch.seconds(),
        network_seconds: shards.iter().map(|shard| shard.network_seconds).sum(),
        digest: Digest::of_parts(shards.iter().map(|shard| shard.digest.0)),
        shards,
    })
}

fn score(
    model: &Model,
    shard: &Path,
    shard_digest: Digest,
    out: &Path,
    progress: &dyn Progress,
    watch: &Watch,
) -> Result<ShardReport, FinderError> {
    if let Some(report) = finished(model, shard_digest, out) {
        progress.advance(report.rows);
        return Ok(report);
    }
    let reader = shard::Reader::open(shard).map_err(|e| FinderError::Dataset(Box::new(e)))?;
    model.check_tiles(&format!("shard {}", shard.display()), reader.spec())?;
    let mut writer =
        Writer::create(out, model.config().network.embedding_len(), model.digest(), shard_digest)?;
    let (mut rows, mut network_seconds) = (0, 0.0);
    for batch in reader {
        progress.check()?;
        let batch = batch.map_err(|e| FinderError::Dataset(Box::new(e)))?;
        let network = Watch::start();
        let outputs = model.outputs(&batch.tiles)?;
        network_seconds += network.seconds();
        let count = batch.ids.len() as u64;
        writer.push(&ScoreBatch {
            probabilities: outputs.logits.iter().map(|&logit| model.probability(logit)).collect(),
            ids: batch.ids,
            logits: outputs.logits,
            embeddings: outputs.embeddings,
            dim: outputs.dim,
        })?;
        rows += count;
        progress.advance(count);
    }
    // The receipt of other scores must not survive the scores it was for.
    let receipt_path = receipt_path(out);
    if receipt_path.exists() {
        fs::remove_file(&receipt_path).map_err(FinderError::io("delete", &receipt_path))?;
    }
    let digest = writer.commit()?;
    let receipt = Receipt {
        schema_version: RECEIPT_VERSION,
        shard: shard_digest,
        model: model.digest(),
        base_rate: model.calibration().base_rate,
        rows,
        scores: digest,
    };
    files::write_json(&receipt_path, &receipt)?;
    let (shard, model) = (shard_digest, model.digest());
    Ok(ShardReport { shard, model, rows, digest, seconds: watch.seconds(), network_seconds, skipped: false })
}

/// The report of an earlier call, if its receipt is for this model, base rate and shard, and the
/// score file still has the digest it had.
fn finished(model: &Model, shard: Digest, out: &Path) -> Option<ShardReport> {
    let watch = Watch::start();
    let receipt: Receipt = serde_json::from_slice(&fs::read(receipt_path(out)).ok()?).ok()?;
    let fits = receipt.schema_version == RECEIPT_VERSION
        && receipt.shard == shard
        && receipt.model == model.digest()
        && receipt.base_rate.to_bits() == model.calibration().base_rate.to_bits()
        && files::digest(out).ok()? == receipt.scores;
    fits.then(|| ShardReport {
        shard,
        model: receipt.model,
        rows: receipt.rows,
        digest: receipt.scores,
        seconds: watch.seconds(),
        network_seconds: 0.0,
        skipped: true,
    })
}

fn receipt_path(out: &Path) -> PathBuf {
    out.with_extension("json")
}

/// Measures this module's own speed.
struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "measures how long scoring takes; no result depends on it")]
    fn start() -> Self {
        Self(Instant::now())
    }

    fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
