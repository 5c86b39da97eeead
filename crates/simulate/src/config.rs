//! What is simulated, as a researcher writes it: a TOML file of ranges. Unknown
//! keys are refused; missing ones take the defaults, which are a survey like the
//! Legacy Surveys. [`Config::training`] holds the clearer lenses a network
//! first learns from.

use serde::{Deserialize, Serialize};

use crate::record::PsfShape;

/// All settings of a simulation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Pixels, depth and seeing.
    pub image: ImageConfig,
    /// Geometry of the universe.
    pub cosmology: CosmologyConfig,
    /// Clusters.
    pub cluster: ClusterConfig,
    /// Galaxies and stars that do not belong to the cluster.
    pub field: FieldConfig,
    /// Lenses.
    pub lens: LensConfig,
    /// Look-alikes.
    pub look_alike: LookAlikeConfig,
    /// The patch of sky the cutouts come from.
    pub footprint: Footprint,
}

/// Pixels, depth and seeing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageConfig {
    /// Pixels along each side.
    pub size_px: usize,
    /// Side of a pixel, arcsec.
    pub pixel_scale_arcsec: f64,
    /// σ of the sky in a pixel of 0.262 arcsec in g, r, z, nanomaggies; scaled with the pixel.
    pub sky_sigma_nmgy: [f64; 3],
    /// Scatter of the depth from field to field, dex.
    pub depth_scatter_dex: f64,
    /// Electrons per nanomaggie in g, r, z.
    pub electrons_per_nmgy: [f64; 3],
    /// Shape of the point-spread function.
    pub psf: PsfShape,
    /// Moffat's β.
    pub moffat_beta: f64,
    /// Mean full width at half maximum in g, r, z, arcsec.
    pub fwhm_arcsec: [f64; 3],
    /// Its scatter from field to field, arcsec.
    pub fwhm_scatter_arcsec: f64,
}

impl Default for ImageConfig {
    fn default() -> Self {
        Self {
            size_px: 381,
            pixel_scale_arcsec: 0.262,
            sky_sigma_nmgy: [0.0031, 0.0064, 0.0146],
            depth_scatter_dex: 0.05,
            electrons_per_nmgy: [2000.0, 2500.0, 2200.0],
            psf: PsfShape::Moffat,
            moffat_beta: 3.5,
            fwhm_arcsec: [1.27, 1.14, 1.11],
            fwhm_scatter_arcsec: 0.1,
        }
    }
}

/// Flat ΛCDM.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CosmologyConfig {
    /// Hubble constant, km/s/Mpc.
    pub h0: f64,
    /// Matter density.
    pub omega_m: f64,
}

impl Default for CosmologyConfig {
    fn default() -> Self {
        Self { h0: 70.0, omega_m: 0.3 }
    }
}

/// Clusters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterConfig {
    /// Range of redshifts.
    pub z: [f64; 2],
    /// Mean of log10 M200c/M☉.
    pub log_mass: f64,
    /// Its scatter, dex.
    pub log_mass_scatter: f64,
    /// Range it is cut to.
    pub log_mass_range: [f64; 2],
    /// Scatter of ln c at fixed mass.
    pub concentration_scatter: f64,
    /// Scatter of the number of members at fixed mass, dex.
    pub richness_scatter_dex: f64,
    /// Velocity dispersion of the mean BCG, km/s.
    pub bcg_sigma_km_s: f64,
    /// Velocity dispersion of a member of characteristic luminosity, km/s.
    pub member_sigma_km_s: f64,
    /// Cut radius of a member of characteristic luminosity, kpc.
    pub member_cut_kpc: f64,
    /// How many members have a mass of their own.
    pub massive_members: usize,
    /// Share of members off the red sequence.
    pub blue_share: f64,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            z: [0.2, 0.8],
            log_mass: 14.5,
            log_mass_scatter: 0.3,
            log_mass_range: [14.0, 15.3],
            concentration_scatter: 0.33,
            richness_scatter_dex: 0.18,
            bcg_sigma_km_s: 300.0,
            member_sigma_km_s: 160.0,
            member_cut_kpc: 30.0,
            massive_members: 10,
            blue_share: 0.15,
        }
    }
}

/// Galaxies and stars that do not belong to the cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FieldConfig {
    /// Galaxies per square arcmin brighter than the limit.
    pub galaxies_per_arcmin2: f64,
    /// Their faintest r magnitude.
    pub faintest_r: f64,
    /// Stars per square arcmin.
    pub stars_per_arcmin2: f64,
}

impl Default for FieldConfig {
    fn default() -> Self {
        Self { galaxies_per_arcmin2: 22.0, faintest_r: 24.2, stars_per_arcmin2: 1.6 }
    }
}

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
            source_g: [21.5, 26.0],
            min_arc_sn: 25.0,
            min_length_fwhm: 4.0,
            min_peak_sigma: 2.5,
            min_magnification: 4.0,
            log_mass_shift: 0.15,
            placement: [0.25, 0.65, 0.1],
            clumpy_share: 0.5,
        }
    }
}

/// Relative frequency of the look-alikes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LookAlikeConfig {
    /// Face-on spirals.
    pub spiral: f64,
    /// Ring galaxies.
    pub ring: f64,
    /// Edge-on galaxies along a circle.
    pub edge_on_pair: f64,
    /// Mergers with tails.
    pub merger: f64,
    /// Bright stars.
    pub star_spike: f64,
    /// Satellites.
    pub satellite_trail: f64,
}

impl Default for LookAlikeConfig {
    fn default() -> Self {
        Self {
            spiral: 0.25,
            ring: 0.15,
            edge_on_pair: 0.3,
            merger: 0.15,
            star_spike: 0.1,
            satellite_trail: 0.05,
        }
    }
}

/// A patch of sky between two right ascensions and two declinations, degrees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Footprint {
    /// From and to.
    pub ra_deg: [f64; 2],
    /// From and to.
    pub dec_deg: [f64; 2],
}

impl Default for Footprint {
    fn default() -> Self {
        Self { ra_deg: [130.0, 230.0], dec_deg: [0.0, 30.0] }
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A number out of its range.
    #[error("simulation setting {field}: {problem}")]
    Field {
        /// Path of the field in the TOML file.
        field: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The text is no TOML, or has a key nobody knows.
    #[error("simulation settings: {0}")]
    Toml(String),
}

impl Config {
    /// Clear lenses to learn from: the same sky, brighter and longer arcs.
    #[must_use]
    pub fn training() -> Self {
        let lens = LensConfig {
            theta_e_arcsec: [5.0, 20.0],
            source_g: [21.0, 25.5],
            min_arc_sn: 45.0,
            min_length_fwhm: 5.0,
            min_peak_sigma: 3.0,
            min_magnification: 6.0,
            placement: [0.0, 0.88, 0.12],
            ..LensConfig::default()
        };
        Self { lens, ..Self::default() }
    }

    /// Reads a TOML text and checks it.
    ///
    /// # Errors
    /// When it is no TOML, has an unknown key, or a value out of range.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::Toml(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// The settings as TOML, every field written out.
    ///
    /// # Errors
    /// Never for a checked config.
    pub fn to_toml(&self) -> Result<String, ConfigError> {
        toml::to_string_pretty(self).map_err(|error| ConfigError::Toml(error.to_string()))
    }

    /// Whether every setting can be used.
    ///
    /// # Errors
    /// Names the first field that cannot, and why.
    pub fn check(&self) -> Result<(), ConfigError> {
        let image = &self.image;
        number("image.size_px", image.size_px as f64, 32.0, 4096.0)?;
        number("image.pixel_scale_arcsec", image.pixel_scale_arcsec, 0.01, 10.0)?;
        for band in 0..3 {
            number("image.sky_sigma_nmgy", image.sky_sigma_nmgy[band], 1e-8, 1e6)?;
            number("image.electrons_per_nmgy", image.electrons_per_nmgy[band], 1e-3, 1e12)?;
            number("image.fwhm_arcsec", image.fwhm_arcsec[band], 0.05, 20.0)?;
        }
        number("image.depth_scatter_dex", image.depth_scatter_dex, 0.0, 1.0)?;
        number("image.fwhm_scatter_arcsec", image.fwhm_scatter_arcsec, 0.0, 2.0)?;
        number("image.moffat_beta", image.moffat_beta, 1.5, 20.0)?;
        number("cosmology.h0", self.cosmology.h0, 10.0, 1000.0)?;
        number("cosmology.omega_m", self.cosmology.omega_m, 0.001, 1.0)?;
        let cluster = &self.cluster;
        range("cluster.z", cluster.z, 0.05, 1.5)?;
        number("cluster.log_mass", cluster.log_mass, 12.0, 16.0)?;
        range("cluster.log_mass_range", cluster.log_mass_range, 12.0, 16.0)?;
        number("cluster.log_mass_scatter", cluster.log_mass_scatter, 0.0, 2.0)?;
        number("cluster.concentration_scatter", cluster.concentration_scatter, 0.0, 2.0)?;
        number("cluster.richness_scatter_dex", cluster.richness_scatter_dex, 0.0, 2.0)?;
        number("cluster.bcg_sigma_km_s", cluster.bcg_sigma_km_s, 1.0, 1000.0)?;
        number("cluster.member_sigma_km_s", cluster.member_sigma_km_s, 1.0, 1000.0)?;
        number("cluster.member_cut_kpc", cluster.member_cut_kpc, 0.1, 1e4)?;
        number("cluster.massive_members", cluster.massive_members as f64, 0.0, 1000.0)?;
        number("cluster.blue_share", cluster.blue_share, 0.0, 1.0)?;
        number("field.galaxies_per_arcmin2", self.field.galaxies_per_arcmin2, 0.0, 1000.0)?;
        number("field.faintest_r", self.field.faintest_r, 18.0, 30.0)?;
        number("field.stars_per_arcmin2", self.field.stars_per_arcmin2, 0.0, 1000.0)?;
        let lens = &self.lens;
        range("lens.theta_e_arcsec", lens.theta_e_arcsec, 0.5, 60.0)?;
        range("lens.source_g", lens.source_g, 15.0, 32.0)?;
        number("lens.min_arc_sn", lens.min_arc_sn, 0.0, 1e6)?;
        number("lens.min_length_fwhm", lens.min_length_fwhm, 0.0, 100.0)?;
        number("lens.min_peak_sigma", lens.min_peak_sigma, 0.0, 1e6)?;
        number("lens.min_magnification", lens.min_magnification, 0.0, 1e3)?;
        number("lens.log_mass_shift", lens.log_mass_shift, -2.0, 2.0)?;
        number("lens.clumpy_share", lens.clumpy_share, 0.0, 1.0)?;
        weights("lens.placement", &lens.placement)?;
        weights("look_alike", &self.look_alike.weights())?;
        range("footprint.ra_deg", self.footprint.ra_deg, -360.0, 720.0)?;
        range("footprint.dec_deg", self.footprint.dec_deg, -90.0, 90.0)
    }
}

impl LookAlikeConfig {
    /// The weights in the order of [`crate::LookAlike::ALL`].
    #[must_use]
    pub const fn weights(&self) -> [f64; 6] {
        [self.spiral, self.ring, self.edge_on_pair, self.merger, self.star_spike, self.satellite_trail]
    }
}

fn number(field: &'static str, value: f64, low: f64, high: f64) -> Result<(), ConfigError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(ConfigError::Field { field, problem: format!("{value} is not between {low} and {high}") })
}

fn range(field: &'static str, [from, to]: [f64; 2], low: f64, high: f64) -> Result<(), ConfigError> {
    number(field, from, low, high)?;
    number(field, to, low, high)?;
    if from <= to {
        return Ok(());
    }
    Err(ConfigError::Field {
        field,
        problem: format!("[{from}, {to}] runs backwards; write the smaller number first"),
    })
}

fn weights(field: &'static str, weights: &[f64]) -> Result<(), ConfigError> {
    if weights.iter().all(|w| (0.0..=1e9).contains(w)) && weights.iter().sum::<f64>() > 0.0 {
        return Ok(());
    }
    let problem = format!("{weights:?} cannot be weights; give numbers of at least 0, one of them above 0");
    Err(ConfigError::Field { field, problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_pass_their_own_check_and_survive_toml() {
        for config in [Config::default(), Config::training()] {
            config.check().unwrap();
            assert_eq!(Config::from_toml(&config.to_toml().unwrap()).unwrap(), config);
        }
        assert_eq!(Config::from_toml("").unwrap(), Config::default());
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = Config::from_toml("[lens]\nmin_arc_snr = 5.0").unwrap_err().to_string();
        assert!(error.contains("min_arc_snr"), "{error}");
    }

    #[test]
    fn a_wrong_number_is_refused_by_the_path_of_its_field() {
        let error = Config::from_toml("[image]\npixel_scale_arcsec = 0.0").unwrap_err().to_string();
        assert!(error.contains("image.pixel_scale_arcsec"), "{error}");
        let error = Config::from_toml("[cluster]\nz = [0.8, 0.2]").unwrap_err().to_string();
        assert!(error.contains("cluster.z") && error.contains("backwards"), "{error}");
    }
}
