//! Writing an index: rows are gathered to a row group, then packed. The same
//! rows give the same bytes, whatever parts they came in.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{
        ArrayRef, Float64Array, Int8Array, Int32Array, Int64Array, RecordBatch, StringArray, UInt32Array,
    },
    error::ArrowError,
};
use domain::Digest;
use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    basic::Compression,
    file::{metadata::SortingColumn, properties::WriterProperties},
    schema::types::ColumnPath,
};

use super::{ROW_GROUP, schema};
use crate::{ManifestRow, SurveyError, atomic::NewFile};

/// Writes an index, a row group at a time.
pub(crate) struct Writer {
    path: PathBuf,
    parquet: ArrowWriter<NewFile>,
    rows: Vec<ManifestRow>,
}

impl Writer {
    pub(crate) fn create(path: &Path) -> Result<Self, SurveyError> {
        let mut properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .set_created_by("lensfinder".to_owned())
            .set_compression(Compression::SNAPPY)
            .set_sorting_columns(Some(sorting()));
        for unique in ["id", "source", "digest"] {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(unique), false);
        }
        let options =
            ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(true);
        let parquet = ArrowWriter::try_new_with_options(NewFile::create(path)?, schema(), options)
            .map_err(SurveyError::shard(path))?;
        Ok(Self { path: path.to_owned(), parquet, rows: Vec::new() })
    }

    pub(crate) fn push(&mut self, row: ManifestRow) -> Result<(), SurveyError> {
        self.rows.push(row);
        if self.rows.len() == ROW_GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), SurveyError> {
        let wrong = SurveyError::shard(&self.path);
        let batch = to_arrow(&self.rows).map_err(|error| wrong(error.to_string()))?;
        self.parquet.write(&batch).map_err(|error| wrong(error.to_string()))?;
        self.rows.clear();
        Ok(())
    }

    /// Closes and names the file; gives its digest.
    pub(crate) fn commit(mut self) -> Result<Digest, SurveyError> {
        if !self.rows.is_empty() {
            self.flush()?;
        }
        self.parquet.into_inner().map_err(SurveyError::shard(&self.path))?.commit()
    }
}

/// Tells readers that rows come by cell, then id.
fn sorting() -> Vec<SortingColumn> {
    let schema = schema();
    let by = |name: &str| {
        let column_idx = schema.index_of(name).ok().and_then(|index| i32::try_from(index).ok())?;
        Some(SortingColumn { column_idx, descending: false, nulls_first: false })
    };
    ["cell", "id"].into_iter().filter_map(by).collect()
}

/// The rows as Arrow columns in the order of the schema.
fn to_arrow(rows: &[ManifestRow]) -> Result<RecordBatch, ArrowError> {
    let text = |of: &dyn Fn(&ManifestRow) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
    };
    let count = |of: fn(&ManifestRow) -> usize| -> Result<ArrayRef, ArrowError> {
        let small = |row| u32::try_from(of(row)).map_err(|error| ArrowError::CastError(error.to_string()));
        Ok(Arc::new(UInt32Array::from_iter_values(rows.iter().map(small).collect::<Result<Vec<_>, _>>()?)))
    };
    let real = |of: &dyn Fn(&ManifestRow) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<Float64Array>())
    };
    let whole = |of: fn(&ManifestRow) -> Option<i64>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<Int64Array>())
    };
    let mut columns = vec![
        text(&|row| row.id.clone()),
        text(&|row| row.source.clone()),
        text(&|row| row.digest.to_string()),
        text(&|row| row.bands.clone()),
        real(&|row| row.pixel_scale_arcsec),
        count(|row| row.width)?,
        count(|row| row.height)?,
        real(&|row| row.position.map(|sky| sky.ra_deg)),
        real(&|row| row.position.map(|sky| sky.dec_deg)),
        whole(|row| row.cell.map(|cell| cell as i64)),
        Arc::new(Int8Array::from_iter_values(rows.iter().map(|row| row.label.code() as i8))),
        text(&|row| row.provenance.clone()),
        count(|row| row.shard)?,
        count(|row| row.row)?,
    ];
    columns.extend((0..3).map(|band| real(&|row| row.conditions.psf_fwhm_arcsec[band])));
    columns.extend((0..3).map(|band| real(&|row| row.conditions.depth_mag[band])));
    columns.extend([
        real(&|row| row.conditions.z_cluster),
        real(&|row| row.conditions.m500_msun),
        real(&|row| row.conditions.m200_msun),
        Arc::new(rows.iter().map(|row| row.conditions.flags).collect::<Int32Array>()),
        whole(|row| row.conditions.cluster_id),
    ]);
    RecordBatch::try_new(schema(), columns)
}
