//! The galaxies behind the lenses: where they come from and what they look like.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{ConfigError, number, range};

/// The galaxies behind the lenses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceConfig {
    /// Range of redshifts; a source is always behind its cluster.
    pub z: [f64; 2],
    /// Range of axis ratios.
    pub q: [f64; 2],
    /// Share of sources with a bulge beside the disc.
    pub bulge_share: f64,
    /// FITS pictures of galaxies that stand in for the smooth profile, with `stamp_share`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stamps: Vec<StampConfig>,
    /// Share of sources that are one of `stamps`.
    pub stamp_share: f64,
    /// Share of red, old sources.
    pub red_share: f64,
    /// How large a source of a given brightness is.
    pub size: SizeRelation,
    /// A CSV of real galaxies (columns z, g, r, z_mag, r_e_arcsec, n) that brightness, colours and size
    /// are taken from together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<PathBuf>,
}

/// How large a source of a given brightness is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SizeRelation {
    /// Star-forming galaxies after van der Wel et al. (2014).
    #[default]
    LateType,
    /// As in the SIMCT pipeline (More et al. 2016): smaller, and much smaller at high redshift.
    Simct,
}

/// A picture of a galaxy, to be lensed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampConfig {
    /// The FITS file.
    pub file: PathBuf,
    /// Side of its pixels in the source plane, arcsec.
    pub pixel_scale_arcsec: f64,
}

impl Default for SourceConfig {
    fn default() -> Self {
        Self {
            z: [0.4, 4.5],
            q: [0.4, 0.95],
            bulge_share: 0.15,
            stamps: Vec::new(),
            stamp_share: 0.0,
            red_share: 0.1,
            size: SizeRelation::default(),
            catalogue: None,
        }
    }
}

impl SourceConfig {
    pub(super) fn check(&self, z_cluster: [f64; 2]) -> Result<(), ConfigError> {
        range("source.z", self.z, 0.0, 20.0)?;
        if self.z[1] < z_cluster[1] + 0.1 {
            let problem = format!(
                "sources up to z {} would lie in front of clusters at z {} or just behind them; \
                 raise source.z above {:.2} or lower cluster.z",
                self.z[1],
                z_cluster[1],
                z_cluster[1] + 0.1
            );
            return Err(ConfigError::Field { field: "source.z", problem });
        }
        range("source.q", self.q, 0.05, 1.0)?;
        number("source.bulge_share", self.bulge_share, 0.0, 1.0)?;
        number("source.stamp_share", self.stamp_share, 0.0, 1.0)?;
        number("source.red_share", self.red_share, 0.0, 1.0)?;
        if self.stamp_share > 0.0 && self.stamps.is_empty() {
            let problem = "is above 0 but source.stamps names no picture; add one or set it to 0".to_owned();
            return Err(ConfigError::Field { field: "source.stamp_share", problem });
        }
        for stamp in &self.stamps {
            number("source.stamps.pixel_scale_arcsec", stamp.pixel_scale_arcsec, 1e-4, 10.0)?;
        }
        Ok(())
    }
}
