//! Writing a shard: rows are gathered to a row group, then packed. Naming the
//! file only when it is whole is [`NewFile`]'s doing.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, BinaryBuilder, Float64Builder, Int8Builder, Int64Builder, RecordBatch, StringBuilder},
    error::ArrowError,
};
use crc32fast::Hasher as Crc;
use imaging::{Tile, TileSpec};
use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    basic::Compression,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
    },
    schema::types::ColumnPath,
};

use super::{Batch, ROW_GROUP, SPEC_KEY, schema, stamp::Stamp};
use crate::{ManifestRow, SurveyError, atomic::NewFile};

/// Writes one shard, a row group at a time.
pub(crate) struct Writer {
    path: PathBuf,
    parquet: ArrowWriter<Summed>,
    batch: Batch,
    tile_bytes: usize,
    rows: usize,
}

impl Writer {
    pub(crate) fn create(path: &Path, spec: &TileSpec) -> Result<Self, SurveyError> {
        let recipe = serde_json::to_string(spec).map_err(SurveyError::shard(path))?;
        let tile_column = ColumnPath::from("tile");
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .set_created_by("lensfinder".to_owned())
            .set_key_value_metadata(Some(vec![KeyValue::new(SPEC_KEY.to_owned(), recipe)]))
            .set_compression(Compression::SNAPPY)
            // Noise does not compress, and a dictionary of it would only cost time.
            .set_column_compression(tile_column.clone(), Compression::UNCOMPRESSED)
            .set_column_dictionary_enabled(tile_column.clone(), false)
            .set_column_statistics_enabled(tile_column, EnabledStatistics::None)
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let file = Summed { file: NewFile::create(path)?, crc: Crc::new() };
        let parquet =
            ArrowWriter::try_new_with_options(file, schema(), options).map_err(SurveyError::shard(path))?;
        let tile_bytes = spec.tile_bytes();
        Ok(Self { path: path.to_owned(), parquet, batch: Batch::default(), tile_bytes, rows: 0 })
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn push(&mut self, row: &ManifestRow, tile: &Tile) -> Result<(), SurveyError> {
        self.batch.push(row, tile);
        self.rows += 1;
        if self.batch.len() == ROW_GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), SurveyError> {
        let wrong = SurveyError::shard(&self.path);
        let batch = to_arrow(&self.batch, self.tile_bytes).map_err(|error| wrong(error.to_string()))?;
        self.parquet.write(&batch).map_err(|error| wrong(error.to_string()))?;
        self.batch = Batch::default();
        Ok(())
    }

    /// Closes and names the file; gives its digest.
    pub(crate) fn commit(mut self) -> Result<domain::Digest, SurveyError> {
        if !self.batch.is_empty() {
            self.flush()?;
        }
        let Summed { file, crc } = self.parquet.into_inner().map_err(SurveyError::shard(&self.path))?;
        let digest = file.commit()?;
        if let Ok(file) = File::open(&self.path) {
            Stamp { digest, crc: crc.finalize() }.put(&file);
        }
        Ok(digest)
    }
}

/// A file, and the CRC-32 of what was written to it.
struct Summed {
    file: NewFile,
    crc: Crc,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.crc.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// The rows as Arrow columns in the order of the schema.
fn to_arrow(batch: &Batch, tile_bytes: usize) -> Result<RecordBatch, ArrowError> {
    let (mut ids, mut tiles) = (StringBuilder::new(), BinaryBuilder::new());
    let (mut ra, mut dec) = (Float64Builder::new(), Float64Builder::new());
    let (mut cells, mut labels) = (Int64Builder::new(), Int8Builder::new());
    for (i, tile) in batch.tiles.chunks_exact(tile_bytes).enumerate() {
        ids.append_value(&batch.ids[i]);
        ra.append_option(batch.positions[i].map(|sky| sky.ra_deg));
        dec.append_option(batch.positions[i].map(|sky| sky.dec_deg));
        cells.append_option(batch.cells[i].map(|cell| cell as i64));
        labels.append_value(batch.labels[i].code() as i8);
        tiles.append_value(tile);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(ids.finish()),
        Arc::new(ra.finish()),
        Arc::new(dec.finish()),
        Arc::new(cells.finish()),
        Arc::new(labels.finish()),
        Arc::new(tiles.finish()),
    ];
    RecordBatch::try_new(schema(), columns)
}
