//! Parquet tables of flat rows, for other programs (DuckDB, Polars, TOPCAT,
//! pandas): a list of named columns, each a function of the row. The same rows
//! give the same bytes; memory holds one row group.

use std::{path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    basic::Compression,
    file::{metadata::KeyValue, properties::WriterProperties},
};

use crate::{error::SimulateError, whole_file::WholeFile};

/// Rows of a row group.
const ROW_GROUP: usize = 4096;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(Option<String>),
    /// A 64-bit float.
    Real(Option<f64>),
    /// A 64-bit integer.
    Whole(Option<i64>),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Text,
    Real,
    Whole,
}

/// A column of rows of type `T`.
pub struct Column<T: ?Sized> {
    pub name: &'static str,
    pub holds: Holds,
    pub of: fn(&T) -> Value,
}

/// Writes one table.
pub struct Table<'a, T: ?Sized> {
    path: &'a Path,
    columns: &'a [Column<T>],
    schema: SchemaRef,
    parquet: ArrowWriter<WholeFile>,
    waiting: Vec<Vec<Value>>,
}

impl<'a, T: ?Sized> Table<'a, T> {
    /// Begins a table; `about` goes into the file's metadata under `lensfinder.about`.
    pub fn create(path: &'a Path, columns: &'a [Column<T>], about: &str) -> Result<Self, SimulateError> {
        let field = |column: &Column<T>| {
            let kind = match column.holds {
                Holds::Text => DataType::Utf8,
                Holds::Real => DataType::Float64,
                Holds::Whole => DataType::Int64,
            };
            Field::new(column.name, kind, true)
        };
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_created_by("lensfinder".to_owned())
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(vec![KeyValue::new(
                "lensfinder.about".to_owned(),
                about.to_owned(),
            )]))
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let file = WholeFile::create(path)?;
        let parquet = ArrowWriter::try_new_with_options(file, schema.clone(), options)
            .map_err(|error| wrong(path, &error))?;
        Ok(Self { path, columns, schema, parquet, waiting: vec![Vec::new(); columns.len()] })
    }

    /// Adds a row.
    pub fn push(&mut self, row: &T) -> Result<(), SimulateError> {
        for (waiting, column) in self.waiting.iter_mut().zip(self.columns) {
            waiting.push((column.of)(row));
        }
        if self.waiting[0].len() >= ROW_GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), SimulateError> {
        let arrays =
            self.waiting.iter().zip(self.columns).map(|(values, column)| array(values, column.holds));
        let batch = RecordBatch::try_new(self.schema.clone(), arrays.collect());
        let batch = batch.map_err(|error| wrong(self.path, &error))?;
        self.parquet.write(&batch).and_then(|()| self.parquet.flush()).map_err(|e| wrong(self.path, &e))?;
        self.waiting.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    /// Closes and names the file.
    pub fn commit(mut self) -> Result<(), SimulateError> {
        if self.waiting.first().is_some_and(|values| !values.is_empty()) {
            self.flush()?;
        }
        self.parquet.into_inner().map_err(|error| wrong(self.path, &error))?.commit()
    }
}

fn array(values: &[Value], holds: Holds) -> ArrayRef {
    match holds {
        Holds::Text => Arc::new(StringArray::from_iter(values.iter().map(|value| match value {
            Value::Text(text) => text.as_deref(),
            _ => None,
        }))),
        Holds::Real => Arc::new(Float64Array::from_iter(values.iter().map(|value| match value {
            Value::Real(number) => *number,
            _ => None,
        }))),
        Holds::Whole => Arc::new(Int64Array::from_iter(values.iter().map(|value| match value {
            Value::Whole(number) => *number,
            _ => None,
        }))),
    }
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> SimulateError {
    SimulateError::Format { path: path.to_owned(), reason: error.to_string() }
}
