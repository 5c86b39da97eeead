//! Which lenses are made, and which are clear enough to learn from first.

use serde::{Deserialize, Deserializer, Serialize};

use super::{ConfigError, number, range, weights};

/// Which lenses are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LensConfig {
    /// Range of effective Einstein radii, arcsec.
    pub theta_e_arcsec: [f64; 2],
    /// Range of unlensed source magnitudes in g.
    pub source_g: [f64; 2],
    /// Smallest signal over noise of the arc, in the better of g and r.
    pub min_arc_sn: f64,
    /// Smallest length of the longest arc over the PSF's width.
    pub min_length_fwhm: f64,
    /// Smallest peak of the arc over the sky's σ per pixel (for a pixel of 0.262 arcsec).
    pub min_peak_sigma: f64,
    /// Smallest lensed over unlensed flux.
    pub min_magnification: f64,
    /// Added to the mean of log10 M200c for lenses: rare massive clusters make most arcs.
    pub log_mass_shift: f64,
    /// Weights of the placement modes area, arc, ring.
    pub placement: [f64; 3],
    /// Share of sources with knots of star formation.
    pub clumpy_share: f64,
}

impl Default for LensConfig {
    fn default() -> Self {
        Self {
            theta_e_arcsec: [4.0, 25.0],
            source_g: [21.5, 27.5],
            min_arc_sn: 20.0,
            min_length_fwhm: 3.0,
            min_peak_sigma: 2.0,
            min_magnification: 4.0,
            log_mass_shift: 0.15,
            placement: [0.25, 0.65, 0.1],
            clumpy_share: 0.5,
        }
    }
}

impl LensConfig {
    /// Lenses that anybody can see.
    pub(super) fn clear() -> Self {
        Self {
            theta_e_arcsec: [5.0, 20.0],
            source_g: [21.0, 25.5],
            min_arc_sn: 45.0,
            min_length_fwhm: 5.0,
            min_peak_sigma: 3.0,
            min_magnification: 6.0,
            placement: [0.0, 0.88, 0.12],
            ..Self::default()
        }
    }

    pub(super) fn check(&self, names: &[&'static str; 9]) -> Result<(), ConfigError> {
        range(names[0], self.theta_e_arcsec, 0.5, 60.0)?;
        range(names[1], self.source_g, 15.0, 32.0)?;
        number(names[2], self.min_arc_sn, 0.0, 1e6)?;
        number(names[3], self.min_length_fwhm, 0.0, 100.0)?;
        number(names[4], self.min_peak_sigma, 0.0, 1e6)?;
        number(names[5], self.min_magnification, 0.0, 1e3)?;
        number(names[6], self.log_mass_shift, -2.0, 2.0)?;
        number(names[7], self.clumpy_share, 0.0, 1.0)?;
        weights(names[8], &self.placement)
    }
}

/// Paths of the fields that [`LensConfig::check`] looks at, in its order.
macro_rules! lens_fields {
    ($table:literal) => {
        [
            concat!($table, ".theta_e_arcsec"),
            concat!($table, ".source_g"),
            concat!($table, ".min_arc_sn"),
            concat!($table, ".min_length_fwhm"),
            concat!($table, ".min_peak_sigma"),
            concat!($table, ".min_magnification"),
            concat!($table, ".log_mass_shift"),
            concat!($table, ".clumpy_share"),
            concat!($table, ".placement"),
        ]
    };
}

pub(super) const LENS: [&str; 9] = lens_fields!("lens");
pub(super) const TRAINING_LENS: [&str; 9] = lens_fields!("training_lens");

/// The lens settings given, the rest from [`LensConfig::clear`] and not from the default.
pub(super) fn over_clear<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LensConfig, D::Error> {
    use serde::de::Error as _;
    let given = toml::Table::deserialize(deserializer)?;
    let mut all = toml::Table::try_from(LensConfig::clear()).map_err(D::Error::custom)?;
    all.extend(given);
    all.try_into().map_err(D::Error::custom)
}
