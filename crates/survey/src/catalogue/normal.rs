//! The normal form, `clusters.parquet`: one row per cluster or lens, by sky cell
//! and then id, the same columns whatever the catalogue.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use arrow::{
    array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
    error::ArrowError,
};
use domain::{Digest, SkyCoord};
use parquet::{
    arrow::{
        ArrowWriter,
        arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
        arrow_writer::ArrowWriterOptions,
    },
    basic::Compression,
    file::{metadata::SortingColumn, properties::WriterProperties},
    schema::types::ColumnPath,
};

use super::{
    CatalogueError, Entry, ZKind,
    entry::{REALS, WORDS},
};
use crate::{
    SurveyError,
    atomic::NewFile,
    guard::{check_columns, column, guarded},
};

const ROW_GROUP: usize = 8192;
const BATCH: usize = 1024;

fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let whole = |name: &str| Field::new(name, DataType::Int64, false);
        let real = |name: &str, nullable| Field::new(name, DataType::Float64, nullable);
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let mut fields =
            vec![whole("cluster_id"), real("ra_deg", false), real("dec_deg", false), text("z_kind")];
        fields.extend(REALS.iter().map(|field| real(field.name, true)));
        fields.extend(WORDS.iter().map(|field| text(field.name)));
        fields.extend([whole("source_row"), whole("cell")]);
        Arc::new(Schema::new(fields))
    });
    SCHEMA.clone()
}

/// Writes the normal form; entries must come in its order.
pub(super) struct NormalWriter {
    path: PathBuf,
    parquet: ArrowWriter<NewFile>,
    waiting: Vec<Entry>,
    row_group: usize,
}

impl NormalWriter {
    pub(super) fn create(path: &Path) -> Result<Self, SurveyError> {
        Self::with_row_group(path, ROW_GROUP)
    }

    /// With smaller row groups, for files of which many are read at once.
    pub(super) fn with_row_group(path: &Path, row_group: usize) -> Result<Self, SurveyError> {
        let by = |name: &str| {
            let column_idx = i32::try_from(schema().index_of(name).ok()?).ok()?;
            Some(SortingColumn { column_idx, descending: false, nulls_first: false })
        };
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(row_group))
            .set_created_by("lensfinder".to_owned())
            .set_compression(Compression::SNAPPY)
            .set_sorting_columns(Some(["cell", "cluster_id"].into_iter().filter_map(by).collect()))
            .set_column_dictionary_enabled(ColumnPath::from("cluster_id"), false)
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let parquet = ArrowWriter::try_new_with_options(NewFile::create(path)?, schema(), options)
            .map_err(SurveyError::shard(path))?;
        Ok(Self { path: path.to_owned(), parquet, waiting: Vec::new(), row_group })
    }

    pub(super) fn push(&mut self, entry: Entry) -> Result<(), SurveyError> {
        self.waiting.push(entry);
        if self.waiting.len() == self.row_group { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), SurveyError> {
        let wrong = SurveyError::shard(&self.path);
        let batch = to_arrow(&self.waiting).map_err(|error| wrong(error.to_string()))?;
        self.parquet.write(&batch).map_err(|error| wrong(error.to_string()))?;
        self.waiting.clear();
        Ok(())
    }

    /// Closes and names the file; gives its digest.
    pub(super) fn commit(mut self) -> Result<Digest, SurveyError> {
        if !self.waiting.is_empty() {
            self.flush()?;
        }
        self.parquet.into_inner().map_err(SurveyError::shard(&self.path))?.commit()
    }
}

fn to_arrow(entries: &[Entry]) -> Result<RecordBatch, ArrowError> {
    let whole = |of: &dyn Fn(&Entry) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(entries.iter().map(of)))
    };
    let real = |of: &dyn Fn(&Entry) -> Option<f64>| -> ArrayRef {
        Arc::new(entries.iter().map(of).collect::<Float64Array>())
    };
    let certain = |of: &dyn Fn(&Entry) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(entries.iter().map(of)))
    };
    let mut columns = vec![
        whole(&|e| e.id),
        certain(&|e| e.position.ra_deg),
        certain(&|e| e.position.dec_deg),
        Arc::new(entries.iter().map(|e| e.z_kind.map(ZKind::name)).collect::<StringArray>()) as ArrayRef,
    ];
    columns.extend(REALS.iter().map(|field| real(&field.get)));
    columns.extend(
        WORDS.iter().map(|field| {
            Arc::new(entries.iter().map(|e| (field.get)(e)).collect::<StringArray>()) as ArrayRef
        }),
    );
    columns.extend([whole(&|e| e.row as i64), whole(&|e| e.cell() as i64)]);
    RecordBatch::try_new(schema(), columns)
}

/// Reads a normal form row by row; memory does not grow with it.
pub struct NormalReader {
    path: PathBuf,
    rows: u64,
    batches: ParquetRecordBatchReader,
    waiting: std::vec::IntoIter<Entry>,
    failed: bool,
}

impl NormalReader {
    /// Opens a `clusters.parquet`.
    ///
    /// # Errors
    /// When it cannot be read or has other columns.
    pub fn open(path: &Path) -> Result<Self, CatalogueError> {
        Self::with_batch(path, BATCH)
    }

    pub(super) fn with_batch(path: &Path, batch: usize) -> Result<Self, CatalogueError> {
        let file = File::open(path).map_err(CatalogueError::read(path))?;
        let wrong =
            |reason: String| CatalogueError::table(path, format!("{reason}; import the catalogue again"));
        let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder =
            guarded(|| ParquetRecordBatchReaderBuilder::try_new_with_options(file, plain)).map_err(wrong)?;
        check_columns(builder.schema(), &schema()).map_err(wrong)?;
        let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let batches = guarded(|| builder.with_batch_size(batch).build()).map_err(wrong)?;
        Ok(Self { path: path.to_owned(), rows, batches, waiting: Vec::new().into_iter(), failed: false })
    }

    /// Rows of the whole file.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }
}

impl Iterator for NormalReader {
    type Item = Result<Entry, CatalogueError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.waiting.next() {
                return Some(Ok(entry));
            }
            if self.failed {
                return None;
            }
            let batch = guarded(|| self.batches.next().transpose()).transpose()?;
            match batch.and_then(|batch| unpack(&batch)) {
                Ok(entries) => self.waiting = entries.into_iter(),
                Err(reason) => {
                    self.failed = true;
                    return Some(Err(CatalogueError::table(&self.path, reason)));
                }
            }
        }
    }
}

fn unpack(batch: &RecordBatch) -> Result<Vec<Entry>, String> {
    let whole = |name: &str| column::<Int64Array>(batch, name);
    let real = |name: &str| column::<Float64Array>(batch, name);
    let (ids, rows) = (whole("cluster_id")?, whole("source_row")?);
    let (ra, dec) = (real("ra_deg")?, real("dec_deg")?);
    let kinds = column::<StringArray>(batch, "z_kind")?;
    let reals = REALS.iter().map(|field| real(field.name)).collect::<Result<Vec<_>, _>>()?;
    let words =
        WORDS.iter().map(|field| column::<StringArray>(batch, field.name)).collect::<Result<Vec<_>, _>>()?;
    (0..batch.num_rows())
        .map(|i| {
            let (id, row) = (ids.value(i), u64::try_from(rows.value(i)).unwrap_or(0));
            let position = SkyCoord::new(ra.value(i), dec.value(i))
                .ok_or_else(|| format!("cluster {id} has no position on the sky"))?;
            let mut entry = Entry::new(id, row, position);
            entry.z_kind = kinds.is_valid(i).then(|| ZKind::from_name(kinds.value(i))).flatten();
            for (field, values) in REALS.iter().zip(&reals) {
                *(field.slot)(&mut entry) = values.is_valid(i).then(|| values.value(i));
            }
            for (field, values) in WORDS.iter().zip(&words) {
                *(field.slot)(&mut entry) = values.is_valid(i).then(|| values.value(i).to_owned());
            }
            Ok(entry)
        })
        .collect()
}

/// Every entry of an imported catalogue, in its order.
///
/// # Errors
/// As [`NormalReader`].
pub fn entries(path: &Path) -> Result<Vec<Entry>, CatalogueError> {
    NormalReader::open(path)?.collect()
}
