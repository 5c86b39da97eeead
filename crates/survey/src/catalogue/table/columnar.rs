//! Parquet tables, a batch at a time, only the columns asked for.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use arrow::{
    array::{
        Array, ArrayRef, BooleanArray, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array,
        Int64Array, LargeStringArray, StringArray, StringViewArray, UInt8Array, UInt16Array, UInt32Array,
        UInt64Array,
    },
    datatypes::{DataType, SchemaRef},
};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
};

use super::{Column, Step, Table, split_unit};
use crate::{
    catalogue::{CatalogueError, cell::Cell},
    guard::guarded,
};

const BATCH: usize = 4096;

/// A Parquet table.
pub(super) struct ParquetTable {
    path: PathBuf,
    columns: Vec<Column>,
    types: SchemaRef,
    builder: Option<ParquetRecordBatchReaderBuilder<File>>,
    batches: Option<ParquetRecordBatchReader>,
    /// Columns of the batch, in the order asked for.
    batch: Vec<ArrayRef>,
    /// For each column asked for, its place in the projected batch.
    places: Vec<usize>,
    at: usize,
    held: usize,
    rows: u64,
    row: u64,
}

impl ParquetTable {
    pub(super) fn open(path: &Path) -> Result<Self, CatalogueError> {
        let file = File::open(path).map_err(CatalogueError::read(path))?;
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file)).map_err(|reason| {
            CatalogueError::table(path, format!("damaged Parquet ({reason}); fetch it again"))
        })?;
        let types = builder.schema().clone();
        let columns = types
            .fields()
            .iter()
            .map(|field| {
                let stated = ["unit", "units", "TUNIT"].iter().find_map(|key| field.metadata().get(*key));
                let unit = stated.cloned().or_else(|| split_unit(field.name()).1.map(str::to_owned));
                Column { name: field.name().clone(), unit }
            })
            .collect();
        let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        Ok(Self {
            path: path.to_owned(),
            columns,
            types,
            builder: Some(builder),
            batches: None,
            batch: Vec::new(),
            places: Vec::new(),
            at: 0,
            held: 0,
            rows,
            row: 0,
        })
    }
}

impl Table for ParquetTable {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn select(&mut self, wanted: &[usize]) -> Result<(), CatalogueError> {
        for &index in wanted {
            let field = self.types.field(index);
            if !readable(field.data_type()) {
                return Err(CatalogueError::table(
                    &self.path,
                    format!(
                        "column {:?} has type {}, which is no number or text; write it as one",
                        field.name(),
                        field.data_type()
                    ),
                ));
            }
        }
        let mut sorted = wanted.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        self.places = wanted.iter().filter_map(|index| sorted.binary_search(index).ok()).collect();
        let Some(builder) = self.builder.take() else { return Ok(()) };
        let batches = guarded(|| {
            let mask = ProjectionMask::roots(builder.parquet_schema(), sorted);
            builder.with_projection(mask).with_batch_size(BATCH).build()
        });
        self.batches = Some(batches.map_err(|reason| CatalogueError::table(&self.path, reason))?);
        Ok(())
    }

    fn next(&mut self, cells: &mut Vec<Cell>) -> Result<Step, CatalogueError> {
        cells.clear();
        while self.at == self.held {
            let Some(batches) = &mut self.batches else { return Ok(Step::End) };
            match guarded(|| batches.next().transpose()) {
                Ok(None) => return Ok(Step::End),
                Ok(Some(batch)) => {
                    self.batch = self.places.iter().map(|&place| batch.column(place).clone()).collect();
                    (self.at, self.held) = (0, batch.num_rows());
                }
                Err(reason) => {
                    let reason = format!("damaged Parquet after row {} ({reason}); fetch it again", self.row);
                    return Err(CatalogueError::table(&self.path, reason));
                }
            }
        }
        cells.extend(self.batch.iter().map(|array| cell(array, self.at)));
        self.at += 1;
        self.row += 1;
        Ok(Step::Row)
    }

    fn place(&self) -> u64 {
        self.row
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows)
    }
}

const fn readable(data_type: &DataType) -> bool {
    use DataType as T;
    matches!(
        data_type,
        T::Null
            | T::Boolean
            | T::Int8
            | T::Int16
            | T::Int32
            | T::Int64
            | T::UInt8
            | T::UInt16
            | T::UInt32
            | T::UInt64
            | T::Float32
            | T::Float64
            | T::Utf8
            | T::LargeUtf8
            | T::Utf8View
    )
}

fn cell(array: &ArrayRef, at: usize) -> Cell {
    if array.is_null(at) {
        return Cell::Null;
    }
    macro_rules! of {
        ($kind:ty, $make:expr) => {
            match array.as_any().downcast_ref::<$kind>() {
                Some(values) => $make(values.value(at)),
                None => Cell::Null,
            }
        };
    }
    let text = |text: &str| Cell::Text(text.trim().to_owned());
    match array.data_type() {
        DataType::Boolean => of!(BooleanArray, |v: bool| Cell::Whole(i64::from(v))),
        DataType::Int8 => of!(Int8Array, |v: i8| Cell::Whole(v.into())),
        DataType::Int16 => of!(Int16Array, |v: i16| Cell::Whole(v.into())),
        DataType::Int32 => of!(Int32Array, |v: i32| Cell::Whole(v.into())),
        DataType::Int64 => of!(Int64Array, Cell::Whole),
        DataType::UInt8 => of!(UInt8Array, |v: u8| Cell::Whole(v.into())),
        DataType::UInt16 => of!(UInt16Array, |v: u16| Cell::Whole(v.into())),
        DataType::UInt32 => of!(UInt32Array, |v: u32| Cell::Whole(v.into())),
        DataType::UInt64 => of!(UInt64Array, |v: u64| {
            i64::try_from(v).map_or_else(|_| Cell::Text(v.to_string()), Cell::Whole)
        }),
        DataType::Float32 => of!(Float32Array, Cell::single),
        DataType::Float64 => of!(Float64Array, Cell::real),
        DataType::Utf8 => of!(StringArray, text),
        DataType::LargeUtf8 => of!(LargeStringArray, text),
        DataType::Utf8View => of!(StringViewArray, text),
        _ => Cell::Null,
    }
}
