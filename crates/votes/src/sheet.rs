//! Tables that are written: CSV, TSV, Parquet or one JSON object a line, by the ending of the
//! file's name. The same rows give the same bytes.

use std::{io::Write as _, path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, RecordBatch, StringBuilder},
    datatypes::{DataType, Field, Schema},
};
use parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties};

use crate::{VotesError, whole_file::WholeFile};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Whole,
    YesNo,
}

/// A value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Number(f64),
    Whole(i64),
    YesNo(bool),
    Nothing,
}

/// What a table is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFormat {
    /// Commas.
    Csv,
    /// Tabs.
    Tsv,
    /// Parquet.
    Parquet,
    /// One object a line.
    JsonLines,
}

impl SheetFormat {
    /// By the ending of the name (`.gz` left aside); `-` is CSV.
    ///
    /// # Errors
    /// When the ending stands for none.
    pub fn of(path: &Path) -> Result<Self, VotesError> {
        let name = path.to_string_lossy().to_ascii_lowercase();
        let (plain, packed) = name.strip_suffix(".gz").map_or((&*name, false), |plain| (plain, true));
        let ending = plain.rsplit(['/', '\\']).next().and_then(|file| file.rsplit_once('.')).map(|(_, e)| e);
        match ending {
            Some("tsv" | "tab") => Ok(Self::Tsv),
            Some("jsonl" | "ndjson") => Ok(Self::JsonLines),
            Some("parquet" | "pq") if !packed => Ok(Self::Parquet),
            Some("csv" | "txt" | "part" | "tmp") | None => Ok(Self::Csv),
            // Devices and pipes.
            Some(_) if name.starts_with("/dev/") => Ok(Self::Csv),
            Some(_) => Err(VotesError::Choice(format!(
                "{}: no table has this ending; use .csv, .tsv, .jsonl (each also with .gz) or .parquet",
                path.display()
            ))),
        }
    }
}

/// Rows held back for a batch of Parquet.
const BATCH: usize = 1 << 16;

/// A table on its way.
pub(crate) struct Sheet {
    columns: Vec<(String, Kind)>,
    to: To,
    name: String,
}

enum To {
    Delimited(Box<csv::Writer<WholeFile>>),
    JsonLines { to: WholeFile, keys: Vec<String> },
    Parquet { writer: Box<ArrowWriter<WholeFile>>, builders: Vec<Builder>, rows: usize, schema: Arc<Schema> },
}

enum Builder {
    Text(StringBuilder),
    Number(Float64Builder),
    Whole(Int64Builder),
    YesNo(BooleanBuilder),
}

impl Sheet {
    /// Opens the file and writes the header.
    pub(crate) fn create(
        path: &Path,
        format: SheetFormat,
        columns: Vec<(String, Kind)>,
    ) -> Result<Self, VotesError> {
        let file = WholeFile::create(path)?;
        let name = file.name().to_owned();
        let to = match format {
            SheetFormat::Csv | SheetFormat::Tsv => {
                let separator = if format == SheetFormat::Tsv { b'\t' } else { b',' };
                let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(file);
                writer.write_record(columns.iter().map(|(name, _)| name)).map_err(refused(&name))?;
                To::Delimited(Box::new(writer))
            }
            SheetFormat::JsonLines => {
                let keys = columns.iter().map(|(name, _)| format!("{}:", json(name))).collect();
                To::JsonLines { to: file, keys }
            }
            SheetFormat::Parquet => {
                let fields: Vec<Field> = columns
                    .iter()
                    .map(|(name, kind)| {
                        let kind = match kind {
                            Kind::Text => DataType::Utf8,
                            Kind::Number => DataType::Float64,
                            Kind::Whole => DataType::Int64,
                            Kind::YesNo => DataType::Boolean,
                        };
                        Field::new(name, kind, true)
                    })
                    .collect();
                let schema = Arc::new(Schema::new(fields));
                let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let writer =
                    ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(refused(&name))?;
                let builders = columns.iter().map(|(_, kind)| Builder::of(*kind)).collect();
                To::Parquet { writer: Box::new(writer), builders, rows: 0, schema }
            }
        };
        Ok(Self { columns, to, name })
    }

    /// Writes a row; `cells` has the columns' kinds.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), VotesError> {
        debug_assert_eq!(cells.len(), self.columns.len());
        match &mut self.to {
            To::Delimited(writer) => {
                for cell in cells {
                    let written = match cell {
                        Cell::Text(text) => writer.write_field(text),
                        Cell::Number(value) => writer.write_field(number(*value)),
                        Cell::Whole(value) => writer.write_field(value.to_string()),
                        Cell::YesNo(value) => writer.write_field(value.to_string()),
                        Cell::Nothing => writer.write_field(""),
                    };
                    written.map_err(refused(&self.name))?;
                }
                writer.write_record(None::<&[u8]>).map_err(refused(&self.name))
            }
            To::JsonLines { to, keys } => {
                let mut line = String::from("{");
                for (at, (cell, key)) in cells.iter().zip(keys).enumerate() {
                    if at > 0 {
                        line.push(',');
                    }
                    line.push_str(key);
                    match cell {
                        Cell::Text(text) => line.push_str(&json(text)),
                        Cell::Number(value) if value.is_finite() => line.push_str(&number(*value)),
                        Cell::Number(_) | Cell::Nothing => line.push_str("null"),
                        Cell::Whole(value) => line.push_str(&value.to_string()),
                        Cell::YesNo(value) => line.push_str(&value.to_string()),
                    }
                }
                line.push_str("}\n");
                to.write_all(line.as_bytes()).map_err(refused(&self.name))
            }
            To::Parquet { builders, rows, .. } => {
                for (builder, cell) in builders.iter_mut().zip(cells) {
                    builder.push(*cell);
                }
                *rows += 1;
                if *rows == BATCH { self.flush_batch() } else { Ok(()) }
            }
        }
    }

    fn flush_batch(&mut self) -> Result<(), VotesError> {
        let To::Parquet { writer, builders, rows, schema } = &mut self.to else { return Ok(()) };
        if *rows == 0 {
            return Ok(());
        }
        *rows = 0;
        let arrays: Vec<ArrayRef> = builders.iter_mut().map(Builder::finish).collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(refused(&self.name))?;
        writer.write(&batch).map_err(refused(&self.name))
    }

    /// Writes what is left and makes the file appear.
    pub(crate) fn commit(mut self) -> Result<(), VotesError> {
        self.flush_batch()?;
        match self.to {
            To::Delimited(writer) => {
                let file = writer.into_inner().map_err(|error| refused(&self.name)(error.into_error()))?;
                file.commit()
            }
            To::JsonLines { to, .. } => to.commit(),
            To::Parquet { writer, .. } => writer.into_inner().map_err(refused(&self.name))?.commit(),
        }
    }
}

impl Builder {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Number => Self::Number(Float64Builder::new()),
            Kind::Whole => Self::Whole(Int64Builder::new()),
            Kind::YesNo => Self::YesNo(BooleanBuilder::new()),
        }
    }

    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Text(to), Cell::Text(text)) => to.append_value(text),
            (Self::Number(to), Cell::Number(value)) => to.append_value(value),
            (Self::Whole(to), Cell::Whole(value)) => to.append_value(value),
            (Self::YesNo(to), Cell::YesNo(value)) => to.append_value(value),
            (Self::Text(to), _) => to.append_null(),
            (Self::Number(to), _) => to.append_null(),
            (Self::Whole(to), _) => to.append_null(),
            (Self::YesNo(to), _) => to.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(from) => Arc::new(from.finish()),
            Self::Number(from) => Arc::new(from.finish()),
            Self::Whole(from) => Arc::new(from.finish()),
            Self::YesNo(from) => Arc::new(from.finish()),
        }
    }
}

/// The shortest text that reads back as the same number; `1e-7` rather than `0.0000001`.
fn number(value: f64) -> String {
    format!("{value:?}")
}

/// A text in JSON.
pub(crate) fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn refused<E: std::error::Error + Send + Sync + 'static>(name: &str) -> impl FnOnce(E) -> VotesError {
    let file = name.to_owned();
    move |error| {
        let source = std::io::Error::new(kind(&error), error);
        VotesError::Io { doing: "cannot write", file, source }
    }
}

/// What the system said, if it was the system that refused. (The error of `csv` names no source.)
fn kind(error: &(dyn std::error::Error + 'static)) -> std::io::ErrorKind {
    if let Some(csv::ErrorKind::Io(source)) = error.downcast_ref::<csv::Error>().map(csv::Error::kind) {
        return source.kind();
    }
    error.downcast_ref::<std::io::Error>().map_or(std::io::ErrorKind::Other, std::io::Error::kind)
}
