//! What is known of one image of a dataset: what it is, where it came from,
//! where its tile lies. Also the line for a file that was refused, and the
//! index as CSV for people who want a table.

use std::io::Write;

use domain::{Digest, Label, SkyCoord};

use crate::{Conditions, cell_of};

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
    /// What it was taken through, and its cluster, as far as known.
    pub conditions: Conditions,
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

/// Place in a dataset's order: by cell, then id; without a position last.
pub(crate) type SkyOrder = (u64, String);

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

    pub(crate) fn order(&self) -> SkyOrder {
        (self.cell.unwrap_or(u64::MAX), self.image.id.clone())
    }

    /// One line of CSV, columns as in `index.parquet`; numbers in the shortest form that reads back
    /// exactly, empty where unknown.
    pub(crate) fn write_csv<W: Write>(&self, to: &mut csv::Writer<W>) -> Result<(), csv::Error> {
        fn number<T: ToString>(value: Option<T>) -> String {
            value.map(|v| v.to_string()).unwrap_or_default()
        }
        let image = &self.image;
        let mut fields = vec![
            image.id.clone(),
            image.source.clone(),
            image.digest.to_string(),
            image.bands.clone(),
            number(image.pixel_scale_arcsec),
            image.width.to_string(),
            image.height.to_string(),
            number(image.position.map(|sky| sky.ra_deg)),
            number(image.position.map(|sky| sky.dec_deg)),
            number(self.cell),
            image.label.code().to_string(),
            image.provenance.clone(),
            self.shard.to_string(),
            self.row.to_string(),
        ];
        let seen = &image.conditions;
        fields.extend(seen.psf_fwhm_arcsec.map(number));
        fields.extend(seen.depth_mag.map(number));
        fields.extend([seen.z_cluster, seen.m500_msun, seen.m200_msun].map(number));
        fields.extend([number(seen.flags), number(seen.cluster_id)]);
        to.write_record(&fields)
    }
}

impl std::ops::Deref for ManifestRow {
    type Target = NewRow;

    fn deref(&self) -> &NewRow {
        &self.image
    }
}
