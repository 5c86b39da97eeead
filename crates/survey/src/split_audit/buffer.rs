//! The rule against neighbours across a cell's border: what lies too near a
//! fold that matters more belongs to no fold.

use domain::SkyCoord;

use super::rank;
use crate::{CELL_DEPTH, Fold, SkySplit, cell_of, sky_index::cells_within};

/// The buffer is wider than a sky cell.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a buffer of {0} arcsec is no angle from 0 to 1800; the diagonal of a cutout of 100 arcsec is 142")]
pub struct BufferError(f64);

impl SkySplit {
    /// The fold of a position, or `None` when the sky within `buffer_arcsec` of it may belong to a fold
    /// that matters more (held out before gate before pool). Of the rows that get a fold, no two of
    /// different folds are then within the buffer, whatever rows there are.
    ///
    /// # Errors
    /// When the buffer is negative or wider than half a degree.
    pub fn fold_with_buffer(&self, sky: SkyCoord, buffer_arcsec: f64) -> Result<Option<Fold>, BufferError> {
        if !(0.0..=1800.0).contains(&buffer_arcsec) {
            return Err(BufferError(buffer_arcsec));
        }
        let own = self.fold(cell_of(sky));
        if buffer_arcsec == 0.0 {
            return Ok(Some(own));
        }
        let around = cells_within(CELL_DEPTH, sky, buffer_arcsec).ok_or(BufferError(buffer_arcsec))?;
        let crowded = around.into_iter().any(|cell| rank(self.fold(cell)) > rank(own));
        Ok((!crowded).then_some(own))
    }
}
