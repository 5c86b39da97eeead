//! Draws the record of one cutout: which galaxies, stars, lens and look-alikes
//! there are. Pixels belong to [`crate::render`].

mod catalogue;
mod cluster;
mod field;
mod lens;
mod look_alike;
mod place;
mod rejected;
mod source;
mod stretch;

use std::path::PathBuf;

use domain::{Seed, SkyCoord};
use lensing::{Cosmology, ParameterError};

pub use rejected::{Missed, Rejected};

use crate::{
    backgrounds::BackgroundCutout,
    config::{Config, ConfigError},
    dice::{Dice, round},
    kind::{Control, Kind},
    pictures::{self, PictureError},
    record::{Background, CosmologyRecord, Cutout, FRAME, Noise, Psf, PsfShape, Record, SCHEMA_VERSION},
    render::ArcError,
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
    /// An arc could not be traced.
    #[error(transparent)]
    Arc(#[from] ArcError),
    /// A picture named in the settings cannot be used.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The catalogue of sources cannot be used.
    #[error("catalogue of sources {path}: {problem}", path = path.display())]
    Catalogue {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        problem: String,
    },
    /// Nothing of this kind can be made over a real cutout.
    #[error("a cutout of kind {kind} cannot be made over a real background; simulate its sky")]
    NotOverBackground {
        /// The kind.
        kind: Kind,
    },
    /// A real cutout no arc may be laid over.
    #[error("the real cutout {id} cannot lie under an arc: {reason}; leave it out of background.dataset")]
    Background {
        /// The cutout.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
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

/// A cutout's record, and what was tried on the way to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The record.
    pub record: Record,
    /// Arcs that nobody would have seen, in the order they were tried.
    pub rejected: Vec<Rejected>,
}

/// Draws one cutout, over a real background if one is given. The same arguments give the same record.
///
/// # Errors
/// When the settings cannot be used or allow no lens.
pub fn draw(
    config: &Config,
    seed: Seed,
    id: &str,
    kind: Kind,
    sky: SkyCoord,
    background: Option<&BackgroundCutout>,
) -> Result<Drawn, DrawError> {
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
    let sky = background.and_then(|b| b.sky).unwrap_or(sky);
    let own = |seen: Option<[f64; 3]>, drawn: [f64; 3]| seen.unwrap_or(drawn);
    let mut psf = Psf { shape: image.psf, beta: image.moffat_beta, fwhm_arcsec: fwhm };
    if let Some(background) = background {
        for (fwhm, seen) in psf.fwhm_arcsec.iter_mut().zip(background.psf_fwhm_arcsec) {
            *fwhm = round(seen.unwrap_or(*fwhm), 3);
        }
    }
    let psf_pictures = match (&image.psf_files, image.psf) {
        (Some(files), PsfShape::Picture) => files
            .iter()
            .map(|file| pictures::describe_or(file, image.pixel_scale_arcsec))
            .collect::<Result<_, _>>()?,
        _ => Vec::new(),
    };
    let dust = background.and_then(|b| b.mw_transmission);
    let texture = background.filter(|_| image.noise_texture).map_or([[0.0; 2]; 3], |b| b.texture);
    let mut record = Record {
        schema_version: SCHEMA_VERSION,
        code_version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: seed.to_u64(),
        mock_id: id.to_owned(),
        kind,
        frame: FRAME.to_owned(),
        ra_deg: round(sky.ra_deg, 7),
        dec_deg: round(sky.dec_deg, 7),
        cluster_id: background.and_then(|b| b.cluster_id),
        background: background.map(|b| Background {
            id: b.id.clone(),
            sha256: b.sha256.clone(),
            source: b.source.clone(),
        }),
        mw_transmission: own(dust, image.mw_transmission).map(|t| round(t, 4)),
        cutout: background
            .map_or(Cutout { size_px: image.size_px, pixel_scale_arcsec: image.pixel_scale_arcsec }, |b| {
                Cutout { size_px: b.cube.width, pixel_scale_arcsec: b.pixel_scale_arcsec }
            }),
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
        psf,
        psf_pictures,
        noise: Noise {
            sky_sigma_nmgy: own(background.map(|b| b.sky_sigma_nmgy), depth),
            electrons_per_nmgy: image.electrons_per_nmgy,
            seed: seed.child("noise").to_u64(),
            texture,
        },
        stretch: None,
    };
    if background.is_none() {
        field::draw(config, &mut Dice::new(seed.child("field")), &mut record);
    }
    let mut rejected = Vec::new();
    match kind {
        Kind::Lens | Kind::Control(_) => {
            // A control is drawn as a lens, or its cluster would tell it from one; then its source is
            // taken out from behind the lens, or away.
            record.kind = Kind::Lens;
            rejected = lens::draw(config, &universe, seed.child("lens"), background, &mut record)?;
            if kind != Kind::Lens {
                rejected.clear();
                lens::unlens(&mut record)?;
            }
            if kind == Kind::Control(Control::Empty) {
                (record.kind, record.source, record.results) = (kind, None, None);
            }
        }
        Kind::Plain | Kind::LookAlike(_) => {
            let mut dice = Dice::new(seed.child("cluster"));
            cluster::draw(config, &universe, background, &mut dice, &mut record);
            cluster::populate(config, &universe, background, &mut dice, &mut record);
        }
    }
    if let Kind::LookAlike(look_alike) = kind {
        if background.is_some() {
            return Err(DrawError::NotOverBackground { kind });
        }
        let mut dice = Dice::new(seed.child("look-alike"));
        look_alike::draw(look_alike, config.look_alike.central_share, &mut dice, &mut record);
    }
    record.stretch = stretch::draw(&config.stretch, &mut Dice::new(seed.child("stretch")), &record);
    Ok(Drawn { record, rejected })
}

/// Half the side of the field, arcsec.
fn half_field(record: &Record) -> f64 {
    0.5 * record.cutout.size_px as f64 * record.cutout.pixel_scale_arcsec
}
