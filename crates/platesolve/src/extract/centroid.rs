//! The final centre of a source: the mean under a Gaussian window that moves
//! with it, near the photon bound for stars as wide as the window.
//!
//! Bound for a Gaussian star of width σ on a background of noise n per pixel:
//! √(8π) σ² n / flux along one axis.

use super::pixels::Level;

const STEPS: usize = 10;
const GOOD_ENOUGH: f64 = 4e-3;
/// Pixels the window reaches at most.
const LONGEST: f64 = 40.0;

/// Share of the height over `floor` down to which pixels belong to a flat top.
const FLAT: f32 = 0.9;
/// Pixels of a flat top that are looked at.
const MOST_FLAT: usize = 2000;

/// The middle and the radius of the flat top that a saturated source has around its maximum; `None` where
/// the top is as round as a star's.
pub(super) fn flat_top(level: &Level<'_>, floor: f32, x: f64, y: f64) -> Option<([f64; 2], f64)> {
    let index = |at: f64, size: usize| (at.round().max(0.0) as usize).min(size - 1);
    let start = (index(x, level.width), index(y, level.height));
    let least = (level.at(start.0, start.1) - floor) * FLAT + floor;
    let mut open = vec![start];
    let mut seen = vec![start];
    let (mut sum, mut count) = ([0.0; 2], 0_usize);
    while let Some((i, j)) = open.pop() {
        sum = [sum[0] + i as f64, sum[1] + j as f64];
        count += 1;
        if count > MOST_FLAT {
            return None;
        }
        for (dx, dy) in [(-1_isize, 0_isize), (1, 0), (0, -1), (0, 1)] {
            let (Some(u), Some(v)) = (i.checked_add_signed(dx), j.checked_add_signed(dy)) else { continue };
            let is_flat = u < level.width && v < level.height && level.at(u, v) >= least;
            // Flat tops are small: a look through the list is quicker than a set.
            if is_flat && !seen.contains(&(u, v)) {
                seen.push((u, v));
                open.push((u, v));
            }
        }
    }
    let radius = (count as f64 / std::f64::consts::PI).sqrt();
    // Four pixels are within a tenth of the maximum of a star as wide as windows are.
    (count > 6).then(|| (sum.map(|s| s / count as f64), radius))
}

/// The centre near (x, y), in the level's pixels, of the light above `floor`; `None` where the window runs away or holds no light.
pub(super) fn windowed(level: &Level<'_>, floor: f32, x: f64, y: f64, sigma: f64) -> Option<[f64; 2]> {
    let reach = (2.5 * sigma).clamp(2.0, LONGEST);
    let (mut u, mut v) = (x, y);
    let mut across = Vec::new();
    for _ in 0..STEPS {
        let span = |at: f64, size: usize| {
            let (from, to) = ((at - reach).ceil().max(0.0), (at + reach).floor().min(size as f64 - 1.0));
            (from <= to).then_some(from as usize..to as usize + 1)
        };
        let (columns, rows) = (span(u, level.width)?, span(v, level.height)?);
        let (mut sum, mut along) = (0.0, [0.0; 2]);
        let weight = |d: f64| (-d * d / (2.0 * sigma * sigma)).exp();
        across.clear();
        across.extend(columns.clone().map(|i| weight(i as f64 - u)));
        for j in rows {
            let (dy, wy) = (j as f64 - v, weight(j as f64 - v));
            for (i, wx) in columns.clone().zip(&across) {
                let value = level.at(i, j) - floor;
                if value.is_finite() {
                    let light = f64::from(value) * wx * wy;
                    sum += light;
                    along[0] += light * (i as f64 - u);
                    along[1] += light * dy;
                }
            }
        }
        // A mean under the window sees half of the way only when the window is as wide as the star.
        let step = along.map(|a| 2.0 * a / sum);
        if sum <= 0.0 || !step.iter().all(|s| s.is_finite()) {
            return None;
        }
        let limit = sigma.max(1.0);
        (u, v) = (u + step[0].clamp(-limit, limit), v + step[1].clamp(-limit, limit));
        if (u - x).hypot(v - y) > 1.5 * sigma.max(1.0) {
            return None;
        }
        if step[0].hypot(step[1]) < GOOD_ENOUGH {
            break;
        }
    }
    Some([u, v])
}
