//! Tables as Parquet, column by column, for pandas, Polars and DuckDB.

use std::{path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use parquet::{arrow::ArrowWriter, file::properties::WriterProperties};

use crate::LabError;

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Words.
    Text(Vec<String>),
    /// Whole numbers.
    Count(Vec<i64>),
    /// Numbers; `None` where there is none.
    Number(Vec<Option<f64>>),
    /// Yes or no.
    Flag(Vec<bool>),
}

impl Column {
    fn kind(&self) -> (DataType, bool) {
        match self {
            Self::Text(_) => (DataType::Utf8, false),
            Self::Count(_) => (DataType::Int64, false),
            Self::Number(_) => (DataType::Float64, true),
            Self::Flag(_) => (DataType::Boolean, false),
        }
    }

    fn array(&self) -> ArrayRef {
        match self {
            Self::Text(values) => Arc::new(StringArray::from_iter_values(values)),
            Self::Count(values) => Arc::new(Int64Array::from_iter_values(values.iter().copied())),
            Self::Number(values) => Arc::new(Float64Array::from_iter(values.iter().copied())),
            Self::Flag(values) => Arc::new(BooleanArray::from(values.clone())),
        }
    }
}

/// A table that grows part by part; all parts have the columns of the first.
pub struct Writer {
    path: std::path::PathBuf,
    schema: Option<SchemaRef>,
    parquet: Option<ArrowWriter<Vec<u8>>>,
}

impl Writer {
    /// A table that will be written to `path`.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), schema: None, parquet: None }
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When the columns are of different lengths or other ones than before.
    pub fn push(&mut self, columns: &[(&str, Column)]) -> Result<(), LabError> {
        let path = self.path.clone();
        let schema = self.schema.get_or_insert_with(|| {
            let field = |(name, column): &(&str, Column)| {
                let (kind, optional) = column.kind();
                Field::new(*name, kind, optional)
            };
            Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
        });
        let arrays = columns.iter().map(|(_, column)| column.array()).collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(LabError::malformed(&path))?;
        if self.parquet.is_none() {
            let properties = WriterProperties::builder().set_created_by("lensfinder".to_owned()).build();
            let writer = ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties))
                .map_err(LabError::malformed(&path))?;
            self.parquet = Some(writer);
        }
        let Some(parquet) = &mut self.parquet else { return Ok(()) };
        parquet.write(&batch).map_err(LabError::malformed(&path))
    }

    /// Writes the file; nothing without rows.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(self) -> Result<(), LabError> {
        let Some(parquet) = self.parquet else { return Ok(()) };
        let bytes = parquet.into_inner().map_err(LabError::malformed(&self.path))?;
        campaign::write_atomically(&self.path, &bytes)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Array as _;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    #[test]
    fn a_table_of_two_parts_is_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("t.parquet");
        let mut writer = Writer::new(&path);
        for part in 0..2 {
            let columns = [
                ("policy", Column::Text(vec!["greedy".to_owned()])),
                ("votes", Column::Count(vec![part])),
                ("purity", Column::Number(vec![(part == 1).then_some(0.5)])),
                ("exhausted", Column::Flag(vec![part == 0])),
            ];
            writer.push(&columns).expect("rows");
        }
        writer.finish().expect("written");
        let file = std::fs::File::open(&path).expect("a file");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("parquet").build().expect("rows");
        let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().expect("batches");
        assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 2);
        let purity = batches[0].column(2).as_any().downcast_ref::<Float64Array>().expect("numbers");
        assert_eq!((purity.null_count(), purity.value(1)), (1, 0.5));
    }

    #[test]
    fn an_empty_table_is_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        Writer::new(&folder.path().join("t.parquet")).finish().expect("nothing");
        assert!(!folder.path().join("t.parquet").exists());
    }
}
