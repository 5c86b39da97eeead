//! One Parquet file of tiles: columns `id`, `ra_deg`, `dec_deg`, `cell`,
//! `label`, `tile`, in row groups of 256. The tile recipe stands in the file's
//! own metadata, so that a shard is readable without its dataset.

mod read;
mod stamp;
mod stream;
mod write;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use domain::{Label, SkyCoord};
use imaging::Tile;

pub use read::{Reader, tiles_at};
pub use stream::Stream;
pub(crate) use write::Writer;

use crate::ManifestRow;

/// Rows of a row group, and most rows of a batch.
pub const ROW_GROUP: usize = 256;

/// Key of the tile recipe (JSON) in the file's metadata.
const SPEC_KEY: &str = "lensfinder.tile";

/// Up to [`ROW_GROUP`] rows of a shard; all vectors have one entry per row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// Ids.
    pub ids: Vec<String>,
    /// Positions.
    pub positions: Vec<Option<SkyCoord>>,
    /// HEALPix cells.
    pub cells: Vec<Option<u64>>,
    /// Labels.
    pub labels: Vec<Label>,
    /// Tiles one after another: `rows · size · size · 3` bytes.
    pub tiles: Vec<u8>,
}

impl Batch {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(crate) fn push(&mut self, row: &ManifestRow, tile: &Tile) {
        self.ids.push(row.image.id.clone());
        self.positions.push(row.image.position);
        self.cells.push(row.cell);
        self.labels.push(row.image.label);
        self.tiles.extend_from_slice(&tile.data);
    }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Utf8, false),
        Field::new("ra_deg", DataType::Float64, true),
        Field::new("dec_deg", DataType::Float64, true),
        Field::new("cell", DataType::Int64, true),
        Field::new("label", DataType::Int8, false),
        Field::new("tile", DataType::Binary, false),
    ]))
}
