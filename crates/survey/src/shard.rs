//! One Parquet file of tiles: columns `id`, `ra_deg`, `dec_deg`, `cell`,
//! `label`, `tile`, in row groups of 256. The tile recipe stands in the file's
//! own metadata, so that a shard is readable without its dataset.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{
        Array, ArrayRef, BinaryArray, BinaryBuilder, Float64Array, Float64Builder, Int8Array, Int8Builder,
        Int64Array, Int64Builder, RecordBatch, StringArray, StringBuilder,
    },
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use domain::{Label, SkyCoord};
use imaging::{Tile, TileSpec};
use parquet::{
    arrow::{
        ArrowWriter,
        arrow_reader::{
            ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
            RowSelector,
        },
        arrow_writer::ArrowWriterOptions,
    },
    basic::Compression,
    file::{metadata::KeyValue, properties::WriterProperties},
    schema::types::ColumnPath,
};

use crate::{ManifestRow, SurveyError, atomic::NewFile};

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

    fn to_arrow(&self, tile_bytes: usize) -> Result<RecordBatch, arrow::error::ArrowError> {
        let (mut ids, mut tiles) = (StringBuilder::new(), BinaryBuilder::new());
        let (mut ra, mut dec) = (Float64Builder::new(), Float64Builder::new());
        let (mut cells, mut labels) = (Int64Builder::new(), Int8Builder::new());
        for (i, tile) in self.tiles.chunks_exact(tile_bytes).enumerate() {
            ids.append_value(&self.ids[i]);
            ra.append_option(self.positions[i].map(|sky| sky.ra_deg));
            dec.append_option(self.positions[i].map(|sky| sky.dec_deg));
            cells.append_option(self.cells[i].map(|cell| cell as i64));
            labels.append_value(self.labels[i].code() as i8);
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

/// Writes one shard, a row group at a time.
pub(crate) struct Writer {
    path: PathBuf,
    parquet: ArrowWriter<NewFile>,
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
            .set_column_statistics_enabled(tile_column, parquet::file::properties::EnabledStatistics::None)
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let parquet = ArrowWriter::try_new_with_options(NewFile::create(path)?, schema(), options)
            .map_err(SurveyError::shard(path))?;
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
        let batch = self.batch.to_arrow(self.tile_bytes).map_err(|error| wrong(error.to_string()))?;
        self.parquet.write(&batch).map_err(|error| wrong(error.to_string()))?;
        self.batch = Batch::default();
        Ok(())
    }

    /// Closes and names the file; gives its digest.
    pub(crate) fn commit(mut self) -> Result<domain::Digest, SurveyError> {
        if !self.batch.is_empty() {
            self.flush()?;
        }
        let file = self.parquet.into_inner().map_err(SurveyError::shard(&self.path))?;
        file.commit()
    }
}

/// Reads a shard in batches of at most [`ROW_GROUP`] rows; memory does not grow with the shard.
pub struct Reader {
    path: PathBuf,
    spec: TileSpec,
    rows: usize,
    batches: ParquetRecordBatchReader,
    /// After an error nothing more is read.
    failed: bool,
}

impl Reader {
    /// Opens a shard.
    ///
    /// # Errors
    /// When the file is missing, is no Parquet, or has other columns or no tile recipe.
    pub fn open(path: &Path) -> Result<Self, SurveyError> {
        Self::with_selection(path, None)
    }

    fn with_selection(path: &Path, selection: Option<RowSelection>) -> Result<Self, SurveyError> {
        let file = File::open(path).map_err(SurveyError::io("cannot open", path))?;
        let wrong = SurveyError::shard(path);
        // The Arrow schema embedded by other writers adds nothing to the Parquet types we check.
        let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder =
            guarded(|| ParquetRecordBatchReaderBuilder::try_new_with_options(file, plain)).map_err(&wrong)?;
        for field in schema().fields() {
            let found = builder.schema().field_with_name(field.name()).map(Field::data_type);
            if found.ok() != Some(field.data_type()) {
                return Err(wrong(format!(
                    "column {} of type {} is missing",
                    field.name(),
                    field.data_type()
                )));
            }
        }
        let metadata = builder.metadata().file_metadata();
        let rows = usize::try_from(metadata.num_rows()).unwrap_or(0);
        let recipe = metadata
            .key_value_metadata()
            .and_then(|pairs| pairs.iter().find(|pair| pair.key == SPEC_KEY))
            .and_then(|pair| pair.value.as_deref())
            .ok_or_else(|| wrong(format!("no {SPEC_KEY} in its metadata")))?;
        let spec: TileSpec = serde_json::from_str(recipe).map_err(|error| wrong(error.to_string()))?;
        spec.check()?;
        let mut builder = builder.with_batch_size(ROW_GROUP);
        if let Some(selection) = selection {
            builder = builder.with_row_selection(selection);
        }
        let batches = guarded(|| builder.build()).map_err(&wrong)?;
        Ok(Self { path: path.to_owned(), spec, rows, batches, failed: false })
    }

    /// How its tiles were made.
    #[must_use]
    pub const fn spec(&self) -> &TileSpec {
        &self.spec
    }

    /// Rows of the whole shard.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    fn unpack(&self, batch: &RecordBatch) -> Result<Batch, String> {
        let ids: &StringArray = column(batch, "id")?;
        let (ra, dec): (&Float64Array, &Float64Array) = (column(batch, "ra_deg")?, column(batch, "dec_deg")?);
        let (cells, labels): (&Int64Array, &Int8Array) = (column(batch, "cell")?, column(batch, "label")?);
        let tiles: &BinaryArray = column(batch, "tile")?;
        let mut out = Batch::default();
        for i in 0..batch.num_rows() {
            if ids.is_null(i) || labels.is_null(i) || tiles.is_null(i) {
                return Err("a row has an empty id, label or tile".to_owned());
            }
            let id = ids.value(i).to_owned();
            if tiles.value(i).len() != self.spec.tile_bytes() {
                let (found, expected) = (tiles.value(i).len(), self.spec.tile_bytes());
                return Err(format!("tile of {id:?} has {found} bytes instead of {expected}"));
            }
            let label = Label::from_code(labels.value(i).into())
                .ok_or_else(|| format!("label of {id:?} is {}, not -1, 0 or 1", labels.value(i)))?;
            let known = !ra.is_null(i) && !dec.is_null(i);
            out.ids.push(id);
            out.positions.push(known.then(|| SkyCoord::new(ra.value(i), dec.value(i))).flatten());
            out.cells.push((!cells.is_null(i)).then(|| cells.value(i) as u64));
            out.labels.push(label);
            out.tiles.extend_from_slice(tiles.value(i));
        }
        Ok(out)
    }
}

/// Runs a step of the Parquet library, which in places panics over damaged files: here that is an
/// error like any other.
fn guarded<T, E: std::fmt::Display>(step: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("the file contradicts itself".to_owned()),
    }
}

fn column<'a, T: 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a T, String> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_any().downcast_ref())
        .ok_or_else(|| format!("column {name} is missing or has another type"))
}

impl Iterator for Reader {
    type Item = Result<Batch, SurveyError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let batch = guarded(|| self.batches.next().transpose()).transpose()?;
        let read = batch.and_then(|batch| self.unpack(&batch));
        self.failed = read.is_err();
        Some(read.map_err(SurveyError::shard(&self.path)))
    }
}

/// The tiles of some rows, in the order asked for; reads only the pages that hold them.
///
/// # Errors
/// When the shard cannot be read or has no such row.
pub fn tiles_at(path: &Path, rows: &[usize]) -> Result<Vec<Tile>, SurveyError> {
    let mut sorted = rows.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut selectors = Vec::new();
    let mut next = 0;
    for &row in &sorted {
        if row > next {
            selectors.push(RowSelector::skip(row - next));
        }
        selectors.push(RowSelector::select(1));
        next = row + 1;
    }
    let mut reader = Reader::with_selection(path, Some(RowSelection::from(selectors)))?;
    if let Some(&beyond) = sorted.last().filter(|&&row| row >= reader.rows()) {
        return Err(SurveyError::shard(path)(format!("there is no row {beyond}, it has {}", reader.rows())));
    }
    let (size, bytes) = (reader.spec.size, reader.spec.tile_bytes());
    let mut tiles = Vec::with_capacity(sorted.len());
    for batch in reader.by_ref() {
        let batch = batch?;
        tiles.extend(batch.tiles.chunks_exact(bytes).map(|data| Tile { size, data: data.to_vec() }));
    }
    let found = |row| sorted.binary_search(row).ok().and_then(|at| tiles.get(at)).cloned();
    let missing = || SurveyError::shard(path)("fewer rows than its metadata says");
    rows.iter().map(|row| found(row).ok_or_else(missing)).collect()
}
