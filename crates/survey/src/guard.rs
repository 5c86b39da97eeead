//! Reading Parquet that may be damaged: panics of the library become errors,
//! and a column has the name and type asked for or is an error too.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::{array::RecordBatch, datatypes::Schema};

/// Runs a step of the Parquet library, which in places panics over damaged files: here that is an
/// error like any other.
pub(crate) fn guarded<T, E: std::fmt::Display>(step: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("the file contradicts itself".to_owned()),
    }
}

/// Whether the file has every column of the schema with its type.
pub(crate) fn check_columns(found: &Schema, wanted: &Schema) -> Result<(), String> {
    for field in wanted.fields() {
        if found.field_with_name(field.name()).ok().map(|f| f.data_type()) != Some(field.data_type()) {
            return Err(format!("column {} of type {} is missing", field.name(), field.data_type()));
        }
    }
    Ok(())
}

/// The column of a batch.
pub(crate) fn column<'a, T: 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a T, String> {
    batch
        .column_by_name(name)
        .and_then(|array| array.as_any().downcast_ref())
        .ok_or_else(|| format!("column {name} is missing or has another type"))
}
