//! Folds sampled light with a point-spread function made of Gaussians: each is
//! separable, so rows first, then columns.

use crate::render::{canvas::Stamp, mixture::Mixture, psf::BandPsf};

/// How far light spreads, pixels: the margin a stamp needs.
pub fn margin(psf: &[BandPsf; 3]) -> usize {
    let widest = psf.iter().flat_map(|band| &band.parts).map(|part| part.1).fold(0.0, f64::max);
    radius(widest, REACH)
}

/// The narrowest Gaussian for which a spline is near enough to one (3e-4 of a point's peak), pixels.
pub const NARROWEST: f64 = 1.6;

/// How many standard deviations an arc's Gaussian reaches: e^−12.5 of its peak.
const ARC_REACH: f64 = 5.0;
/// The same for other features, which need no such accuracy.
const REACH: f64 = 3.5;

/// Folds every plane, shared between pixels by quadratic splines, with one Gaussian, whose standard
/// deviation in pixels includes the pixel; above [`NARROWEST`].
pub fn fold_gaussian(stamp: &mut Stamp, sigmas: [f64; 3]) {
    let (width, height) = (stamp.width, stamp.height);
    if width == 0 || height == 0 {
        return;
    }
    for (plane, sigma) in stamp.planes.iter_mut().zip(sigmas) {
        // The splines' ¼ comes off; the fold itself takes off a pixel's 1/12.
        let parts = vec![(1.0, (sigma * sigma - 0.25 + 1.0 / 12.0).sqrt())];
        // Compiled for the widest vectors of the machine; the arithmetic is the same on all.
        *plane = pulp::Arch::new().dispatch(
            #[inline(always)]
            || fold_plane(plane, width, height, &parts, ARC_REACH),
        );
    }
}

/// Folds every plane with its band's function. Sampled light has already been averaged over pixels,
/// which the function includes too, so the pixel's own variance comes off.
pub fn fold(stamp: &mut Stamp, psf: &[BandPsf; 3]) {
    let (width, height) = (stamp.width, stamp.height);
    if width == 0 || height == 0 {
        return;
    }
    for (plane, band) in stamp.planes.iter_mut().zip(psf) {
        // Compiled for the widest vectors of the machine; the arithmetic is the same on all.
        *plane = pulp::Arch::new().dispatch(
            #[inline(always)]
            || fold_plane(plane, width, height, &band.parts, REACH),
        );
    }
}

#[inline(always)]
fn fold_plane(plane: &[f32], width: usize, height: usize, parts: &Mixture, spread: f64) -> Vec<f32> {
    let mut sum = vec![0.0; plane.len()];
    for &(weight, sigma) in parts {
        let kernel = kernel((sigma * sigma - 1.0 / 12.0).max(0.01).sqrt(), spread);
        let mut rows = vec![0.0; plane.len()];
        for (from, to) in plane.chunks_exact(width).zip(rows.chunks_exact_mut(width)) {
            if from.iter().any(|&value| value != 0.0) {
                fold_row(from, to, &kernel);
            }
        }
        let reach = kernel.len() / 2;
        for (y, to) in sum.chunks_exact_mut(width).enumerate() {
            for (k, &tap) in kernel.iter().enumerate() {
                let Some(from) = (y + k).checked_sub(reach).filter(|&row| row < height) else { continue };
                let scale = weight as f32 * tap;
                for (to, &value) in to.iter_mut().zip(&rows[from * width..(from + 1) * width]) {
                    *to += scale * value;
                }
            }
        }
    }
    sum
}

/// One row, tap by tap, so that the inner loop runs along memory.
#[inline(always)]
fn fold_row(from: &[f32], to: &mut [f32], kernel: &[f32]) {
    let reach = kernel.len() / 2;
    for (k, &tap) in kernel.iter().enumerate() {
        // to[x] += tap · from[x + k − reach]
        let shift = k.abs_diff(reach);
        if shift >= from.len() {
            continue;
        }
        let rest = from.len() - shift;
        let (to, from) =
            if k >= reach { (&mut to[..rest], &from[shift..]) } else { (&mut to[shift..], &from[..rest]) };
        for (to, &value) in to.iter_mut().zip(from) {
            *to += tap * value;
        }
    }
}

fn radius(sigma: f64, spread: f64) -> usize {
    (spread * sigma).ceil() as usize
}

fn kernel(sigma: f64, spread: f64) -> Vec<f32> {
    let reach = radius(sigma, spread) as i64;
    let taps: Vec<f64> = (-reach..=reach).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| (tap / sum) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_becomes_a_round_gaussian_of_the_same_flux() {
        let mut plane = vec![0.0; 41 * 31];
        plane[15 * 41 + 20] = 2.0;
        let sigma = 2.0_f64;
        let folded = fold_plane(&plane, 41, 31, &vec![(1.0, (sigma * sigma + 1.0 / 12.0).sqrt())], REACH);
        assert!((folded.iter().sum::<f32>() - 2.0).abs() < 1e-4);
        let at = |dx: usize, dy: usize| folded[(15 + dy) * 41 + 20 + dx];
        assert!((at(3, 0) - at(0, 3)).abs() < 1e-7);
        assert!((f64::from(at(2, 0) / at(0, 0)) - (-0.5_f64).exp()).abs() < 1e-5);
    }
}
