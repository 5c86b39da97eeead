//! The point-spread function of each band, in pixels: exact for arcs, as a sum
//! of Gaussians for everything else.

use std::sync::Arc;

use crate::{
    pictures::{self, PictureError},
    record::{Cutout, Picture, Psf, PsfShape, Record},
    render::{
        kernel::Kernel,
        mixture::{self, Mixture},
    },
};

/// One band's point-spread function.
pub struct BandPsf {
    /// Weights and standard deviations in pixels.
    pub parts: Mixture,
    /// The same with its wings, for stars.
    pub star: Mixture,
    /// Standard deviation in pixels of the one Gaussian that stands in for it on extended light.
    pub broad: f64,
}

/// g, r, z.
pub fn of(record: &Record) -> [BandPsf; 3] {
    // A Gaussian's full width at half maximum is 2√(2 ln 2) standard deviations.
    let gaussian = || vec![(1.0, 0.5 / (2.0 * std::f64::consts::LN_2).sqrt())];
    let [unit, wings] = match record.psf.shape {
        PsfShape::Gaussian => [gaussian(), gaussian()],
        PsfShape::Moffat | PsfShape::Picture => mixture::moffat(record.psf.beta).clone(),
    };
    record.psf.fwhm_arcsec.map(|fwhm| {
        let pixels = fwhm / record.cutout.pixel_scale_arcsec;
        let scaled = |unit: &Mixture| {
            unit.iter().map(|&(weight, sigma)| (weight, sigma * pixels)).collect::<Mixture>()
        };
        let parts = scaled(&unit);
        let variance: f64 = parts.iter().map(|(weight, sigma)| weight * sigma * sigma).sum();
        BandPsf { parts, star: scaled(&wings), broad: variance.sqrt() }
    })
}

/// Longest side of a picture of the function, pixels.
const LONGEST: usize = 63;

/// The exact functions, for arcs.
///
/// # Errors
/// When a picture cannot be read, or is no picture of a point source for these pixels.
pub fn kernels(psf: &Psf, pictures: &[Picture], cutout: Cutout) -> Result<[Kernel; 3], PictureError> {
    let mut kernels = psf.fwhm_arcsec.map(|fwhm| {
        let fwhm = fwhm / cutout.pixel_scale_arcsec;
        match psf.shape {
            PsfShape::Gaussian => Kernel::gaussian(fwhm),
            PsfShape::Moffat | PsfShape::Picture => Kernel::moffat(fwhm, psf.beta),
        }
    });
    if psf.shape == PsfShape::Picture {
        let wrong = |path: &str, problem: String| PictureError { path: path.to_owned(), problem };
        if pictures.len() != 3 {
            let problem =
                format!("{} pictures of the point-spread function, three are needed", pictures.len());
            return Err(wrong("psf_pictures", problem));
        }
        for (kernel, picture) in kernels.iter_mut().zip(pictures) {
            let image = pictures::load(picture)?;
            let side = image.width;
            if side != image.height || side % 2 == 0 || side > LONGEST {
                let problem = format!(
                    "{side}×{} pixels; a point-spread function needs an odd square of at most {LONGEST}",
                    image.height
                );
                return Err(wrong(&picture.source, problem));
            }
            if (picture.pixel_scale_arcsec / cutout.pixel_scale_arcsec - 1.0).abs() > 0.01 {
                let problem = format!(
                    "its pixels are {} arcsec, the image's {}; resample it",
                    picture.pixel_scale_arcsec, cutout.pixel_scale_arcsec
                );
                return Err(wrong(&picture.source, problem));
            }
            *kernel = Kernel::Picture { side, data: Arc::new(image.data.clone()) };
        }
    }
    Ok(kernels)
}
