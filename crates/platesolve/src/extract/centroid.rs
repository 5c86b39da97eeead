//! The final centre of a source: the mean under a Gaussian window that moves
//! with it, near the photon bound for stars as wide as the window.
//!
//! Bound for a Gaussian star of width σ on a background of noise n per pixel:
//! √(8π) σ² n / flux along one axis.

use super::{grid::Grid, pixels::Level};

const STEPS: usize = 12;
const GOOD_ENOUGH: f64 = 2e-3;
/// Pixels the window reaches at most.
const LONGEST: f64 = 40.0;

/// The centre near (x, y), in the level's pixels; `None` where the window runs away or holds no light.
pub(super) fn windowed(level: &Level<'_>, background: &Grid, x: f64, y: f64, sigma: f64) -> Option<[f64; 2]> {
    let reach = (2.5 * sigma).clamp(2.0, LONGEST);
    let (mut u, mut v) = (x, y);
    for _ in 0..STEPS {
        let span = |at: f64, size: usize| {
            let (from, to) = ((at - reach).ceil().max(0.0), (at + reach).floor().min(size as f64 - 1.0));
            (from <= to).then_some(from as usize..to as usize + 1)
        };
        let (columns, rows) = (span(u, level.width)?, span(v, level.height)?);
        let floor = background.at(u, v);
        let (mut sum, mut along) = (0.0, [0.0; 2]);
        let weight = |d: f64| (-d * d / (2.0 * sigma * sigma)).exp();
        let across: Vec<f64> = columns.clone().map(|i| weight(i as f64 - u)).collect();
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
