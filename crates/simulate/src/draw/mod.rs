//! Draws the record of one cutout: which galaxies, stars, lens and look-alikes
//! there are. Pixels belong to [`crate::render`].

mod cluster;
mod field;
mod lens;
mod look_alike;
mod source;

use domain::{Seed, SkyCoord};
use lensing::{Cosmology, ParameterError};

use crate::{
    config::{Config, ConfigError},
    dice::{Dice, round},
    kind::Kind,
    record::{CosmologyRecord, Cutout, FRAME, Noise, Psf, Record, SCHEMA_VERSION},
};

/// No record can be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DrawError {
    /// A setting that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A profile refused its parameters.
    #[error("simulation settings lead to an impossible profile: {0}")]
    Parameter(#[from] ParameterError),
    /// No lens met the limits.
    #[error(
        "no lens with Einstein radius {theta_e:?} arcsec and a visible arc was found in {tries} tries; widen \
         lens.theta_e_arcsec, raise cluster.log_mass, brighten lens.source_g or lower lens.min_arc_sn"
    )]
    NoLens {
        /// Range asked for.
        theta_e: [f64; 2],
        /// Clusters tried.
        tries: usize,
    },
}

/// Draws one cutout. The same arguments give the same record.
///
/// # Errors
/// When the settings cannot be used or allow no lens.
pub fn draw(config: &Config, seed: Seed, id: &str, kind: Kind, sky: SkyCoord) -> Result<Record, DrawError> {
    config.check()?;
    let universe = Cosmology::new(config.cosmology.h0, config.cosmology.omega_m)?;
    let mut conditions = Dice::new(seed.child("conditions"));
    let image = &config.image;
    let scale = image.pixel_scale_arcsec / 0.262;
    let depth = image
        .sky_sigma_nmgy
        .map(|sigma| round(sigma * scale * 10f64.powf(conditions.normal(0.0, image.depth_scatter_dex)), 6));
    // Seeing is mostly the same in all bands of a field.
    let common = conditions.normal(0.0, image.fwhm_scatter_arcsec);
    let fwhm = image.fwhm_arcsec.map(|mean| {
        let own = conditions.normal(0.0, 0.5 * image.fwhm_scatter_arcsec);
        round((mean + common + own).max(0.7 * mean), 3)
    });
    let mut record = Record {
        schema_version: SCHEMA_VERSION,
        code_version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: seed.to_u64(),
        mock_id: id.to_owned(),
        kind,
        frame: FRAME.to_owned(),
        ra_deg: round(sky.ra_deg, 7),
        dec_deg: round(sky.dec_deg, 7),
        cutout: Cutout { size_px: image.size_px, pixel_scale_arcsec: image.pixel_scale_arcsec },
        cosmology: CosmologyRecord { h0: universe.h0_km_s_mpc(), omega_m: universe.omega_m() },
        z_cluster: 0.0,
        halo: cluster::no_halo(),
        shear: [0.0, 0.0],
        bcg: cluster::no_galaxy(),
        members: Vec::new(),
        field: Vec::new(),
        stars: Vec::new(),
        features: Vec::new(),
        source: None,
        results: None,
        psf: Psf { shape: image.psf, beta: image.moffat_beta, fwhm_arcsec: fwhm },
        noise: Noise {
            sky_sigma_nmgy: depth,
            electrons_per_nmgy: image.electrons_per_nmgy,
            seed: seed.child("noise").to_u64(),
        },
    };
    field::draw(config, &mut Dice::new(seed.child("field")), &mut record);
    if kind == Kind::Lens {
        lens::draw(config, &universe, seed.child("lens"), &mut record)?;
    } else {
        let mut dice = Dice::new(seed.child("cluster"));
        cluster::draw(config, &universe, &mut dice, &mut record);
        cluster::populate(config, &universe, &mut dice, &mut record);
    }
    if let Kind::LookAlike(look_alike) = kind {
        look_alike::draw(look_alike, &mut Dice::new(seed.child("look-alike")), &mut record);
    }
    Ok(record)
}

/// Half the side of the field, arcsec.
fn half_field(record: &Record) -> f64 {
    0.5 * record.cutout.size_px as f64 * record.cutout.pixel_scale_arcsec
}
