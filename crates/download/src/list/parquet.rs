//! A list of clusters as Parquet, a batch of rows at a time, by column names.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use arrow::{
    array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray},
    compute::cast,
    datatypes::DataType,
};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use super::{DEC, EXTRA, Entry, ID, RA, position};

pub(super) fn read(path: &Path) -> Result<Vec<Entry>, String> {
    // The library panics over some damaged files.
    catch_unwind(AssertUnwindSafe(|| read_unguarded(path)))
        .unwrap_or_else(|_| Err("the file contradicts itself; make it again".to_owned()))
}

fn read_unguarded(path: &Path) -> Result<Vec<Entry>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
    let schema = builder.schema().clone();
    let find = |names: &[&str]| {
        names.iter().find_map(|name| schema.fields().iter().position(|f| f.name().eq_ignore_ascii_case(name)))
    };
    let need = |names: &[&str]| {
        find(names).ok_or_else(|| {
            format!("has no column {}; make it with `lensfinder catalogue import`", names.join(" or "))
        })
    };
    let columns = [Some(need(&ID)?), Some(need(&RA)?), Some(need(&DEC)?)];
    let wanted: Vec<Option<usize>> = columns.into_iter().chain(EXTRA.map(find)).collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().flatten().copied());
    let reader =
        builder.with_projection(mask).with_batch_size(8192).build().map_err(|error| error.to_string())?;
    let names: Vec<Option<String>> =
        wanted.iter().map(|column| column.map(|column| schema.field(column).name().clone())).collect();
    let mut entries = Vec::new();
    for batch in reader {
        take(&batch.map_err(|error| error.to_string())?, &names, &mut entries)?;
    }
    Ok(entries)
}

/// The rows of one batch.
fn take(batch: &RecordBatch, names: &[Option<String>], entries: &mut Vec<Entry>) -> Result<(), String> {
    let column = |index: usize| -> Option<&ArrayRef> { batch.column_by_name(names.get(index)?.as_ref()?) };
    let reals = |index: usize| -> Result<Option<Float64Array>, String> {
        let Some(array) = column(index) else { return Ok(None) };
        let array = cast(array, &DataType::Float64).map_err(|error| error.to_string())?;
        Ok(array.as_any().downcast_ref::<Float64Array>().cloned())
    };
    let ids = column(0).ok_or("the id column is missing")?;
    if ids.data_type().is_floating() {
        return Err("the id column holds floats, whose last digits may be lost; write whole numbers or text"
            .to_owned());
    }
    let numbers = if ids.data_type().is_integer() {
        // Beyond 63 bits there is no number, only the text.
        let whole = cast(ids, &DataType::Int64).map_err(|error| error.to_string())?;
        whole.as_any().downcast_ref::<Int64Array>().cloned()
    } else {
        None
    };
    let texts = cast(ids, &DataType::Utf8).map_err(|error| error.to_string())?;
    let texts = texts.as_any().downcast_ref::<StringArray>().ok_or("the id column holds no ids")?;
    let (ra, dec) = (reals(1)?, reals(2)?);
    let (Some(ra), Some(dec)) = (ra, dec) else { return Err("ra or dec holds no numbers".to_owned()) };
    let extra = [reals(3)?, reals(4)?, reals(5)?];
    for row in 0..batch.num_rows() {
        let number = entries.len() as u64;
        if ra.is_null(row) || dec.is_null(row) || texts.is_null(row) {
            return Err(format!("row {number} lacks an id or a position"));
        }
        let mut entry = Entry::new(texts.value(row), position(number, ra.value(row), dec.value(row))?);
        entry.cluster_id =
            numbers.as_ref().filter(|numbers| !numbers.is_null(row)).map(|numbers| numbers.value(row));
        for (value, array) in entry.carried.iter_mut().zip(&extra) {
            if let Some(array) = array.as_ref().filter(|array| !array.is_null(row)) {
                *value = array.value(row);
            }
        }
        entries.push(entry);
    }
    Ok(())
}
