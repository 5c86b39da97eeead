//! `mocks.parquet`: one flat row per cutout, everything a researcher selects by,
//! and where the whole record and the images lie. Positions are arcsec from the
//! image's centre (pixel-x right, y up), angles degrees east of north,
//! magnitudes AB.

use crate::{
    photometry::{magnitude, nanomaggies},
    record::{Galaxy, Record, Results},
    table::{Column, Holds, Value},
};

/// Name of the file in a dataset's folder.
pub const FILE: &str = "mocks.parquet";

/// What the file says of itself.
pub const ABOUT: &str =
    "simulated cutouts, one row each; the closed record is bytes offset..offset+length of file";

/// A cutout as the index sees it.
pub struct IndexRow {
    /// Its record.
    pub record: Record,
    /// The file its record stands in, relative to the dataset.
    pub file: String,
    /// Where it begins, bytes.
    pub offset: u64,
    /// How long it is, bytes.
    pub length: usize,
    /// Its science image, relative to the dataset.
    pub fits: Option<String>,
    /// Its picture, relative to the dataset.
    pub png: Option<String>,
}

impl IndexRow {
    fn main(&self) -> Option<&Galaxy> {
        self.record.source.as_ref()?.components.first()
    }

    fn results(&self) -> Option<&Results> {
        self.record.results.as_ref()
    }

    /// Unlensed magnitude of the whole source.
    fn source_mag(&self, band: usize) -> Option<f64> {
        let components = &self.record.source.as_ref()?.components;
        // Rounded: the sum's last bits depend on the C library, the records' digits do not.
        Some(crate::dice::round(magnitude(components.iter().map(|c| nanomaggies(c.mag[band])).sum()), 3))
    }
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(Some(value.into()))
}

fn real(value: f64) -> Value {
    Value::Real(Some(value))
}

fn whole(value: usize) -> Value {
    Value::Whole(i64::try_from(value).ok())
}

/// A column of text, real or whole numbers.
macro_rules! column {
    ($holds:ident $name:literal $of:expr) => {
        Column { name: $name, holds: Holds::$holds, of: $of }
    };
}

/// The columns, in order.
pub const COLUMNS: &[Column<IndexRow>] = &[
    column!(Text "mock_id" |r| text(&*r.record.mock_id)),
    column!(Text "kind" |r| text(r.record.kind.to_string())),
    column!(Whole "label" |r| Value::Whole(Some(i64::from(r.record.kind.label().code())))),
    column!(Whole "cluster_id" |r| Value::Whole(r.record.cluster_id)),
    column!(Real "ra_deg" |r| real(r.record.ra_deg)),
    column!(Real "dec_deg" |r| real(r.record.dec_deg)),
    column!(Whole "size_px" |r| whole(r.record.cutout.size_px)),
    column!(Real "pixel_scale_arcsec" |r| real(r.record.cutout.pixel_scale_arcsec)),
    column!(Real "seeing_g" |r| real(r.record.psf.fwhm_arcsec[0])),
    column!(Real "seeing_r" |r| real(r.record.psf.fwhm_arcsec[1])),
    column!(Real "seeing_z" |r| real(r.record.psf.fwhm_arcsec[2])),
    column!(Real "sky_sigma_g" |r| real(r.record.noise.sky_sigma_nmgy[0])),
    column!(Real "sky_sigma_r" |r| real(r.record.noise.sky_sigma_nmgy[1])),
    column!(Real "sky_sigma_z" |r| real(r.record.noise.sky_sigma_nmgy[2])),
    column!(Real "z_cluster" |r| real(r.record.z_cluster)),
    column!(Real "m200_msun" |r| real(r.record.halo.m200_msun)),
    column!(Real "c200" |r| real(r.record.halo.c200)),
    column!(Real "q_nfw" |r| real(r.record.halo.q)),
    column!(Real "pa_nfw_deg" |r| real(r.record.halo.pa)),
    column!(Real "bcg_sigma_km_s" |r| real(r.record.bcg.sigma)),
    column!(Real "bcg_mag_g" |r| real(r.record.bcg.light.mag[0])),
    column!(Real "bcg_mag_r" |r| real(r.record.bcg.light.mag[1])),
    column!(Real "bcg_mag_z" |r| real(r.record.bcg.light.mag[2])),
    column!(Whole "n_members" |r| whole(r.record.members.len())),
    column!(Real "z_source" |r| Value::Real(r.record.source.as_ref().map(|s| s.z))),
    column!(Text "placement" |r| Value::Text(r.record.source.as_ref().map(|s| s.placement.name().to_owned()))),
    column!(Real "x_source" |r| Value::Real(r.main().map(|c| c.x))),
    column!(Real "y_source" |r| Value::Real(r.main().map(|c| c.y))),
    column!(Real "r_e_source" |r| Value::Real(r.main().map(|c| c.r_e))),
    column!(Real "n_source" |r| Value::Real(r.main().map(|c| c.n))),
    column!(Real "q_source" |r| Value::Real(r.main().map(|c| c.q))),
    column!(Real "pa_source_deg" |r| Value::Real(r.main().map(|c| c.pa))),
    column!(Whole "n_components" |r| Value::Whole(r.record.source.as_ref().map(|s| s.components.len() as i64))),
    column!(Real "mag_source_g" |r| Value::Real(r.source_mag(0))),
    column!(Real "mag_source_r" |r| Value::Real(r.source_mag(1))),
    column!(Real "mag_source_z" |r| Value::Real(r.source_mag(2))),
    column!(Real "magnified_mag_g" |r| Value::Real(r.results().map(|s| s.lensed_mag[0]))),
    column!(Real "magnified_mag_r" |r| Value::Real(r.results().map(|s| s.lensed_mag[1]))),
    column!(Real "magnified_mag_z" |r| Value::Real(r.results().map(|s| s.lensed_mag[2]))),
    column!(Real "theta_e_arcsec" |r| Value::Real(r.results().map(|s| s.theta_e_arcsec))),
    column!(Real "critical_area_arcsec2" |r| Value::Real(r.results().map(|s| s.critical_area_arcsec2))),
    column!(Real "caustic_distance_arcsec" |r| Value::Real(r.results().map(|s| s.caustic_distance_arcsec))),
    column!(Real "mu_total" |r| Value::Real(r.results().map(|s| s.mu_total))),
    column!(Whole "n_images" |r| Value::Whole(r.results().map(|s| s.n_images as i64))),
    column!(Real "arc_sn_g" |r| Value::Real(r.results().map(|s| s.arc_sn[0]))),
    column!(Real "arc_sn_r" |r| Value::Real(r.results().map(|s| s.arc_sn[1]))),
    column!(Real "arc_sn_z" |r| Value::Real(r.results().map(|s| s.arc_sn[2]))),
    column!(Real "arc_length_arcsec" |r| Value::Real(r.results().map(|s| s.arc_length_arcsec))),
    column!(Real "arc_peak_sigma" |r| Value::Real(r.results().map(|s| s.arc_peak_sigma))),
    column!(Text "background_id" |r| Value::Text(r.record.background.as_ref().map(|b| b.id.clone()))),
    column!(Text "background_sha256" |r| Value::Text(r.record.background.as_ref().map(|b| b.sha256.clone()))),
    column!(Text "fits" |r| Value::Text(r.fits.clone())),
    column!(Text "png" |r| Value::Text(r.png.clone())),
    column!(Text "file" |r| text(&*r.file)),
    column!(Whole "offset" |r| Value::Whole(i64::try_from(r.offset).ok())),
    column!(Whole "length" |r| whole(r.length)),
];
