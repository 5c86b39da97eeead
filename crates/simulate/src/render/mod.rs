//! Makes the pixels of a record: smooth light as sums of Gaussians folded with
//! the point-spread function, arcs by ray-tracing, other features by sampling,
//! then noise. What there is to see is decided in [`crate::draw`].

mod arc;
mod blur;
mod canvas;
mod feature;
mod gaussian;
mod lens_model;
mod mixture;
mod noise;
mod normal;
mod psf;
mod seen;

use domain::SkyCoord;
use imaging::{Band, Cube, CubeError, TanWcs};
use lensing::ParameterError;

pub use arc::ArcImage;
pub use lens_model::lens_model;
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
    /// A profile refused its parameters.
    #[error("record {id}: {source}")]
    Parameter {
        /// The record.
        id: String,
        /// Which parameter.
        source: ParameterError,
    },
    /// The image could not be put together.
    #[error(transparent)]
    Cube(#[from] CubeError),
}

/// The image of a record: bands g, r, z in nanomaggies, row 0 = south, with its projection. The
/// same record gives the same bytes, whatever else runs.
///
/// # Errors
/// When the record has another schema, or a number out of range.
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

fn noise_free(record: &Record) -> Result<Canvas, RenderError> {
    check(record)?;
    let wrong = |source| RenderError::Parameter { id: record.mock_id.clone(), source };
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
        within("noise.sky_sigma_nmgy", record.noise.sky_sigma_nmgy[band], 1e-12, 1e9)?;
        within("noise.electrons_per_nmgy", record.noise.electrons_per_nmgy[band], 1e-9, 1e18)?;
    }
    let sources = record.source.iter().flat_map(|source| &source.components);
    for galaxy in galaxies(record).chain(sources) {
        within("galaxy.n", galaxy.n, 0.3, 8.0)?;
        within("galaxy.r_e", galaxy.r_e, 1e-3, 1e3)?;
        within("galaxy.q", galaxy.q, 0.05, 1.0)?;
        within("galaxy.pa", galaxy.pa, -720.0, 720.0)?;
        within("galaxy.x", galaxy.x.abs() + galaxy.y.abs(), 0.0, 1e5)?;
    }
    Ok(())
}
