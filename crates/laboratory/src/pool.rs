//! The pool of a replay: where it comes from, what its network is worth, and what
//! went into it. Simulated and trained by the run itself ([`made`]), taken from a
//! workspace ([`stored`]), or read from a table ([`table`]).

mod curves;
mod evaluate;
mod gallery;
mod made;
mod manifest;
mod report;
mod splits;
mod stored;
mod table;

use std::path::Path;

use domain::{Digest, Progress};
use finder::DeviceChoice;
use replay::StoredPool;

pub use curves::{Histogram, NetworkCurves};
pub use manifest::file_name;
pub use report::{Bin, DatasetEntry, Example, NetworkReport, PoolReport, RealReport, SplitPart, SplitReport};
pub use stored::truth_entry;

use crate::{
    LabError,
    config::{PoolPlan, RealPlan},
};

/// A pool, ready to be replayed.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What a replay runs on.
    pub stored: StoredPool,
    /// Over all of it; part of every trial's name.
    pub digest: Digest,
    /// What the report shows of it.
    pub report: PoolReport,
}

/// What preparing needs beside the plan.
#[derive(Clone, Copy)]
pub struct Workplace<'a> {
    /// Where simulated skies and trained networks are kept for the next run.
    pub cache: &'a Path,
    /// The run's folder; the manifest of every image goes below it.
    pub run: &'a Path,
    /// Where the network runs.
    pub device: DeviceChoice,
    /// Who hears how far it is.
    pub progress: &'a dyn Progress,
}

/// Prepares a pool; what an earlier run finished is used again.
///
/// # Errors
/// Names the pool, what is missing and the remedy.
pub fn prepare(plan: &PoolPlan, real: &RealPlan, at: Workplace<'_>) -> Result<Prepared, LabError> {
    let (stored, mut report) = match (&plan.table, &plan.workspace) {
        (Some(table), _) => table::read(plan, table)?,
        (None, Some(workspace)) => stored::open(plan, workspace, real, at)?,
        (None, None) => made::make(plan, real, at)?,
    };
    let lenses = stored.lenses();
    let problem = |problem: String| LabError::Pool { pool: plan.name.clone(), problem };
    if lenses == 0 {
        return Err(problem(format!(
            "holds no lens among its {} images, so nothing could be found; give a larger survey (`cutouts`, `lens_rate`) or a smaller `held_out_fraction`",
            stored.len()
        )));
    }
    if lenses == stored.len() {
        return Err(problem(
            "holds lenses only, so nothing could be told from them; add other images".to_owned(),
        ));
    }
    stored.check()?;
    let digest = digest(&stored);
    report.digest = digest;
    Ok(Prepared { stored, digest, report })
}

/// Over every number a replay can see.
fn digest(pool: &StoredPool) -> Digest {
    let ids = pool.ids.join("\n");
    let numbers: Vec<u8> = pool.probability.iter().flat_map(|p| p.to_le_bytes()).collect();
    let embeddings: Vec<u8> = pool.embeddings.iter().flat_map(|x| x.to_le_bytes()).collect();
    let cells: Vec<u8> = pool.cells.iter().flat_map(|cell| cell.to_le_bytes()).collect();
    let truth = serde_json::to_vec(&pool.truth).unwrap_or_default();
    Digest::of_parts([ids.as_bytes(), &numbers, &embeddings, &cells, &truth])
}
