//! Images of one side of a comparison, drawn from a dataset by their ids alone,
//! so that the same dataset gives the same images.

use std::collections::BinaryHeap;

use domain::{Digest, Progress};
use imaging::TileSpec;
use survey::{Dataset, ManifestRow};

use crate::FinderError;

/// Most images of a side: beyond that the intervals hardly shrink.
pub const MOST: usize = 2000;

/// Tiles with the group (sky cell) of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    what: String,
    spec: TileSpec,
    tiles: Vec<u8>,
    groups: Vec<u64>,
    /// Images without a cell among them, which stand in `groups` by their ids.
    without_cell: usize,
}

impl Sample {
    /// No image yet of tiles made by this recipe; `what` names them, such as "mocks without a lens".
    #[must_use]
    pub fn empty(what: &str, spec: &TileSpec) -> Self {
        Self {
            what: what.to_owned(),
            spec: spec.clone(),
            tiles: Vec::new(),
            groups: Vec::new(),
            without_cell: 0,
        }
    }

    /// Adds one image. Images of one sky cell are judged together; if any image has no cell, nobody
    /// knows which of the others show the same sky, and each is judged by itself.
    ///
    /// # Errors
    /// When the tile has the wrong length.
    pub fn push(&mut self, tile: &[u8], cell: Option<u64>, id: &str) -> Result<(), FinderError> {
        if tile.len() != self.spec.tile_bytes() {
            let problem = format!("tile of {id:?} has {} bytes, not {}", tile.len(), self.spec.tile_bytes());
            return Err(FinderError::Input { what: self.what.clone(), problem });
        }
        self.tiles.extend_from_slice(tile);
        self.without_cell += usize::from(cell.is_none());
        self.groups.push(cell.unwrap_or_else(|| number(id)));
        Ok(())
    }

    /// At most `most` of a dataset's images for which `keep` says yes, drawn by a digest of the id.
    /// Rows come to `keep` in the dataset's order; memory holds the tiles that were drawn.
    ///
    /// # Errors
    /// When the dataset cannot be read or somebody cancels.
    pub fn of_dataset(
        dataset: &Dataset,
        what: &str,
        most: usize,
        mut keep: impl FnMut(&ManifestRow) -> bool,
        progress: &dyn Progress,
    ) -> Result<Self, FinderError> {
        let wrong = |error: survey::SurveyError| FinderError::Dataset(Box::new(error));
        // The smallest numbers are drawn; the largest of them lies on top.
        let mut drawn: BinaryHeap<(u64, usize, usize, Option<u64>, String)> = BinaryHeap::new();
        for row in dataset.manifest().map_err(wrong)? {
            let row = row.map_err(wrong)?;
            if keep(&row) {
                drawn.push((number(&row.id), row.shard, row.row, row.cell, row.image.id));
                if drawn.len() > most {
                    drawn.pop();
                }
            }
        }
        progress.check()?;
        let mut drawn = drawn.into_vec();
        drawn.sort_by_key(|&(_, shard, row, ..)| (shard, row));
        let places: Vec<(usize, usize)> = drawn.iter().map(|&(_, shard, row, ..)| (shard, row)).collect();
        let mut sample = Self::empty(what, dataset.spec());
        for (tile, (.., cell, id)) in dataset.tiles(&places).map_err(wrong)?.iter().zip(&drawn) {
            sample.push(&tile.data, *cell, id)?;
        }
        Ok(sample)
    }

    /// What the images are.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// How their tiles were made.
    #[must_use]
    pub const fn spec(&self) -> &TileSpec {
        &self.spec
    }

    /// Number of images.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    pub(super) fn tiles(&self) -> &[u8] {
        &self.tiles
    }

    pub(super) fn each(&self) -> impl Iterator<Item = &[u8]> {
        self.tiles.chunks_exact(self.spec.tile_bytes())
    }

    pub(super) fn groups(&self) -> &[u64] {
        &self.groups
    }

    pub(super) const fn all_have_cells(&self) -> bool {
        self.without_cell == 0
    }
}

/// A number that only the id decides.
fn number(id: &str) -> u64 {
    let Digest(bytes) = Digest::of(id.as_bytes());
    u64::from_le_bytes(std::array::from_fn(|i| bytes[i]))
}
