//! Parquet tables, a batch at a time. Numbers, categories, times and truth values become text:
//! a whole number is written as one even where pandas made it a float because of a gap.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::{
    array::{Array, ArrayRef, AsArray as _, StringArray},
    compute::cast,
    datatypes::{DataType, Float32Type, Float64Type, Int64Type, TimeUnit},
};
use domain::Progress;
use parquet::{
    arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder},
    file::reader::ChunkReader,
};

use super::{Each, ROWS_A_LOOK};
use crate::{VotesError, instant};

type Batches = Box<dyn Iterator<Item = Result<Vec<ArrayRef>, String>>>;

type Start = Box<dyn FnOnce(&[usize]) -> Result<Batches, String> + Send>;

/// A Parquet table.
pub(crate) struct Columnar {
    name: String,
    columns: Vec<String>,
    /// Starts reading the columns with these numbers, in ascending order.
    start: Start,
}

impl Columnar {
    pub(super) fn open(name: &str, from: impl ChunkReader + 'static) -> Result<Self, VotesError> {
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(from))
            .map_err(|reason| damaged(name, &reason))?;
        let columns = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        let start = Box::new(move |ascending: &[usize]| {
            let mask = ProjectionMask::roots(builder.parquet_schema(), ascending.iter().copied());
            let batches = guarded(|| builder.with_projection(mask).with_batch_size(1 << 14).build())?;
            let mut batches = AssertUnwindSafe(batches);
            let next = std::iter::from_fn(move || {
                let batch = catch_unwind(AssertUnwindSafe(|| batches.next()));
                match batch {
                    Ok(batch) => {
                        batch.map(|batch| batch.map(|b| b.columns().to_vec()).map_err(|e| e.to_string()))
                    }
                    Err(_) => Some(Err("the file contradicts itself".to_owned())),
                }
            });
            Ok(Box::new(next) as Batches)
        });
        Ok(Self { name: name.to_owned(), columns, start })
    }

    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(super) fn each(
        self,
        wanted: &[usize],
        progress: &dyn Progress,
        each: Each<'_>,
    ) -> Result<u64, VotesError> {
        let mut ascending = wanted.to_vec();
        ascending.sort_unstable();
        ascending.dedup();
        let places: Vec<usize> =
            wanted.iter().map(|column| ascending.partition_point(|other| other < column)).collect();
        let mut rows = 0_u64;
        let Self { name, columns, start } = self;
        for batch in start(&ascending).map_err(|reason| damaged(&name, &reason))? {
            let batch = batch.map_err(|reason| damaged(&name, &reason))?;
            let texts = batch
                .iter()
                .zip(&ascending)
                .map(|(array, &column)| {
                    as_text(array).map_err(|problem| {
                        VotesError::file(&name, format!("column `{}` {problem}", columns[column]))
                    })
                })
                .collect::<Result<Vec<_>, _>>()?;
            let length = texts.first().map_or(0, Array::len);
            let mut fields = vec![None; wanted.len()];
            for at in 0..length {
                for (field, &place) in fields.iter_mut().zip(&places) {
                    let text = &texts[place];
                    *field = text.is_valid(at).then(|| text.value(at).trim()).filter(|text| !text.is_empty());
                }
                rows += 1;
                each(rows, &fields)?;
                if rows.is_multiple_of(ROWS_A_LOOK) {
                    progress.advance(ROWS_A_LOOK);
                    progress.check()?;
                }
            }
        }
        progress.advance(rows % ROWS_A_LOOK);
        Ok(rows)
    }
}

/// A column as text. A float that is not a number says nothing, as in pandas.
fn as_text(array: &ArrayRef) -> Result<StringArray, String> {
    Ok(match array.data_type() {
        DataType::Float64 => array.as_primitive::<Float64Type>().iter().map(float).collect(),
        DataType::Float32 => {
            array.as_primitive::<Float32Type>().iter().map(|v| float(v.map(f64::from))).collect()
        }
        // The number behind a time does not depend on its zone, for whose name there is no table here.
        DataType::Timestamp(unit, _) => {
            let numbers = cast(array, &DataType::Int64).map_err(|error| error.to_string())?;
            let micros = |value: i64| match unit {
                TimeUnit::Second => value.saturating_mul(1_000_000),
                TimeUnit::Millisecond => value.saturating_mul(1_000),
                TimeUnit::Microsecond => value,
                TimeUnit::Nanosecond => value.div_euclid(1_000),
            };
            numbers
                .as_primitive::<Int64Type>()
                .iter()
                .map(|v| v.map(|v| instant::rfc3339(micros(v))))
                .collect()
        }
        other => {
            let text = cast(array, &DataType::Utf8).map_err(|_| {
                format!("is of type {other}, which is no text, number or time; write it as one")
            })?;
            text.as_string::<i32>().clone()
        }
    })
}

fn float(value: Option<f64>) -> Option<String> {
    value.filter(|value| !value.is_nan()).map(|value| value.to_string())
}

/// Runs a step of the Parquet library, which in places panics over damaged files.
fn guarded<T, E: std::fmt::Display>(step: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("the file contradicts itself".to_owned()),
    }
}

fn damaged(name: &str, reason: &str) -> VotesError {
    VotesError::file(name, format!("damaged Parquet ({reason}); write or fetch it again"))
}
