//! Reading an index row by row; memory holds a batch of rows, however long the
//! file. A damaged file gives an error, never a panic.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use arrow::array::{
    Array, Float64Array, Int8Array, Int32Array, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use domain::{Digest, Label, SkyCoord};
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use super::{CONDITION_REALS, schema};
use crate::{
    Conditions, ManifestRow, NewRow, SurveyError,
    guard::{check_columns, column, guarded},
};

/// Rows unpacked at once.
const BATCH: usize = 1024;

/// Reads the rows of an index in order.
pub struct ManifestReader {
    path: PathBuf,
    batches: ParquetRecordBatchReader,
    waiting: std::vec::IntoIter<ManifestRow>,
    /// Rows given out or waiting.
    read: usize,
    /// After an error nothing more is read.
    failed: bool,
}

impl ManifestReader {
    pub(crate) fn open(path: &Path) -> Result<Self, SurveyError> {
        let file = File::open(path).map_err(SurveyError::io("cannot open", path))?;
        let wrong = SurveyError::shard(path);
        let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder =
            guarded(|| ParquetRecordBatchReaderBuilder::try_new_with_options(file, plain)).map_err(&wrong)?;
        check_columns(builder.schema(), &schema()).map_err(&wrong)?;
        let batches = guarded(|| builder.with_batch_size(BATCH).build()).map_err(&wrong)?;
        Ok(Self { path: path.to_owned(), batches, waiting: Vec::new().into_iter(), read: 0, failed: false })
    }

    /// The next batch; `None` at the end.
    fn fill(&mut self) -> Option<Result<(), String>> {
        let batch = guarded(|| self.batches.next().transpose()).transpose()?;
        let read = self.read;
        let rows = batch.and_then(|batch| unpack(&batch, read));
        Some(rows.map(|rows| {
            self.read += rows.len();
            self.waiting = rows.into_iter();
        }))
    }
}

impl Iterator for ManifestReader {
    type Item = Result<ManifestRow, SurveyError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.waiting.next() {
                return Some(Ok(row));
            }
            if self.failed {
                return None;
            }
            if let Err(reason) = self.fill()? {
                self.failed = true;
                return Some(Err(SurveyError::shard(&self.path)(reason)));
            }
        }
    }
}

fn unpack(batch: &RecordBatch, before: usize) -> Result<Vec<ManifestRow>, String> {
    let columns = Columns::of(batch)?;
    let wrong = |i: usize| move |reason: String| format!("row {}: {reason}", before + i);
    (0..batch.num_rows()).map(|i| columns.row(i).map_err(wrong(i))).collect()
}

/// The columns of a batch by type, each group in the schema's order.
struct Columns<'a> {
    texts: [&'a StringArray; 5],
    counts: [&'a UInt32Array; 4],
    reals: [&'a Float64Array; 3],
    conditions: [&'a Float64Array; 9],
    wholes: [&'a Int64Array; 2],
    label: &'a Int8Array,
    flags: &'a Int32Array,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, String> {
        Ok(Self {
            texts: group(batch, ["id", "source", "digest", "bands", "provenance"])?,
            counts: group(batch, ["width", "height", "shard", "row"])?,
            reals: group(batch, ["pixel_scale_arcsec", "ra_deg", "dec_deg"])?,
            conditions: group(batch, CONDITION_REALS)?,
            wholes: group(batch, ["cell", "cluster_id"])?,
            label: column(batch, "label")?,
            flags: column(batch, "flags")?,
        })
    }

    fn row(&self, i: usize) -> Result<ManifestRow, String> {
        let missing = self.texts.iter().any(|c| c.is_null(i)) || self.counts.iter().any(|c| c.is_null(i));
        if missing || self.label.is_null(i) {
            return Err("a column that must be filled is empty".to_owned());
        }
        let [id, source, digest, bands, provenance] = self.texts.map(|column| column.value(i).to_owned());
        let [width, height, shard, row] = self.counts.map(|column| column.value(i) as usize);
        let real = |column: &Float64Array| column.is_valid(i).then(|| column.value(i));
        let whole = |column: &Int64Array| column.is_valid(i).then(|| column.value(i));
        let [pixel_scale_arcsec, ra, dec] = self.reals.map(real);
        let position = match (ra, dec) {
            (Some(ra), Some(dec)) => Some(
                SkyCoord::new(ra, dec).ok_or_else(|| format!("ra_deg {ra}, dec_deg {dec} is no position"))?,
            ),
            _ => None,
        };
        let label = Label::from_code(self.label.value(i).into())
            .ok_or_else(|| format!("label is {}, it must be -1, 0 or 1", self.label.value(i)))?;
        let digest: Digest = digest.parse().map_err(|error: domain::DigestParseError| error.to_string())?;
        let [g, r, z, deep_g, deep_r, deep_z, z_cluster, m500_msun, m200_msun] = self.conditions.map(real);
        let [cell, cluster_id] = self.wholes.map(whole);
        let conditions = Conditions {
            psf_fwhm_arcsec: [g, r, z],
            depth_mag: [deep_g, deep_r, deep_z],
            flags: self.flags.is_valid(i).then(|| self.flags.value(i)),
            cluster_id,
            z_cluster,
            m500_msun,
            m200_msun,
        };
        let image = NewRow {
            id,
            source,
            digest,
            bands,
            pixel_scale_arcsec,
            width,
            height,
            position,
            label,
            provenance,
            conditions,
        };
        Ok(ManifestRow { image, cell: cell.map(|cell| cell as u64), shard, row })
    }
}

fn group<'a, T: 'static, const N: usize>(
    batch: &'a RecordBatch,
    names: [&str; N],
) -> Result<[&'a T; N], String> {
    let found = names.into_iter().map(|name| column(batch, name)).collect::<Result<Vec<_>, _>>()?;
    found.try_into().map_err(|_| "columns are missing".to_owned())
}
