//! Outlines of simulated images, from their records alone, and what the shape of one says.

use std::collections::BTreeMap;

use domain::Progress;
use rayon::prelude::*;
use simulate::Record;
use simulate::Records;
use store::Outline;
use survey::{Dataset, ManifestRow};

use crate::CampaignError;

/// Outlines made between two looks at whether to stop.
const BATCH: usize = 32;
/// Directions the sky around the brightest galaxy is divided into.
const DIRECTIONS: usize = 36;

/// An outline and how far it goes around the brightest galaxy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub outline: Outline,
    /// Directions, of [`DIRECTIONS`], in which something is.
    pub around: usize,
}

impl Found {
    /// What a lens is, by what is seen of it rather than how it was made: a ring goes nearly all around.
    pub fn kind(&self, kind: &str) -> Option<String> {
        match kind {
            "ring" if self.around < DIRECTIONS * 6 / 10 => Some("arc".to_owned()),
            "arc" | "images" if self.around >= DIRECTIONS * 8 / 10 => Some("ring".to_owned()),
            _ => None,
        }
    }
}

/// The records of a simulated dataset; of another there are none.
pub(super) fn records(dataset: &Dataset) -> Result<Option<Records>, CampaignError> {
    let is_simulated = dataset.dir().join("records").join("index.csv").exists();
    Ok(is_simulated.then(|| Records::open(dataset.dir())).transpose()?)
}

/// The record of a row, if the row is a simulated image of this dataset.
pub(super) fn record(records: &Records, row: &ManifestRow) -> Option<Record> {
    records.get(row.source.strip_prefix("record:").unwrap_or(&row.id)).ok()
}

/// The outlines of these rows, as far as there are records. One that cannot be made is left out and
/// said in the log: an image without an outline still teaches.
pub(super) fn of(
    records: Option<&Records>,
    rows: &[ManifestRow],
    progress: &dyn Progress,
) -> Result<BTreeMap<String, Found>, CampaignError> {
    let Some(records) = records else { return Ok(BTreeMap::new()) };
    progress.begin("outlines", rows.len() as u64);
    let mut found = BTreeMap::new();
    for batch in rows.chunks(BATCH) {
        progress.check()?;
        let made: Vec<Option<(String, Found)>> = batch.par_iter().map(|row| one(records, row)).collect();
        found.extend(made.into_iter().flatten());
        progress.advance(batch.len() as u64);
    }
    progress.end();
    Ok(found)
}

fn one(records: &Records, row: &ManifestRow) -> Option<(String, Found)> {
    let record = record(records, row)?;
    match simulate::outline(&record) {
        Ok(outline) => Some((row.id.clone(), Found { around: around(&record, &outline), outline })),
        Err(error) => {
            tracing::warn!(id = row.id, %error, "no outline");
            None
        }
    }
}

fn around(record: &Record, outline: &Outline) -> usize {
    let field = record.cutout.size_px as f64 * record.cutout.pixel_scale_arcsec;
    let centre = [0.5 + record.bcg.light.x / field, 0.5 - record.bcg.light.y / field];
    let mut seen = [false; DIRECTIONS];
    for polygon in outline {
        for (a, b) in polygon.iter().zip(polygon.iter().cycle().skip(1)) {
            for step in 0..8 {
                let along = f64::from(step) / 8.0;
                let [x, y] = [0, 1].map(|axis| a[axis] + along * (b[axis] - a[axis]) - centre[axis]);
                let turn = y.atan2(x) / std::f64::consts::TAU + 0.5;
                seen[((turn * DIRECTIONS as f64) as usize).min(DIRECTIONS - 1)] = true;
            }
        }
    }
    seen.iter().filter(|seen| **seen).count()
}
