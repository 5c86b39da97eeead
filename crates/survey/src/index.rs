//! `index.parquet`: one row per image of a dataset, ordered by sky cell and
//! then id (images without a position last), so that a shard is a patch of sky
//! and an engine that reads row-group statistics skips most of the file.

mod read;
mod write;

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

pub use read::ManifestReader;
pub(crate) use write::Writer;

/// Name of the file in a dataset's folder.
pub(crate) const FILE: &str = "index.parquet";

/// Rows of a row group: small enough to prune by, large enough to compress.
pub(crate) const ROW_GROUP: usize = 8192;

/// Columns that may be empty and hold a real number, after `pixel_scale_arcsec`, `ra_deg`, `dec_deg`.
const CONDITION_REALS: [&str; 9] = [
    "psf_fwhm_g_arcsec",
    "psf_fwhm_r_arcsec",
    "psf_fwhm_z_arcsec",
    "depth_g_mag",
    "depth_r_mag",
    "depth_z_mag",
    "z_cluster",
    "m500_msun",
    "m200_msun",
];

/// The columns, in order.
fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let text = |name: &str| Field::new(name, DataType::Utf8, false);
        let count = |name: &str| Field::new(name, DataType::UInt32, false);
        let real = |name: &str| Field::new(name, DataType::Float64, true);
        let whole = |name: &str| Field::new(name, DataType::Int64, true);
        let mut fields = vec![text("id"), text("source"), text("digest"), text("bands")];
        fields.extend([real("pixel_scale_arcsec"), count("width"), count("height")]);
        fields.extend([real("ra_deg"), real("dec_deg"), whole("cell")]);
        fields.extend([Field::new("label", DataType::Int8, false), text("provenance")]);
        fields.extend([count("shard"), count("row")]);
        fields.extend(CONDITION_REALS.map(real));
        fields.extend([Field::new("flags", DataType::Int32, true), whole("cluster_id")]);
        Arc::new(Schema::new(fields))
    });
    SCHEMA.clone()
}

/// Names of the columns, in order.
pub(crate) fn column_names() -> Vec<String> {
    schema().fields().iter().map(|field| field.name().clone()).collect()
}
