//! The point-spread function of each band as a sum of Gaussians, in pixels.

use crate::{
    record::{PsfShape, Record},
    render::mixture::{self, Mixture},
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
        PsfShape::Moffat => mixture::moffat(record.psf.beta).clone(),
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
