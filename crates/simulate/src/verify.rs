//! Makes cutouts again from their records and compares every byte with what is on
//! disk: a record that was changed, an image that was touched, a program that
//! does not do what it did.

use std::{fs, path::Path};

use domain::{Digest, Progress};
use rayon::prelude::*;
use survey::{Dataset, ManifestRow};

use crate::{config::OutputConfig, error::SimulateError, images, record::Record, remake::Remake, stretch};

/// Cutouts made again together.
const BATCH: usize = 32;

/// A file, or part of one, that is not what its record makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The cutout.
    pub id: String,
    /// Which file.
    pub file: String,
    /// In which way it differs.
    pub reason: String,
}

/// What was compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Cutouts made again.
    pub cutouts: usize,
    /// Files and tiles compared.
    pub files: usize,
    /// Those that differ.
    pub differences: Vec<Difference>,
}

/// Makes `sample` cutouts of a dataset again, spread evenly over it (all if it has no more), and
/// compares their records' digests, images and tiles.
///
/// # Errors
/// When the dataset is none, was not simulated, or its real cutouts are gone; or when asked to stop. What
/// differs is no error but in the answer.
pub fn verify(dir: &Path, sample: usize, progress: &dyn Progress) -> Result<Verified, SimulateError> {
    let dataset = Dataset::open(dir)?;
    let remake = Remake::of(&dataset)?;
    let output = dataset.origin().get("output").cloned().unwrap_or_default();
    let output: Option<OutputConfig> = serde_json::from_value(output).map_err(|error| {
        SimulateError::Format { path: dir.join("dataset.json"), reason: format!("origin.output: {error}") }
    })?;
    let total = usize::try_from(dataset.len()).unwrap_or(usize::MAX);
    let count = sample.min(total);
    let mut wanted = (0..count).map(|i| i * total / count).peekable();
    let mut rows = Vec::with_capacity(count);
    for (number, row) in dataset.manifest()?.enumerate() {
        let row = row?;
        if wanted.next_if_eq(&number).is_some() {
            rows.push(row);
        }
    }
    let checker = Checker { dataset: &dataset, remake: &remake, output };
    let mut all = Verified { cutouts: rows.len(), ..Verified::default() };
    progress.begin(&format!("verifying {}", dataset.name()), rows.len() as u64);
    for batch in rows.chunks(BATCH) {
        progress.check()?;
        let checked: Vec<Verified> = batch.par_iter().map(|row| checker.check(row)).collect();
        for one in checked {
            all.files += one.files;
            all.differences.extend(one.differences);
        }
        progress.advance(batch.len() as u64);
    }
    progress.end();
    Ok(all)
}

struct Checker<'a> {
    dataset: &'a Dataset,
    remake: &'a Remake,
    output: Option<OutputConfig>,
}

impl Checker<'_> {
    fn check(&self, row: &ManifestRow) -> Verified {
        let mut found = Verified { cutouts: 1, ..Verified::default() };
        if let Err(error) = self.compare(row, &mut found) {
            found.differences.push(difference(row, "its record".to_owned(), error.to_string()));
        }
        found
    }

    fn compare(&self, row: &ManifestRow, found: &mut Verified) -> Result<(), SimulateError> {
        let (path, json) = self.remake.records().bytes(&row.id)?;
        let digest = Digest::of(&json);
        found.files += 1;
        if digest != row.digest {
            let reason = "the record is not the one the index has the digest of".to_owned();
            found.differences.push(difference(row, path.display().to_string(), reason));
        }
        let record: Record = serde_json::from_slice(&json)
            .map_err(|error| SimulateError::Format { path, reason: format!("record {}: {error}", row.id) })?;
        let cube = self.remake.image_of(&record)?;
        if let Some(output) = &self.output {
            if let Some(path) = images::fits_path(output, row.shard, &row.id) {
                self.file(row, path, &images::fits_bytes(output, &cube, &record, digest)?, found);
            }
            if let Some(path) = images::png_path(output, row.shard, &row.id) {
                self.file(row, path, &images::png_bytes(&cube, &record)?, found);
            }
        }
        let made = stretch::tile_of(&record, &cube, self.dataset.spec())?;
        found.files += 1;
        if self.dataset.tiles(&[(row.shard, row.row)])?.first() != Some(&made) {
            let shard = self.dataset.shards().get(row.shard).map_or("a shard", |shard| &shard.file);
            let reason = "the tile differs from what the record makes".to_owned();
            found.differences.push(difference(row, shard.to_owned(), reason));
        }
        Ok(())
    }

    fn file(&self, row: &ManifestRow, path: String, made: &[u8], found: &mut Verified) {
        found.files += 1;
        let reason = match fs::read(self.dataset.dir().join(&path)) {
            Ok(stored) if stored == made => return,
            Ok(stored) => {
                let same = stored.iter().zip(made).take_while(|(a, b)| a == b).count();
                format!("differs from what the record makes, from byte {same} on")
            }
            Err(error) => error.to_string(),
        };
        found.differences.push(difference(row, path, reason));
    }
}

fn difference(row: &ManifestRow, file: String, reason: String) -> Difference {
    Difference { id: row.id.clone(), file, reason }
}
