//! Scoring a pool, shard by shard, with memory that does not grow with it. A
//! shard is finished when its score file lies beside a small receipt with the
//! file's digest; finished shards are not scored again. How shards flow through the
//! network is [`pipeline`]'s.

mod peak;
mod pipeline;
mod receipt;
mod watch;

use std::path::Path;

use domain::{Digest, Progress};
use survey::Dataset;

use self::{
    pipeline::{Job, Pace},
    receipt::Receipt,
    watch::{Busy, Watch},
};
use crate::{FinderError, Model, files};

pub use peak::Peak;

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
    /// Wall time since the shard before was done.
    pub seconds: f64,
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
    /// Those of them that this call scored.
    pub scored: u64,
    /// What computed: the name of a kernel or a device.
    pub kernel: String,
    /// Wall time of this call.
    pub seconds: f64,
    /// Share of it in which the network had images; in the rest it waited for the disk.
    pub network_seconds: f64,
    /// Over the digests of all score files.
    pub digest: Digest,
}

/// Scores one shard into `out` (a Parquet file), unless `out` already holds the scores of this
/// model, kernel and shard. The unit a distributed engine would call: the same shard and model give the
/// same bytes, and what is under the final name is whole.
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
    if let Some(receipt) = Receipt::of_finished(model, out)
        && files::digest(shard)? == receipt.shard
    {
        progress.advance(receipt.rows);
        return Ok(skipped(receipt, watch.seconds()));
    }
    let job = Job { shard: shard.to_owned(), expected: None, out: out.to_owned() };
    let mut report = None;
    pipeline::run(model, &[job], &Busy::default(), Pace::new(progress, None), |_, done| {
        report = Some(scored(model, &done));
    })?;
    report.ok_or_else(|| FinderError::malformed(shard, "was not scored"))
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
    progress.begin("scoring", dataset.len());
    let (mut shards, mut jobs, mut places, mut rows) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (index, info) in dataset.shards().iter().enumerate() {
        progress.check()?;
        let own = Watch::start();
        let out = out_dir.join(format!("{index:05}.parquet"));
        let receipt = Receipt::of_finished(model, &out).filter(|receipt| receipt.shard == info.digest);
        shards.push(receipt.map(|receipt| {
            progress.advance(receipt.rows);
            skipped(receipt, own.seconds())
        }));
        if shards[index].is_none() {
            jobs.push(Job { shard: dataset.dir().join(&info.file), expected: Some(info.digest), out });
            places.push(index);
            rows += info.rows;
        }
    }
    let busy = Busy::default();
    pipeline::run(model, &jobs, &busy, Pace::new(progress, Some(rows)), |job, done| {
        shards[places[job]] = Some(scored(model, &done));
    })?;
    progress.end();
    let shards: Vec<ShardReport> = shards.into_iter().flatten().collect();
    Ok(ScoreReport {
        rows: shards.iter().map(|shard| shard.rows).sum(),
        scored: shards.iter().filter(|shard| !shard.skipped).map(|shard| shard.rows).sum(),
        kernel: computed_by(model).to_owned(),
        seconds: watch.seconds(),
        network_seconds: busy.seconds(),
        digest: Digest::of_parts(shards.iter().map(|shard| shard.digest.0)),
        shards,
    })
}

/// What computes for a model, as score files and receipts name it: scores of another kernel are rounded in
/// another way.
pub(crate) fn computed_by(model: &Model) -> &'static str {
    model.kernel().map_or("burn", |kernel| kernel.name())
}

fn skipped(receipt: Receipt, seconds: f64) -> ShardReport {
    let Receipt { shard, model, rows, scores, .. } = receipt;
    ShardReport { shard, model, rows, digest: scores, seconds, skipped: true }
}

fn scored(model: &Model, done: &pipeline::Done) -> ShardReport {
    let &pipeline::Done { shard, rows, scores, seconds } = done;
    ShardReport { shard, model: model.digest(), rows, digest: scores, seconds, skipped: false }
}
