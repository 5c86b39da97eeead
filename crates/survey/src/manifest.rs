//! One line per image of a dataset: what it is, where it came from, where its
//! tile lies. Also the line for a file that was refused.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use csv::StringRecord;
use domain::{Digest, Label, SkyCoord};

use crate::{SurveyError, cell_of};

/// Columns of `manifest.csv`, in order.
pub(crate) const COLUMNS: [&str; 14] = [
    "id",
    "source",
    "digest",
    "bands",
    "pixel_scale_arcsec",
    "width",
    "height",
    "ra_deg",
    "dec_deg",
    "cell",
    "label",
    "provenance",
    "shard",
    "row",
];

/// Columns of `rejected.csv`, in order.
pub(crate) const REJECTED_COLUMNS: [&str; 2] = ["path", "reason"];

/// An image about to enter a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRow {
    /// Unique in the dataset, not empty.
    pub id: String,
    /// Path of the file ([`crate::Source`] in writing), or `record:<id>` for a simulated image.
    pub source: String,
    /// SHA-256 of what `source` names.
    pub digest: Digest,
    /// Bands in plane order, such as `grz`.
    pub bands: String,
    /// Side of a pixel of the source in arcsec, when known.
    pub pixel_scale_arcsec: Option<f64>,
    /// Pixels of the source along x (after cropping).
    pub width: usize,
    /// Pixels of the source along y (after cropping).
    pub height: usize,
    /// Where it is, when known.
    pub position: Option<SkyCoord>,
    /// What is known of it.
    pub label: Label,
    /// Where it comes from, and catalogue columns as `name=value`, separated by `; `.
    pub provenance: String,
}

/// An image of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct ManifestRow {
    /// What was given.
    pub image: NewRow,
    /// HEALPix cell at depth [`crate::CELL_DEPTH`]; `None` without a position.
    pub cell: Option<u64>,
    /// Index of the shard.
    pub shard: usize,
    /// Index within the shard.
    pub row: usize,
}

/// A file that did not become a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The file, or the catalogue's line.
    pub path: String,
    /// What is wrong and what to do.
    pub reason: String,
}

impl NewRow {
    /// The value of a catalogue column kept in `provenance`.
    #[must_use]
    pub fn provenance_value(&self, name: &str) -> Option<&str> {
        self.provenance.split("; ").find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    }
}

impl ManifestRow {
    pub(crate) fn new(image: NewRow, shard: usize, row: usize) -> Self {
        Self { cell: image.position.map(cell_of), image, shard, row }
    }

    pub(crate) fn write<W: Write>(&self, to: &mut csv::Writer<W>) -> Result<(), csv::Error> {
        let image = &self.image;
        let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
        to.write_record([
            image.id.as_str(),
            &image.source,
            &image.digest.to_string(),
            &image.bands,
            &number(image.pixel_scale_arcsec),
            &image.width.to_string(),
            &image.height.to_string(),
            &number(image.position.map(|sky| sky.ra_deg)),
            &number(image.position.map(|sky| sky.dec_deg)),
            &self.cell.map(|cell| cell.to_string()).unwrap_or_default(),
            &image.label.code().to_string(),
            &image.provenance,
            &self.shard.to_string(),
            &self.row.to_string(),
        ])
    }

    fn parse(record: &StringRecord) -> Result<Self, String> {
        let text = |column: usize| record.get(column).unwrap_or_default();
        fn read<T: std::str::FromStr>(text: &str, column: usize) -> Result<T, String> {
            text.parse().map_err(|_| format!("column {} holds {text:?}", COLUMNS[column]))
        }
        fn maybe<T: std::str::FromStr>(text: &str, column: usize) -> Result<Option<T>, String> {
            if text.is_empty() { Ok(None) } else { read(text, column).map(Some) }
        }
        let position = match (maybe(text(7), 7)?, maybe(text(8), 8)?) {
            (Some(ra), Some(dec)) => Some(
                SkyCoord::new(ra, dec).ok_or_else(|| format!("ra_deg {ra}, dec_deg {dec} is no position"))?,
            ),
            _ => None,
        };
        let label = Label::from_code(read(text(10), 10)?)
            .ok_or_else(|| format!("column label holds {:?}, it must be -1, 0 or 1", text(10)))?;
        let image = NewRow {
            id: text(0).to_owned(),
            source: text(1).to_owned(),
            digest: read(text(2), 2)?,
            bands: text(3).to_owned(),
            pixel_scale_arcsec: maybe(text(4), 4)?,
            width: read(text(5), 5)?,
            height: read(text(6), 6)?,
            position,
            label,
            provenance: text(11).to_owned(),
        };
        Ok(Self { image, cell: maybe(text(9), 9)?, shard: read(text(12), 12)?, row: read(text(13), 13)? })
    }
}

impl std::ops::Deref for ManifestRow {
    type Target = NewRow;

    fn deref(&self) -> &NewRow {
        &self.image
    }
}

/// Reads `manifest.csv` line by line.
pub struct ManifestReader {
    path: PathBuf,
    records: csv::StringRecordsIntoIter<File>,
}

impl ManifestReader {
    pub(crate) fn open(path: &Path) -> Result<Self, SurveyError> {
        let file = File::open(path).map_err(SurveyError::io("cannot open", path))?;
        let mut reader = csv::Reader::from_reader(file);
        let wrong = |reason: String| SurveyError::format(path, reason);
        let header = reader.headers().map_err(|error| wrong(error.to_string()))?;
        if header != COLUMNS.as_slice() {
            return Err(wrong(format!("the columns must be {}", COLUMNS.join(","))));
        }
        Ok(Self { path: path.to_owned(), records: reader.into_records() })
    }
}

impl Iterator for ManifestReader {
    type Item = Result<ManifestRow, SurveyError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.records.reader().position().line();
        let wrong = |reason: String| SurveyError::format(&self.path, format!("line {line}: {reason}"));
        let record = self.records.next()?;
        Some(record.map_err(|e| e.to_string()).and_then(|r| ManifestRow::parse(&r)).map_err(wrong))
    }
}
