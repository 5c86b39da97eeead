//! Gathers tiles of a dataset into examples for the network: all labelled ones, or
//! those with given ids. Streams the shards; holds only what was asked for.

use std::collections::HashMap;

use domain::{Digest, Label, Progress};
use finder::{Examples, Excluded, LeftOut, LookAlike};
use survey::{Dataset, Fold, Footprint, ManifestRow, SkySplit, SurveyError};

use crate::CampaignError;

/// The labelled tiles of a dataset, split by sky cell (by id where there is no position).
pub struct Labelled {
    /// To learn from.
    pub training: Examples,
    /// To calibrate and judge on: what `split` holds out.
    pub validation: Examples,
    /// Images of neither, as they are on a list.
    pub left_out: LeftOut,
}

/// Reads all rows with label 0 or 1 that are not `excluded`.
///
/// # Errors
/// When a shard cannot be read or the person asks to stop.
pub fn labelled(
    dataset: &Dataset,
    split: &SkySplit,
    excluded: &Excluded,
    progress: &dyn Progress,
) -> Result<Labelled, CampaignError> {
    let size = dataset.spec().size;
    let (training, validation) = (Examples::empty(size), Examples::empty(size));
    let mut out = Labelled { training, validation, left_out: LeftOut::default() };
    let bytes = dataset.spec().tile_bytes();
    let kinds = LookAlike::of_dataset(dataset.dir()).map_err(CampaignError::from_finder)?;
    for index in 0..dataset.shards().len() {
        progress.check()?;
        for batch in open_shard(dataset, index)? {
            let batch = batch?;
            for (row, tile) in batch.tiles.chunks_exact(bytes).enumerate() {
                if excluded.contains(&batch.ids[row]) {
                    out.left_out.count(batch.labels[row]);
                    continue;
                }
                let target = match batch.labels[row] {
                    Label::Unknown => continue,
                    Label::NonLens => 0.0,
                    Label::Lens => 1.0,
                };
                let held_out = fold_of(split, batch.cells[row], &batch.ids[row]) == Fold::HeldOut;
                let part = if held_out { &mut out.validation } else { &mut out.training };
                part.push(tile, target, 1.0).map_err(CampaignError::from_finder)?;
                part.name_last(kinds.get(&batch.ids[row]).copied().filter(|_| target == 0.0));
            }
        }
    }
    Ok(out)
}

/// Opens one shard of a dataset.
fn open_shard(dataset: &Dataset, index: usize) -> Result<survey::shard::Reader, SurveyError> {
    survey::shard::Reader::open(&dataset.shard_path(index).unwrap_or_default())
}

/// The fold of a row: by its sky cell, or by its id where it has no position.
#[must_use]
pub fn fold_of(split: &SkySplit, cell: Option<u64>, id: &str) -> Fold {
    split.fold(cell.unwrap_or_else(|| {
        let Digest(bytes) = Digest::of(id.as_bytes());
        u64::from_le_bytes(std::array::from_fn(|i| bytes[i]))
    }))
}

/// Tiles of a dataset, and where they lie.
pub struct Chosen {
    /// The tiles.
    pub examples: Examples,
    /// The part of the survey each belongs to, where its position is known.
    pub footprints: Vec<Option<Footprint>>,
}

/// Reads the rows with these ids; `wanted` gives target and weight of each.
///
/// # Errors
/// When the index or a shard cannot be read.
pub fn chosen(dataset: &Dataset, wanted: &HashMap<String, (f32, f32)>) -> Result<Chosen, CampaignError> {
    picked(dataset, |row| wanted.get(&row.id).copied())
}

/// Reads the rows for which `pick` gives target and weight.
///
/// # Errors
/// When the index or a shard cannot be read.
pub fn picked(
    dataset: &Dataset,
    pick: impl Fn(&ManifestRow) -> Option<(f32, f32)>,
) -> Result<Chosen, CampaignError> {
    let (mut places, mut numbers, mut footprints) = (Vec::new(), Vec::new(), Vec::new());
    for row in dataset.manifest()? {
        let row = row?;
        if let Some(number) = pick(&row) {
            places.push((row.shard, row.row));
            numbers.push(number);
            footprints.push(row.position.map(Footprint::of));
        }
    }
    let mut examples = Examples::empty(dataset.spec().size);
    for (tile, (target, weight)) in dataset.tiles(&places)?.iter().zip(numbers) {
        examples.push(&tile.data, target, weight).map_err(CampaignError::from_finder)?;
    }
    Ok(Chosen { examples, footprints })
}
