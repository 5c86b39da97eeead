//! The background: clipped means of blocks, a median of neighbouring blocks
//! against stars that fill one, and bilinear values between.

use super::{grid::Grid, pixels::Level, quantile};

/// Pixels of the image along a side of a block.
const BLOCK: usize = 32;

/// Background of the image in its own pixels, measured on its halved copy, whose steps are finer than
/// those of whole numbers. All zero where nothing was measured.
pub(super) fn background(native: &Level<'_>, half: Option<&Level<'_>>) -> Grid {
    let (level, factor) = half.map_or((native, 1), |half| (half, 2));
    let mut values = Vec::new();
    let grid = Grid::over(level.width, level.height, BLOCK / factor, |columns, rows| {
        values.clear();
        for y in rows {
            values.extend(columns.clone().map(|x| level.at(x, y)).filter(|v| v.is_finite()));
        }
        clipped_mean(&mut values).unwrap_or(f32::NAN)
    });
    let middle = {
        let mut all: Vec<f32> = grid.values.iter().copied().filter(|v| v.is_finite()).collect();
        quantile(&mut all, 0.5).unwrap_or(0.0)
    };
    // A hole wider than a block takes the level of the whole.
    let grid = grid.smoothed().filled(middle);
    grid.seen_by(1.0 / factor as f64)
}

/// The mean of what lies near the median: finer than the median where values are few and whole.
fn clipped_mean(values: &mut [f32]) -> Option<f32> {
    let median = quantile(values, 0.5)?;
    // The lower half has no stars in it.
    let below = quantile(values, 0.16)?;
    let reach = 2.0 * (median - below);
    let (mut sum, mut count) = (0.0_f64, 0_u32);
    for &value in values.iter().filter(|&&v| (v - median).abs() <= reach) {
        (sum, count) = (sum + f64::from(value), count + 1);
    }
    Some((sum / f64::from(count.max(1))) as f32)
}
