//! Score files: one Parquet file per shard with `id`, `logit`, `probability`, `embedding` and
//! the peak of the heat map, in the order of the shard. Same model, kernel and shard, same bytes.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{Array as _, ArrayRef, FixedSizeListArray, Float32Array, Float64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use domain::Digest;
use parquet::{
    arrow::{
        ArrowWriter,
        arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
    },
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
    },
    schema::types::ColumnPath,
};

use crate::{FinderError, Model, Peak, files, scoring::computed_by};

/// Rows of a row group, and most rows of a batch that is read.
const ROW_GROUP: usize = 1024;

/// The columns of the heat map's peak.
const PEAK: [&str; 3] = ["peak_x", "peak_y", "peak_logit"];

/// Some rows of a score file; all vectors have one entry (or `dim`) per row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreBatch {
    /// Ids, as in the shard.
    pub ids: Vec<String>,
    /// The network's logits.
    pub logits: Vec<f32>,
    /// Calibrated P(lens) at the base rate the scoring was asked for.
    pub probabilities: Vec<f64>,
    /// `dim` numbers per row, one row after another.
    pub embeddings: Vec<f32>,
    /// Length of one embedding.
    pub dim: usize,
    /// Where in the field the network sees it; none in files of a former version.
    pub peaks: Vec<Peak>,
}

impl ScoreBatch {
    /// Number of rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    fn to_arrow(&self) -> Result<RecordBatch, arrow::error::ArrowError> {
        let item = Arc::new(Field::new_list_field(DataType::Float32, false));
        let numbers = Arc::new(Float32Array::from(self.embeddings.clone()));
        let embeddings = FixedSizeListArray::try_new(item, self.dim as i32, numbers, None)?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(&self.ids)),
            Arc::new(Float32Array::from(self.logits.clone())),
            Arc::new(Float64Array::from(self.probabilities.clone())),
            Arc::new(embeddings),
            self.peak(|peak| peak.x),
            self.peak(|peak| peak.y),
            self.peak(|peak| peak.logit),
        ];
        RecordBatch::try_new(schema(self.dim), columns)
    }

    fn peak(&self, of: impl Fn(&Peak) -> f32) -> ArrayRef {
        Arc::new(Float32Array::from_iter_values(self.peaks.iter().map(of)))
    }

    fn from_arrow(batch: &RecordBatch) -> Option<Self> {
        let column = |name: &str| batch.column_by_name(name).map(|column| column.as_any());
        let ids: &StringArray = column("id")?.downcast_ref()?;
        let logits: &Float32Array = column("logit")?.downcast_ref()?;
        let probabilities: &Float64Array = column("probability")?.downcast_ref()?;
        let embeddings: &FixedSizeListArray = column("embedding")?.downcast_ref()?;
        let numbers: &Float32Array = embeddings.values().as_any().downcast_ref()?;
        let dim = usize::try_from(embeddings.value_length()).ok()?;
        let peaks = match PEAK.map(column) {
            [None, None, None] => Vec::new(),
            [x, y, logit] => {
                let [x, y, logit]: [&Float32Array; 3] =
                    [x?.downcast_ref()?, y?.downcast_ref()?, logit?.downcast_ref()?];
                let at = |row| Peak { x: x.value(row), y: y.value(row), logit: logit.value(row) };
                (0..batch.num_rows()).map(at).collect()
            }
        };
        Some(Self {
            ids: ids.iter().map(|id| id.map(str::to_owned)).collect::<Option<_>>()?,
            logits: logits.values().to_vec(),
            probabilities: probabilities.values().to_vec(),
            embeddings: numbers.values()[embeddings.offset() * dim..][..batch.num_rows() * dim].to_vec(),
            dim,
            peaks,
        })
    }
}

fn schema(dim: usize) -> SchemaRef {
    let item = Arc::new(Field::new_list_field(DataType::Float32, false));
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Utf8, false),
        Field::new("logit", DataType::Float32, false),
        Field::new("probability", DataType::Float64, false),
        Field::new("embedding", DataType::FixedSizeList(item, dim as i32), false),
        Field::new(PEAK[0], DataType::Float32, false),
        Field::new(PEAK[1], DataType::Float32, false),
        Field::new(PEAK[2], DataType::Float32, false),
    ]))
}

/// Writes one score file under a temporary name.
pub(crate) struct Writer {
    path: PathBuf,
    part: PathBuf,
    parquet: ArrowWriter<File>,
}

impl Writer {
    pub(crate) fn create(path: &Path, model: &Model) -> Result<Self, FinderError> {
        let part = files::temporary(path);
        let file = File::create(&part).map_err(FinderError::io("create", &part))?;
        let dim = model.config().network.embedding_len();
        let model = [
            ("lensfinder.model", model.digest().to_string()),
            ("lensfinder.kernel", computed_by(model).to_owned()),
        ];
        let model = model.map(|(key, value)| KeyValue::new(key.to_owned(), value));
        let embeddings = ColumnPath::from(vec!["embedding".to_owned(), "list".to_owned(), "item".to_owned()]);
        let properties = WriterProperties::builder()
            .set_created_by("lensfinder".to_owned())
            .set_max_row_group_row_count(Some(ROW_GROUP))
            // Scores hardly repeat; dictionaries would only cost time.
            .set_dictionary_enabled(false)
            // Nobody asks for the embeddings between two numbers.
            .set_column_statistics_enabled(embeddings, EnabledStatistics::None)
            .set_key_value_metadata(Some(model.into()))
            .build();
        let parquet = ArrowWriter::try_new(file, schema(dim), Some(properties))
            .map_err(|e| FinderError::malformed(&part, e))?;
        Ok(Self { path: path.to_owned(), part, parquet })
    }

    pub(crate) fn push(&mut self, batch: &ScoreBatch) -> Result<(), FinderError> {
        let batch = batch.to_arrow().map_err(|e| FinderError::malformed(&self.part, e))?;
        self.parquet.write(&batch).map_err(|e| FinderError::malformed(&self.part, e))
    }

    /// Notes what was scored, closes, syncs and renames; gives the digest of the bytes.
    pub(crate) fn commit(mut self, shard: Digest) -> Result<Digest, FinderError> {
        let shard = KeyValue::new("lensfinder.shard".to_owned(), shard.to_string());
        self.parquet.append_key_value_metadata(shard);
        let file = self.parquet.into_inner().map_err(|e| FinderError::malformed(&self.part, e))?;
        file.sync_all().map_err(FinderError::io("write", &self.part))?;
        drop(file);
        let digest = files::digest(&self.part)?;
        fs::rename(&self.part, &self.path).map_err(FinderError::io("rename to", &self.path))?;
        Ok(digest)
    }
}

/// The rows of all score files of a folder, batch by batch; memory does not grow with the pool.
pub struct Scores {
    files: std::vec::IntoIter<PathBuf>,
    open: Option<(PathBuf, ParquetRecordBatchReader)>,
}

/// Reads the scores [`crate::score_dataset`] wrote, in the order of the dataset.
///
/// # Errors
/// When the folder cannot be read; later, batch by batch, when a file cannot.
pub fn read_scores(dir: &Path) -> Result<Scores, FinderError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(FinderError::io("read folder", dir))? {
        let path = entry.map_err(FinderError::io("read folder", dir))?.path();
        if path.extension().is_some_and(|extension| extension == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    Ok(Scores { files: files.into_iter(), open: None })
}

impl Iterator for Scores {
    type Item = Result<ScoreBatch, FinderError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((path, batches)) = &mut self.open
                && let Some(batch) = batches.next()
            {
                let wrong = || FinderError::malformed(path, "is no score file: a column is missing or empty");
                let read = batch.map_err(|e| FinderError::malformed(path, e));
                return Some(read.and_then(|batch| ScoreBatch::from_arrow(&batch).ok_or_else(wrong)));
            }
            let path = self.files.next()?;
            match open(&path) {
                Ok(batches) => self.open = Some((path, batches)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn open(path: &Path) -> Result<ParquetRecordBatchReader, FinderError> {
    let file = File::open(path).map_err(FinderError::io("open", path))?;
    ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(ROW_GROUP).build())
        .map_err(|e| FinderError::malformed(path, e))
}
