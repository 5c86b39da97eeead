//! The receipt beside a finished score file: what was scored, by what, and the digest of the result. It is
//! written last; a score file without it, or with another digest, counts for nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::Digest;
use serde::{Deserialize, Serialize};

use super::computed_by;
use crate::{FinderError, Model, files};

/// Nothing in it changes from run to run.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Receipt {
    schema_version: u64,
    pub shard: Digest,
    pub model: Digest,
    /// What computed: another kernel rounds differently.
    kernel: String,
    base_rate: f64,
    pub rows: u64,
    pub scores: Digest,
}

const VERSION: u64 = 2;

impl Receipt {
    pub(super) fn new(model: &Model, shard: Digest, rows: u64, scores: Digest) -> Self {
        Self {
            schema_version: VERSION,
            shard,
            model: model.digest(),
            kernel: computed_by(model).to_owned(),
            base_rate: model.calibration().base_rate,
            rows,
            scores,
        }
    }

    /// The receipt beside `out`, if it is for what this model would write there and the score file still
    /// has the digest it had.
    pub(super) fn of_finished(model: &Model, out: &Path) -> Option<Self> {
        let receipt: Self = serde_json::from_slice(&fs::read(path(out)).ok()?).ok()?;
        let wanted = Self::new(model, receipt.shard, receipt.rows, receipt.scores);
        let fits = receipt == wanted && files::digest(out).ok()? == receipt.scores;
        fits.then_some(receipt)
    }

    pub(super) fn write(&self, out: &Path) -> Result<(), FinderError> {
        files::write_json(&path(out), self).map(|_| ())
    }

    /// The receipt of other scores must not survive the scores it was for.
    pub(super) fn remove(out: &Path) -> Result<(), FinderError> {
        let path = path(out);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(FinderError::io("delete", &path)(error))
            }
            _ => Ok(()),
        }
    }
}

fn path(out: &Path) -> PathBuf {
    out.with_extension("json")
}
