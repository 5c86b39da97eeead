//! Makes the pixels of a record: smooth light as sums of Gaussians folded with
//! the point-spread function, arcs by ray-tracing, other features by sampling,
//! then noise. What there is to see is decided in [`crate::draw`].

mod arc;
mod blur;
#[cfg(test)]
mod brute_force;
mod canvas;
mod feature;
mod fourier;
mod gaussian;
mod images;
mod kernel;
mod lens_model;
mod light;
mod mixture;
mod noise;
mod normal;
mod outline;
mod psf;
mod quadrature;
mod rays;
mod seen;

use domain::SkyCoord;
use imaging::{Band, Cube, CubeError, TanWcs};

pub use arc::{ArcError, ArcImage, ArcScene};
pub use images::images;
pub use lens_model::lens_model;
pub use outline::{Outline, outline};
pub use rays::{Knot, Work};
pub use seen::Seen;

use crate::record::{Galaxy, Record, SCHEMA_VERSION};
use canvas::Canvas;

/// A record cannot be rendered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// Another schema.
    #[error(
        "record {id} has schema_version {found}, this program reads {SCHEMA_VERSION}; use the one that wrote it"
    )]
    Schema {
        /// The record.
        id: String,
        /// Its version.
        found: u32,
    },
    /// A number nothing can be made of.
    #[error("record {id}, {field}: {problem}")]
    Field {
        /// The record.
        id: String,
        /// The field.
        field: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The arc cannot be made: a profile refused its parameters, or a picture cannot be read.
    #[error("record {id}: {source}")]
    Arc {
        /// The record.
        id: String,
        /// Why.
        source: ArcError,
    },
    /// The record's background and what was given do not fit.
    #[error("record {id}: {problem}")]
    Background {
        /// The record.
        id: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The image could not be put together.
    #[error(transparent)]
    Cube(#[from] CubeError),
}

/// The image of a record with a simulated sky: bands g, r, z in nanomaggies, row 0 = south, with its projection. The
/// same record gives the same bytes, whatever else runs.
///
/// # Errors
/// When the record has another schema, a number out of range, or a real cutout as its background
/// ([`render_over`] is for those).
pub fn render(record: &Record) -> Result<Cube, RenderError> {
    let mut canvas = noise_free(record)?;
    noise::add(&record.noise, &mut canvas);
    into_cube(record, canvas)
}

/// The same image without noise.
///
/// # Errors
/// As [`render`].
pub fn render_noise_free(record: &Record) -> Result<Cube, RenderError> {
    into_cube(record, noise_free(record)?)
}

/// The image of a record over its real cutout, which [`crate::Backgrounds::load`] reads: the cutout's
/// pixels and the arc's light with the noise of its own photons. Pixels without any of its light keep
/// every bit. The same record and cutout give the same bytes.
///
/// # Errors
/// When the record has no background, another schema or a number out of range, or the cutout another
/// shape.
pub fn render_over(record: &Record, background: &Cube) -> Result<Cube, RenderError> {
    check(record)?;
    let wrong = |problem: String| RenderError::Background { id: record.mock_id.clone(), problem };
    let size = record.cutout.size_px;
    if record.background.is_none() {
        return Err(wrong("it has no background; render it alone".to_owned()));
    }
    if (background.width, background.height) != (size, size) {
        let (width, height) = (background.width, background.height);
        return Err(wrong(format!("its background has {size}² pixels, the cutout given {width}×{height}")));
    }
    if !record.features.is_empty() {
        return Err(wrong("look-alikes cannot be added to a real cutout".to_owned()));
    }
    let mut data = Vec::with_capacity(3 * size * size);
    for band in [Band::G, Band::R, Band::Z] {
        data.extend_from_slice(background.plane(band)?);
    }
    if let Some(source) = &record.source {
        let wrong = |source| RenderError::Arc { id: record.mock_id.clone(), source };
        let arc = ArcImage::trace(record, source).map_err(wrong)?.planes(record.cutout);
        noise::add_over(&record.noise, size, &arc, &mut data);
    }
    let cube = Cube::new(size, size, vec![Band::G, Band::R, Band::Z], data)?;
    Ok(Cube { wcs: background.wcs, pixel_scale_arcsec: background.pixel_scale_arcsec, ..cube })
}

fn noise_free(record: &Record) -> Result<Canvas, RenderError> {
    check(record)?;
    if let Some(background) = &record.background {
        let problem = format!("it lies over the real cutout {}; render it over that", background.id);
        return Err(RenderError::Background { id: record.mock_id.clone(), problem });
    }
    let wrong = |source| RenderError::Arc { id: record.mock_id.clone(), source };
    let mut canvas = Canvas::new(record.cutout);
    let psf = psf::of(record);
    let faintest = floors(record);
    for galaxy in galaxies(record) {
        gaussian::add_galaxy(&mut canvas, galaxy, &psf, faintest);
    }
    for star in &record.stars {
        gaussian::add_star(&mut canvas, star, &psf, faintest);
    }
    for feature in &record.features {
        feature::add(&mut canvas, feature, record, &psf);
    }
    if let Some(source) = &record.source {
        ArcImage::trace(record, source).map_err(wrong)?.add_to(&mut canvas);
    }
    Ok(canvas)
}

/// Every galaxy that is not lensed.
fn galaxies(record: &Record) -> impl Iterator<Item = &Galaxy> {
    let members = record.members.iter().map(|member| &member.light);
    std::iter::once(&record.bcg.light).chain(members).chain(&record.field)
}

/// Light below this per pixel is not drawn: a fiftieth of the sky's σ.
fn floors(record: &Record) -> [f64; 3] {
    record.noise.sky_sigma_nmgy.map(|sigma| 0.02 * sigma)
}

fn into_cube(record: &Record, canvas: Canvas) -> Result<Cube, RenderError> {
    let size = record.cutout.size_px;
    let centre = SkyCoord { ra_deg: record.ra_deg, dec_deg: record.dec_deg };
    let wcs = TanWcs::north_up(centre, size, size, record.cutout.pixel_scale_arcsec);
    let cube = Cube::new(size, size, vec![Band::G, Band::R, Band::Z], canvas.data)?;
    Ok(cube.with_wcs(wcs).with_pixel_scale(record.cutout.pixel_scale_arcsec))
}

/// Refuses what would panic, hang or fill the memory; records come from files.
fn check(record: &Record) -> Result<(), RenderError> {
    let id = || record.mock_id.clone();
    if record.schema_version != SCHEMA_VERSION {
        return Err(RenderError::Schema { id: id(), found: record.schema_version });
    }
    let within = |field, value: f64, low: f64, high: f64| {
        if (low..=high).contains(&value) {
            return Ok(());
        }
        Err(RenderError::Field {
            id: id(),
            field,
            problem: format!("{value} is not between {low} and {high}"),
        })
    };
    within("cutout.size_px", record.cutout.size_px as f64, 8.0, 8192.0)?;
    within("cutout.pixel_scale_arcsec", record.cutout.pixel_scale_arcsec, 0.001, 100.0)?;
    within("psf.beta", record.psf.beta, 1.1, 100.0)?;
    for band in 0..3 {
        within("psf.fwhm_arcsec", record.psf.fwhm_arcsec[band], 1e-3, 100.0)?;
        let pixels = record.psf.fwhm_arcsec[band] / record.cutout.pixel_scale_arcsec;
        within("psf.fwhm_arcsec in pixels", pixels, 0.0, 100.0)?;
        within("noise.sky_sigma_nmgy", record.noise.sky_sigma_nmgy[band], 1e-12, 1e9)?;
        within("noise.electrons_per_nmgy", record.noise.electrons_per_nmgy[band], 1e-9, 1e18)?;
    }
    if !["nfw_cse44", "nfw_cse16"].contains(&record.halo.profile.as_str()) {
        let problem = format!("{:?} is no profile; known are nfw_cse44, nfw_cse16", record.halo.profile);
        return Err(RenderError::Field { id: id(), field: "halo.profile", problem });
    }
    for band in 0..3 {
        within("mw_transmission", record.mw_transmission[band], 0.0, 1.0)?;
        within("noise.texture", record.noise.texture[band][0].abs(), 0.0, 1.0)?;
        within("noise.texture", record.noise.texture[band][1].abs(), 0.0, 1.0)?;
    }
    if let Some(source) = &record.source {
        within("source.components", source.components.len() as f64, 1.0, 1000.0)?;
        if let Some(stamp) = &source.stamp {
            within("source.stamp.pixel_scale_arcsec", stamp.pixel_scale_arcsec, 1e-4, 10.0)?;
        }
    }
    let sources = record.source.iter().flat_map(|source| &source.components);
    for galaxy in galaxies(record).chain(sources) {
        within("galaxy.n", galaxy.n, 0.3, 8.0)?;
        within("galaxy.r_e", galaxy.r_e, 1e-3, 1e3)?;
        within("galaxy.q", galaxy.q, 0.05, 1.0)?;
        within("galaxy.pa", galaxy.pa, -720.0, 720.0)?;
        for mag in galaxy.mag {
            within("galaxy.mag", mag, -5.0, 99.0)?;
        }
        within("galaxy.x", galaxy.x.abs() + galaxy.y.abs(), 0.0, 1e5)?;
    }
    Ok(())
}
