//! What is simulated, as a researcher writes it: a TOML file of ranges. Unknown
//! keys are refused; missing ones take the defaults, which are a survey like the
//! Legacy Surveys. [`Config::training`] holds the clearer lenses a network
//! first learns from. How many cutouts are made and which files stand in
//! `config/output.rs`.

mod lens;
mod output;
mod source;
mod stretch;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use lens::LensConfig;
pub use output::{BackgroundConfig, FitsOutput, OutputConfig, SetsConfig};
pub use source::{SizeRelation, SourceConfig, StampConfig};
pub use stretch::StretchConfig;

use crate::record::PsfShape;

/// All settings of a simulation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many cutouts.
    pub sets: SetsConfig,
    /// Which files.
    pub output: OutputConfig,
    /// Real cutouts under the arcs.
    pub background: BackgroundConfig,
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
    /// Lenses of the training set; what is not given is clearer than in `lens`.
    #[serde(deserialize_with = "lens::over_clear")]
    pub training_lens: LensConfig,
    /// The galaxies behind the lenses.
    pub source: SourceConfig,
    /// Look-alikes.
    pub look_alike: LookAlikeConfig,
    /// Training tiles from pictures.
    #[serde(skip_serializing_if = "StretchConfig::is_default")]
    pub stretch: StretchConfig,
    /// The patch of sky the cutouts come from.
    pub footprint: Footprint,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            sets: SetsConfig::default(),
            output: OutputConfig::default(),
            background: BackgroundConfig::default(),
            image: ImageConfig::default(),
            cosmology: CosmologyConfig::default(),
            cluster: ClusterConfig::default(),
            field: FieldConfig::default(),
            lens: LensConfig::default(),
            training_lens: LensConfig::clear(),
            source: SourceConfig::default(),
            look_alike: LookAlikeConfig::default(),
            stretch: StretchConfig::default(),
            footprint: Footprint::default(),
        }
    }
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
    /// What the Milky Way's dust lets through in g, r, z, 0 to 1; multiplies the source's flux.
    pub mw_transmission: [f64; 3],
    /// FITS pictures of a point source in g, r, z (odd squares of at most 63 pixels of this size, the
    /// pixel included) instead of a profile, for arcs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psf_files: Option<[PathBuf; 3]>,
    /// Whether an arc's own noise has the texture of the real cutout under it.
    pub noise_texture: bool,
    /// Cored steep ellipsoids that stand for the halo in the pixels: 44 or, faster and less exact, 16.
    pub halo_terms: u32,
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
            mw_transmission: [1.0; 3],
            psf_files: None,
            noise_texture: true,
            halo_terms: 44,
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
    /// Range the axis ratio of the halo is cut to.
    pub halo_q: [f64; 2],
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
    /// How many magnitudes the mean BCG is brighter than a characteristic galaxy; groups have less.
    #[serde(skip_serializing_if = "CentralLight::is_default")]
    pub bcg: CentralLight,
}

/// Brightness and size of the central galaxy. Left at its default it is not written out, so that data
/// made before it was a setting keep their digests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CentralLight {
    /// Mean of the magnitudes it is brighter than a characteristic galaxy, in z.
    pub brighter_mag: f64,
    /// Their scatter.
    pub scatter_mag: f64,
    /// Range they are cut to.
    pub range_mag: [f64; 2],
    /// Half-light radius of one that is 1.35 mag brighter, kpc.
    pub r_e_kpc: f64,
}

impl Default for CentralLight {
    fn default() -> Self {
        Self { brighter_mag: 1.35, scatter_mag: 0.35, range_mag: [0.4, 2.4], r_e_kpc: 16.0 }
    }
}

impl CentralLight {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            z: [0.2, 0.8],
            log_mass: 14.5,
            log_mass_scatter: 0.3,
            log_mass_range: [14.0, 15.3],
            halo_q: [0.4, 1.0],
            concentration_scatter: 0.33,
            richness_scatter_dex: 0.18,
            bcg_sigma_km_s: 300.0,
            member_sigma_km_s: 160.0,
            member_cut_kpc: 30.0,
            massive_members: 10,
            blue_share: 0.15,
            bcg: CentralLight::default(),
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
    /// Share of the spirals, rings, mergers and edge-on galaxies that stand in the middle, in the place
    /// of the cluster's central galaxy. Not written out while it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub central_share: f64,
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
            central_share: 0.0,
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
        Self::default().for_training()
    }

    /// These settings with the training set's lenses.
    #[must_use]
    pub fn for_training(&self) -> Self {
        Self { lens: self.training_lens.clone(), ..self.clone() }
    }

    /// What decides the pixels of a cutout: these settings without how many are made and in which files.
    #[must_use]
    pub(crate) fn physics(&self) -> Self {
        Self { sets: SetsConfig::default(), output: OutputConfig::default(), ..self.clone() }
    }

    /// The files whose contents decide what is drawn, in a fixed order.
    pub(crate) fn files(&self) -> Vec<&Path> {
        let psf = self.image.psf_files.iter().flatten();
        let stamps = self.source.stamps.iter().map(|stamp| &stamp.file);
        psf.chain(stamps).chain(&self.source.catalogue).map(PathBuf::as_path).collect()
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
        self.sets.check()?;
        self.output.check()?;
        let image = &self.image;
        number("image.size_px", image.size_px as f64, 32.0, 4096.0)?;
        number("image.pixel_scale_arcsec", image.pixel_scale_arcsec, 0.01, 10.0)?;
        for band in 0..3 {
            number("image.sky_sigma_nmgy", image.sky_sigma_nmgy[band], 1e-8, 1e6)?;
            number("image.electrons_per_nmgy", image.electrons_per_nmgy[band], 1e-3, 1e12)?;
            number("image.fwhm_arcsec", image.fwhm_arcsec[band], 0.05, 20.0)?;
            let pixels = image.fwhm_arcsec[band] / image.pixel_scale_arcsec;
            number("image.fwhm_arcsec over image.pixel_scale_arcsec", pixels, 0.0, 100.0)?;
            number("image.mw_transmission", image.mw_transmission[band], 1e-3, 1.0)?;
        }
        number("image.depth_scatter_dex", image.depth_scatter_dex, 0.0, 1.0)?;
        number("image.fwhm_scatter_arcsec", image.fwhm_scatter_arcsec, 0.0, 2.0)?;
        if ![16, 44].contains(&image.halo_terms) {
            let problem = format!("{} is neither 16 nor 44", image.halo_terms);
            return Err(ConfigError::Field { field: "image.halo_terms", problem });
        }
        if image.psf == PsfShape::Picture && image.psf_files.is_none() {
            let problem = "is \"picture\" but image.psf_files names none; give three files".to_owned();
            return Err(ConfigError::Field { field: "image.psf", problem });
        }
        number("image.moffat_beta", image.moffat_beta, 1.5, 20.0)?;
        number("cosmology.h0", self.cosmology.h0, 10.0, 1000.0)?;
        number("cosmology.omega_m", self.cosmology.omega_m, 0.001, 1.0)?;
        let cluster = &self.cluster;
        range("cluster.z", cluster.z, 0.05, 1.5)?;
        number("cluster.log_mass", cluster.log_mass, 12.0, 16.0)?;
        range("cluster.log_mass_range", cluster.log_mass_range, 12.0, 16.0)?;
        number("cluster.log_mass_scatter", cluster.log_mass_scatter, 0.0, 2.0)?;
        range("cluster.halo_q", cluster.halo_q, 0.1, 1.0)?;
        number("cluster.concentration_scatter", cluster.concentration_scatter, 0.0, 2.0)?;
        number("cluster.richness_scatter_dex", cluster.richness_scatter_dex, 0.0, 2.0)?;
        number("cluster.bcg_sigma_km_s", cluster.bcg_sigma_km_s, 1.0, 1000.0)?;
        number("cluster.member_sigma_km_s", cluster.member_sigma_km_s, 1.0, 1000.0)?;
        number("cluster.member_cut_kpc", cluster.member_cut_kpc, 0.1, 1e4)?;
        number("cluster.massive_members", cluster.massive_members as f64, 0.0, 1000.0)?;
        number("cluster.blue_share", cluster.blue_share, 0.0, 1.0)?;
        number("cluster.bcg.brighter_mag", cluster.bcg.brighter_mag, -5.0, 5.0)?;
        number("cluster.bcg.scatter_mag", cluster.bcg.scatter_mag, 0.0, 3.0)?;
        range("cluster.bcg.range_mag", cluster.bcg.range_mag, -5.0, 5.0)?;
        number("cluster.bcg.r_e_kpc", cluster.bcg.r_e_kpc, 0.1, 200.0)?;
        number("field.galaxies_per_arcmin2", self.field.galaxies_per_arcmin2, 0.0, 1000.0)?;
        number("field.faintest_r", self.field.faintest_r, 18.0, 30.0)?;
        number("field.stars_per_arcmin2", self.field.stars_per_arcmin2, 0.0, 1000.0)?;
        self.lens.check(&lens::LENS)?;
        self.training_lens.check(&lens::TRAINING_LENS)?;
        self.source.check(cluster.z)?;
        weights("look_alike", &self.look_alike.weights())?;
        number("look_alike.central_share", self.look_alike.central_share, 0.0, 1.0)?;
        self.stretch.check()?;
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

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn is_false(value: &bool) -> bool {
    !*value
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
    fn lenses_of_the_training_set_stay_clear_when_one_of_their_settings_is_given() {
        let config = Config::from_toml("[training_lens]\nmin_arc_sn = 60.0").unwrap();
        assert_eq!(config.training_lens, LensConfig { min_arc_sn: 60.0, ..LensConfig::clear() });
        assert!(
            Config::from_toml("[training_lens]\nmin_snr = 1.0").unwrap_err().to_string().contains("min_snr")
        );
        let error = Config::from_toml("[training_lens]\nsource_g = [1.0, 2.0]").unwrap_err().to_string();
        assert!(error.contains("training_lens.source_g"), "{error}");
    }

    #[test]
    fn a_wrong_number_is_refused_by_the_path_of_its_field() {
        let error = Config::from_toml("[image]\npixel_scale_arcsec = 0.0").unwrap_err().to_string();
        assert!(error.contains("image.pixel_scale_arcsec"), "{error}");
        let error = Config::from_toml("[cluster]\nz = [0.8, 0.2]").unwrap_err().to_string();
        assert!(error.contains("cluster.z") && error.contains("backwards"), "{error}");
        for (text, field) in [
            ("[cosmology]\nomega_m = 1.4", "cosmology.omega_m"),
            ("[cosmology]\nh0 = -70.0", "cosmology.h0"),
            ("[cluster]\nlog_mass = -14.5", "cluster.log_mass"),
            ("[cluster]\nhalo_q = [0.0, 1.0]", "cluster.halo_q"),
            ("[cluster]\nhalo_q = [0.5, 1.2]", "cluster.halo_q"),
            ("[cluster]\nz = [0.5, 0.9]\n[source]\nz = [0.2, 0.6]", "source.z"),
            ("[source]\nq = [0.2, nan]", "source.q"),
            ("[sets]\nmocks = 0", "sets"),
            ("[image]\nmw_transmission = [1.0, 0.0, 1.0]", "image.mw_transmission"),
        ] {
            let error = Config::from_toml(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("simulation setting {field}:")), "{text}: {error}");
        }
    }
}
