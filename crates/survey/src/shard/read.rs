//! Reading a shard, all of it in batches or a few rows of it. A damaged file
//! gives an error, never a panic.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use arrow::array::{Array, BinaryArray, Float64Array, Int8Array, Int64Array, RecordBatch, StringArray};
use domain::{Label, SkyCoord};
use imaging::{Tile, TileSpec};
use parquet::{
    arrow::arrow_reader::{
        ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
        RowSelector,
    },
    file::metadata::ParquetMetaData,
};

use super::{Batch, ROW_GROUP, SPEC_KEY, schema};
use crate::{
    SurveyError,
    guard::{check_columns, column, guarded},
};

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
        check_columns(builder.schema(), &schema()).map_err(&wrong)?;
        let rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let spec = spec_of(builder.metadata()).map_err(&wrong)?;
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
}

impl Iterator for Reader {
    type Item = Result<Batch, SurveyError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let batch = guarded(|| self.batches.next().transpose()).transpose()?;
        let read = batch.and_then(|batch| unpack(&self.spec, batch));
        self.failed = read.is_err();
        Some(read.map_err(SurveyError::shard(&self.path)))
    }
}

/// The tile recipe in a shard's metadata, not checked yet.
pub(super) fn spec_of(metadata: &ParquetMetaData) -> Result<TileSpec, String> {
    let recipe = metadata
        .file_metadata()
        .key_value_metadata()
        .and_then(|pairs| pairs.iter().find(|pair| pair.key == SPEC_KEY))
        .and_then(|pair| pair.value.as_deref())
        .ok_or_else(|| format!("no {SPEC_KEY} in its metadata"))?;
    serde_json::from_str(recipe).map_err(|error| error.to_string())
}

/// Arrow columns to rows.
pub(super) fn unpack(spec: &TileSpec, batch: RecordBatch) -> Result<Batch, String> {
    let ids: &StringArray = column(&batch, "id")?;
    let (ra, dec): (&Float64Array, &Float64Array) = (column(&batch, "ra_deg")?, column(&batch, "dec_deg")?);
    let (cells, labels): (&Int64Array, &Int8Array) = (column(&batch, "cell")?, column(&batch, "label")?);
    let tiles: &BinaryArray = column(&batch, "tile")?;
    let mut out = Batch::default();
    for i in 0..batch.num_rows() {
        if ids.is_null(i) || labels.is_null(i) || tiles.is_null(i) {
            return Err("a row has an empty id, label or tile".to_owned());
        }
        let id = ids.value(i).to_owned();
        if tiles.value(i).len() != spec.tile_bytes() {
            let (found, expected) = (tiles.value(i).len(), spec.tile_bytes());
            return Err(format!("tile of {id:?} has {found} bytes instead of {expected}"));
        }
        let label = Label::from_code(labels.value(i).into())
            .ok_or_else(|| format!("label of {id:?} is {}, not -1, 0 or 1", labels.value(i)))?;
        let known = !ra.is_null(i) && !dec.is_null(i);
        out.ids.push(id);
        out.positions.push(known.then(|| SkyCoord::new(ra.value(i), dec.value(i))).flatten());
        out.cells.push((!cells.is_null(i)).then(|| cells.value(i) as u64));
        out.labels.push(label);
    }
    // Every tile has its length and none is missing: they lie one after another.
    let tiles = tiles.clone();
    drop(batch);
    let (offsets, bytes, _) = tiles.into_parts();
    let (start, end) = (offsets[0] as usize, offsets[offsets.len() - 1] as usize);
    out.tiles = match bytes.into_vec::<u8>() {
        Ok(mut all) if start == 0 => {
            all.truncate(end);
            all
        }
        Ok(all) => all[start..end].to_vec(),
        Err(shared) => shared[start..end].to_vec(),
    };
    Ok(out)
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
