//! How much light a candidate is worth as a star: a nebula's knots have large
//! blobs and little contrast, a saturated star has a large blob and no more
//! height than the next one.

use std::f64::consts::TAU;

use super::{candidates::Candidate, quantile};

/// Share of the highest value from which a source is taken to be cut off by the camera.
const FULL: f32 = 0.75;
/// What surrounds a source may take this much off its height over the threshold.
const STANDS_OUT: f32 = 0.9;
/// Blobs that are so many times as large as a star's of their height are no stars.
const EXTENDED: f64 = 2.0;

/// Sets every candidate's `flux` to its light as a star of width `psf`, and drops what does not stand out
/// of what surrounds it by about `threshold` σ; also gives the number of those.
pub(super) fn weigh(all: &[Candidate], psf: f64, threshold: f32) -> (Vec<Candidate>, usize) {
    let highest = all.iter().map(|c| c.height + c.background).fold(f32::NEG_INFINITY, f32::max);
    let widened = psf * psf + 1.0;
    let mut kept: Vec<Candidate> =
        all.iter().filter(|c| c.contrast >= STANDS_OUT * threshold * c.noise).copied().collect();
    for c in &mut kept {
        let expected = TAU * widened * f64::from(c.snr / threshold).ln().max(0.3);
        let extent = f64::from(c.area) / f64::from(c.company) / expected;
        let light = TAU * widened * f64::from(c.contrast);
        let is_full = c.height + c.background > FULL * highest;
        let light = if is_full { light * extent.max(1.0) } else { light / (extent / EXTENDED).max(1.0) };
        c.flux = light as f32;
    }
    let dropped = all.len() - kept.len();
    (kept, dropped)
}

/// Width (Gaussian σ) of the stars before the filter, in the level's pixels; `None` where too few stars tell.
///
/// A Gaussian's area over a threshold is 2π (σ² + 1) ln(height / threshold).
pub(super) fn psf_sigma(all: &[Candidate], threshold: f32) -> Option<f64> {
    let mut widths: Vec<f32> = all
        .iter()
        .filter(|c| c.company == 1 && c.snr > 3.0 * threshold && c.area >= 5 && c.area <= 200)
        .map(|c| {
            let widened = f64::from(c.area) / (TAU * f64::from(c.snr / threshold).ln());
            (widened - 1.0).max(0.09).sqrt() as f32
        })
        .collect();
    let width = if widths.len() < 3 { None } else { quantile(&mut widths, 0.4) };
    width.map(|width| f64::from(width).clamp(0.4, 4.0))
}
