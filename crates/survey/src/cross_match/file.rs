//! Matches as a file: CSV, or Parquet when the name ends so.

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use domain::Digest;
use parquet::{
    arrow::{
        ArrowWriter,
        arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
        arrow_writer::ArrowWriterOptions,
    },
    basic::Compression,
    file::properties::WriterProperties,
};

use super::LensMatch;
use crate::{
    SurveyError,
    atomic::NewFile,
    catalogue::CatalogueError,
    guard::{check_columns, column, guarded},
};

/// Columns of the file, in order.
pub const MATCH_COLUMNS: [&str; 13] = [
    "subject_id",
    "subject_name",
    "ra_deg",
    "dec_deg",
    "lens",
    "lens_ra_deg",
    "lens_dec_deg",
    "separation_arcsec",
    "lens_z",
    "kind",
    "grade",
    "reference",
    "list",
];

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
}

/// Writes matches whole or not at all; gives the digest of the file.
///
/// # Errors
/// When the file cannot be written.
pub fn write_matches(path: &Path, matches: &[LensMatch]) -> Result<Digest, CatalogueError> {
    let file = NewFile::create(path)?;
    let wrong = SurveyError::shard::<String>(path);
    if is_parquet(path) {
        let batch = to_arrow(matches).map_err(|error| wrong(error.to_string()))?;
        let properties = WriterProperties::builder()
            .set_created_by("lensfinder".to_owned())
            .set_compression(Compression::SNAPPY)
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let mut writer = ArrowWriter::try_new_with_options(file, schema(), options)
            .map_err(|error| wrong(error.to_string()))?;
        writer.write(&batch).map_err(|error| wrong(error.to_string()))?;
        return Ok(writer.into_inner().map_err(|error| wrong(error.to_string()))?.commit()?);
    }
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(file);
    writer.write_record(MATCH_COLUMNS).map_err(|error| wrong(error.to_string()))?;
    for found in matches {
        writer.serialize(found).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(writer.into_inner().map_err(|error| wrong(error.to_string()))?.commit()?)
}

/// Reads what [`write_matches`] wrote.
///
/// # Errors
/// When the file cannot be read or is no list of matches.
pub fn read_matches(path: &Path) -> Result<Vec<LensMatch>, CatalogueError> {
    let remedy = "give a file that `lensfinder catalogue match` wrote";
    let wrong = |reason: String| CatalogueError::table(path, format!("{reason}; {remedy}"));
    let file = File::open(path).map_err(CatalogueError::read(path))?;
    if !is_parquet(path) {
        let mut reader = csv::Reader::from_reader(file);
        return reader.deserialize().map(|row| row.map_err(|error| wrong(error.to_string()))).collect();
    }
    let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder =
        guarded(|| ParquetRecordBatchReaderBuilder::try_new_with_options(file, plain)).map_err(wrong)?;
    check_columns(builder.schema(), &schema()).map_err(wrong)?;
    let mut batches = guarded(|| builder.build()).map_err(wrong)?;
    let mut matches = Vec::new();
    while let Some(batch) = guarded(|| batches.next().transpose()).map_err(wrong)? {
        unpack(&batch, &mut matches).map_err(wrong)?;
    }
    Ok(matches)
}

fn schema() -> SchemaRef {
    let fields = MATCH_COLUMNS.map(|name| match name {
        "ra_deg" | "dec_deg" | "lens_ra_deg" | "lens_dec_deg" | "separation_arcsec" => {
            Field::new(name, DataType::Float64, false)
        }
        "lens_z" => Field::new(name, DataType::Float64, true),
        "subject_id" | "lens" | "list" => Field::new(name, DataType::Utf8, false),
        _ => Field::new(name, DataType::Utf8, true),
    });
    Arc::new(Schema::new(fields.to_vec()))
}

fn to_arrow(matches: &[LensMatch]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let text = |of: &dyn Fn(&LensMatch) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(matches.iter().map(of)))
    };
    let perhaps = |of: &dyn Fn(&LensMatch) -> Option<&str>| -> ArrayRef {
        Arc::new(matches.iter().map(of).collect::<StringArray>())
    };
    let real = |of: &dyn Fn(&LensMatch) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(matches.iter().map(of)))
    };
    RecordBatch::try_new(
        schema(),
        vec![
            text(&|m| &m.subject_id),
            perhaps(&|m| m.subject_name.as_deref()),
            real(&|m| m.ra_deg),
            real(&|m| m.dec_deg),
            text(&|m| &m.lens),
            real(&|m| m.lens_ra_deg),
            real(&|m| m.lens_dec_deg),
            real(&|m| m.separation_arcsec),
            Arc::new(matches.iter().map(|m| m.lens_z).collect::<Float64Array>()),
            perhaps(&|m| m.kind.as_deref()),
            perhaps(&|m| m.grade.as_deref()),
            perhaps(&|m| m.reference.as_deref()),
            text(&|m| &m.list),
        ],
    )
}

fn unpack(batch: &RecordBatch, into: &mut Vec<LensMatch>) -> Result<(), String> {
    let text = |name: &str| column::<StringArray>(batch, name);
    let real = |name: &str| column::<Float64Array>(batch, name);
    let (subject, name, lens, list) =
        (text("subject_id")?, text("subject_name")?, text("lens")?, text("list")?);
    let (kind, grade, reference) = (text("kind")?, text("grade")?, text("reference")?);
    let (ra, dec, z) = (real("ra_deg")?, real("dec_deg")?, real("lens_z")?);
    let (lens_ra, lens_dec, separation) =
        (real("lens_ra_deg")?, real("lens_dec_deg")?, real("separation_arcsec")?);
    let perhaps = |of: &StringArray, i: usize| of.is_valid(i).then(|| of.value(i).to_owned());
    into.extend((0..batch.num_rows()).map(|i| LensMatch {
        subject_id: subject.value(i).to_owned(),
        subject_name: perhaps(name, i),
        ra_deg: ra.value(i),
        dec_deg: dec.value(i),
        lens: lens.value(i).to_owned(),
        lens_ra_deg: lens_ra.value(i),
        lens_dec_deg: lens_dec.value(i),
        separation_arcsec: separation.value(i),
        lens_z: z.is_valid(i).then(|| z.value(i)),
        kind: perhaps(kind, i),
        grade: perhaps(grade, i),
        reference: perhaps(reference, i),
        list: list.value(i).to_owned(),
    }));
    Ok(())
}
