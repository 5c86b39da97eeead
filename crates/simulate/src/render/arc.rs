//! The image of a lensed galaxy: traced once for all bands, folded with each
//! band's exact point-spread function, cut to the field.

use lensing::{Composite, CseTable, Mass, ParameterError, StampError};

use crate::{
    kind::{Control, Kind},
    pictures::{self, PictureError, PictureImage},
    record::{Cutout, Galaxy, Picture, Psf, Record, Source},
    render::{
        blur,
        canvas::{Canvas, Stamp},
        fourier,
        kernel::Kernel,
        lens_model::{knots, lens_model},
        light::Light,
        psf,
        rays::{self, Field, Knot, Lens, Work},
    },
};

/// Light fainter than this share of the sky's σ per pixel is left out, so that pixels without an arc
/// keep every bit.
const FAINTEST_SIGMA: f64 = 1e-4;
/// Rays along the side of a pixel at a glance: two.
const GLANCE_RANK: usize = 1;

/// An arc cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ArcError {
    /// A profile refused its parameters.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A picture of a galaxy cannot be a source.
    #[error(transparent)]
    Stamp(#[from] StampError),
    /// A picture cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// The image of a lensed galaxy, folded with the point-spread function.
pub struct ArcImage {
    pub(super) stamp: Stamp,
    /// Flux of the source without a lens, nanomaggies.
    pub(super) unlensed: [f64; 3],
    /// Mean surface brightness of the inner half of its main component in its brightest band,
    /// nanomaggies per arcsec².
    pub(super) surface: f64,
    /// Pixels along the side of the field it was traced on.
    pub(super) field_px: usize,
    /// What it cost.
    pub(super) work: Work,
}

/// A source behind a lens, before a camera.
pub struct ArcScene<'a> {
    /// The lens, scaled to the source.
    pub lens: &'a dyn Mass,
    /// Its concentrated parts, once more alone.
    pub knots: Vec<Knot>,
    /// Middle of its halo.
    pub cusp: Option<[f64; 2]>,
    /// The source.
    pub components: &'a [Galaxy],
    /// A picture instead of the first component's profile.
    pub stamp: Option<&'a Picture>,
    /// Pixels.
    pub cutout: Cutout,
    /// Point-spread function, the pixel included.
    pub psf: Psf,
    /// Pictures of it, where its shape says so.
    pub psf_pictures: &'a [Picture],
    /// What multiplies the flux in g, r, z.
    pub transmission: [f64; 3],
    /// Light fainter than this per pixel is left out, nanomaggies in g, r, z.
    pub faintest: [f64; 3],
    /// At most this many rays along the side of a pixel, as a rank of the quadrature rules; `None` for
    /// as many as the light needs.
    pub coarsest: Option<usize>,
}

impl ArcScene<'_> {
    /// Traces and folds.
    ///
    /// # Errors
    /// When a parameter of the source is out of range, or a picture cannot be read.
    pub fn image(&self) -> Result<ArcImage, ArcError> {
        let kernels = psf::kernels(&self.psf, self.psf_pictures, self.cutout)?;
        let margin = kernels.iter().map(Kernel::margin).max().unwrap_or(0);
        let mut image = self.traced(margin, margin)?;
        image.stamp = self.folded(image.stamp, &kernels, [margin, margin]);
        Ok(image)
    }

    /// The image, and the light before the camera out to `half_arcsec` from the middle or beyond, from
    /// one trace.
    fn image_and_light(&self, half_arcsec: f64) -> Result<(ArcImage, ArcImage), ArcError> {
        let kernels = psf::kernels(&self.psf, self.psf_pictures, self.cutout)?;
        let margin = kernels.iter().map(Kernel::margin).max().unwrap_or(0);
        let half_px = (half_arcsec / self.cutout.pixel_scale_arcsec).ceil() as usize;
        let pad = half_px.saturating_sub(self.cutout.size_px / 2).max(margin);
        let light = self.traced(pad, margin)?;
        let stamp = self.folded(light.stamp.clone(), &kernels, [margin, pad]);
        Ok((ArcImage { stamp, ..light }, light))
    }

    /// Traces alone, to see what it costs.
    ///
    /// # Errors
    /// As [`ArcScene::image`].
    pub fn work_of_tracing(&self) -> Result<Work, ArcError> {
        let kernels = psf::kernels(&self.psf, self.psf_pictures, self.cutout)?;
        let margin = kernels.iter().map(Kernel::margin).max().unwrap_or(0);
        self.traced(margin, margin).map(|image| image.work)
    }

    /// The light before the camera, on a field `pad` pixels larger on every side, with `margin` empty
    /// pixels around it.
    pub(super) fn traced(&self, pad: usize, margin: usize) -> Result<ArcImage, ArcError> {
        let picture =
            self.stamp.map(|stamp| Ok::<_, PictureError>((pictures::load(stamp)?, stamp))).transpose()?;
        let mut lights = Vec::with_capacity(self.components.len());
        for (number, component) in self.components.iter().enumerate() {
            lights.push(match &picture {
                Some((image, stamp)) if number == 0 => {
                    let image: &PictureImage = image;
                    Light::stamp(component, image, stamp.pixel_scale_arcsec, self.transmission)?
                }
                _ => Light::sersic(component, self.transmission)?,
            });
        }
        let flux = |light: &Light, band: usize| f64::from(light.flux[band]) * light.held;
        let unlensed = [0, 1, 2].map(|band| lights.iter().map(|light| flux(light, band)).sum());
        let surface = lights.first().map_or(0.0, Light::surface);
        let size = self.cutout.size_px + 2 * pad;
        let field = Field { width: size, height: size, scale: self.cutout.pixel_scale_arcsec };
        let lens = Lens { mass: self.lens, knots: &self.knots, cusp: self.cusp, coarsest: self.coarsest };
        let (stamp, work) = rays::trace(&lens, &lights, &field, margin);
        Ok(ArcImage { stamp, unlensed, surface, field_px: size, work })
    }

    /// Folded, cut to the field that was traced `pad` pixels larger on every side, the faintest light
    /// left out.
    fn folded(&self, mut stamp: Stamp, kernels: &[Kernel; 3], [margin, pad]: [usize; 2]) -> Stamp {
        match kernels {
            [Kernel::Gaussian { sigma: g }, Kernel::Gaussian { sigma: r }, Kernel::Gaussian { sigma: z }]
                if g.min(*r).min(*z) >= blur::NARROWEST =>
            {
                blur::fold_gaussian(&mut stamp, [*g, *r, *z]);
            }
            _ => fourier::fold(&mut stamp, kernels, margin),
        }
        let mut stamp = stamp.cropped(pad, self.cutout.size_px);
        for (plane, faintest) in stamp.planes.iter_mut().zip(self.faintest) {
            let faintest = faintest as f32;
            plane.iter_mut().filter(|v| **v <= faintest).for_each(|v| *v = 0.0);
        }
        stamp
    }
}

impl ArcImage {
    /// Traces a source through the lens of the record.
    ///
    /// # Errors
    /// When a parameter of lens or source is out of range, or a picture cannot be read.
    pub fn trace(record: &Record, source: &Source) -> Result<Self, ArcError> {
        with_scene(record, source, |scene| scene.image())
    }

    /// The same several times faster and a few per cent off: 16 terms for the halo, galaxies
    /// interpolated like the rest, at most four rays per pixel. Good enough to tell an arc that nobody
    /// would see.
    ///
    /// # Errors
    /// As [`ArcImage::trace`].
    pub(crate) fn glance(record: &Record, source: &Source) -> Result<Self, ArcError> {
        let lens = lens_model(record, source.z, CseTable::Fast)?;
        let scene = scene(record, source, &lens);
        ArcScene { coarsest: Some(GLANCE_RANK), ..scene }.image()
    }

    /// The image as [`ArcImage::trace`] makes it, and the light before the camera out to `half_arcsec`
    /// from the middle or beyond.
    ///
    /// # Errors
    /// As [`ArcImage::trace`].
    pub(crate) fn with_light(
        record: &Record,
        source: &Source,
        half_arcsec: f64,
    ) -> Result<(Self, Self), ArcError> {
        with_scene(record, source, |scene| scene.image_and_light(half_arcsec))
    }

    /// Lensed over unlensed flux, inside the field.
    #[must_use]
    pub fn magnification(&self) -> f64 {
        self.stamp.planes[0].iter().map(|&f| f64::from(f)).sum::<f64>() / self.unlensed[0]
    }

    /// Adds the arc to the image.
    pub fn add_to(&self, canvas: &mut Canvas) {
        self.stamp.add_to(canvas);
    }

    /// The arc alone on the whole field: g, r, z, row 0 = south.
    #[must_use]
    pub fn planes(&self, cutout: Cutout) -> Vec<f32> {
        let mut canvas = Canvas::new(cutout);
        self.add_to(&mut canvas);
        canvas.data
    }

    /// Pixels along the side of the field it was traced on.
    pub(crate) const fn field_px(&self) -> usize {
        self.field_px
    }

    /// Deflections computed and rays looked up.
    #[must_use]
    pub const fn work(&self) -> Work {
        self.work
    }
}

/// How finely pixels follow the halo's profile.
pub fn table(record: &Record) -> CseTable {
    if record.halo.profile == "nfw_cse16" { CseTable::Fast } else { CseTable::Accurate }
}

fn with_scene<T>(
    record: &Record,
    source: &Source,
    make: impl FnOnce(&ArcScene) -> Result<T, ArcError>,
) -> Result<T, ArcError> {
    // The light of an unlensed control is where and as bright as its record says.
    let lensed = record.kind != Kind::Control(Control::Unlensed);
    let lens = if lensed { lens_model(record, source.z, table(record))? } else { Composite::new() };
    make(&ArcScene {
        knots: if lensed { knots(record, source.z)? } else { Vec::new() },
        cusp: lensed.then_some([record.bcg.light.x + record.halo.x, record.bcg.light.y + record.halo.y]),
        ..scene(record, source, &lens)
    })
}

/// A lens that is smooth everywhere.
fn scene<'a>(record: &'a Record, source: &'a Source, lens: &'a dyn Mass) -> ArcScene<'a> {
    ArcScene {
        lens,
        knots: Vec::new(),
        cusp: None,
        components: &source.components,
        stamp: source.stamp.as_ref(),
        cutout: record.cutout,
        psf: record.psf,
        psf_pictures: &record.psf_pictures,
        transmission: record.mw_transmission,
        faintest: record.noise.sky_sigma_nmgy.map(|sigma| FAINTEST_SIGMA * sigma),
        coarsest: None,
    }
}

#[cfg(test)]
mod tests {
    use domain::{Seed, SkyCoord};

    use super::*;
    use crate::{Config, draw};

    /// Only what is 15 % below a limit is left out on the word of a glance.
    #[test]
    fn a_glance_sees_nearly_what_a_whole_trace_does() {
        let sky = SkyCoord { ra_deg: 150.0, dec_deg: 20.0 };
        for i in 0..12 {
            let record =
                draw(&Config::default(), Seed::root(31).index(i), "g", Kind::Lens, sky, None).unwrap().record;
            let source = record.source.as_ref().unwrap();
            let [glance, whole] = [ArcImage::glance(&record, source), ArcImage::trace(&record, source)]
                .map(|image| image.unwrap().seen(&record, 0.0));
            let pairs = [
                ("S/N", glance.sn[1], whole.sn[1]),
                ("μ", glance.mu_total, whole.mu_total),
                ("peak", glance.peak_sigma, whole.peak_sigma),
                ("length", glance.length_arcsec, whole.length_arcsec),
            ];
            for (what, quick, exact) in pairs {
                println!("{i} {what}: {quick:.2} {exact:.2}");
                assert!(quick > 0.87 * exact && quick < 1.15 * exact, "{i} {what}: {quick} and {exact}");
            }
        }
    }
}
