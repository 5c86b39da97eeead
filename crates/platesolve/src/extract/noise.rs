//! Noise behind the matched filter, from differences of pixels a few apart:
//! neither the background's slope nor stars count, and what the camera's own
//! processing (JPEG, debayering) did to the noise does.

use super::{grid::Grid, pixels::Level, quantile, smooth};

/// Pixels along a side of a block.
const BLOCK: usize = 64;
/// Distance of the two pixels along both axes; the filter does not reach so far.
const LAG: usize = 5;
/// Differences along a side of a block.
const SAMPLES: usize = 8;
/// The share of a Gaussian within 0.6745 σ is a half.
const HALF: f32 = 0.674_49 * std::f32::consts::SQRT_2;

/// Noise of a smoothed level, never zero.
pub(super) struct Noise {
    /// One value for the whole level.
    pub whole: f32,
    /// Values near a pixel: at least half of the whole's.
    pub local: Grid,
}

/// Measures it. `factor` says how many image pixels a pixel of the level is long.
pub(super) fn noise(level: &Level<'_>, is_whole: bool, factor: f64, background: &Grid) -> Noise {
    let mut all: Vec<f32> = Vec::new();
    let mut near = Vec::new();
    let local = Grid::over(level.width, level.height, BLOCK, |columns, rows| {
        near.clear();
        for y in samples(&rows, level.height) {
            for x in samples(&columns, level.width) {
                let difference = smooth::smooth_at(level, x, y) - smooth::smooth_at(level, x + LAG, y + LAG);
                near.extend(Some(difference.abs()).filter(|d| d.is_finite()));
            }
        }
        all.extend(&near);
        if near.len() < 8 { f32::NAN } else { quantile(&mut near, 0.5).map_or(f32::NAN, |d| d / HALF) }
    });
    // What rounding to whole numbers alone leaves, or to the float's digits.
    let level_of = background.values.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
    let least = if is_whole { (WHOLE_NOISE / factor) as f32 } else { level_of * 2e-6 }.max(f32::MIN_POSITIVE);
    let whole = whole_noise(&mut all).max(least);
    let local = local.smoothed().filled(whole);
    let lowest = (whole * 0.5).max(least);
    let local = Grid { values: local.values.iter().map(|v| v.max(lowest)).collect(), ..local };
    Noise { whole, local }
}

/// Noise that is assumed at least for whole numbers, behind the filter.
const WHOLE_NOISE: f64 = 0.12;

/// The quantile of |difference| below which a Gaussian has its share, raised while it is zero: a
/// picture may be black in more than half of its pixels.
fn whole_noise(differences: &mut [f32]) -> f32 {
    [(0.5, 0.674_49), (0.682_69, 1.0), (0.866_39, 1.5), (0.954_5, 2.0)]
        .iter()
        .filter_map(|&(share, sigmas)| {
            quantile(differences, share).map(|d| d / (sigmas * std::f32::consts::SQRT_2))
        })
        .find(|&sigma| sigma > 0.0)
        .unwrap_or(0.0)
}

/// Up to [`SAMPLES`] places in a range such that a lag further is still in the image.
fn samples(range: &std::ops::Range<usize>, size: usize) -> impl Iterator<Item = usize> {
    let end = range.end.min(size.saturating_sub(LAG));
    let step = range.len().div_ceil(SAMPLES).max(1);
    (range.start..end).step_by(step)
}
