//! The matched filter: a Gaussian of σ = 1 pixel, as the binomial weights
//! 1 4 6 4 1 along both axes.

use super::pixels::Level;

/// Pixels beside the middle one that the filter reaches.
pub(super) const REACH: usize = 2;
/// Sum of the squares of all weights, rooted: noise behind the filter over that of independent pixels.
pub(super) const NOISE_FACTOR: f32 = 70.0 / 256.0;

const WEIGHTS: [f32; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];

/// One smoothed row from five (already chosen so that rows outside repeat the first or last).
/// `column` is working space, four longer than a row.
pub(super) fn smooth_row(rows: [&[f32]; 5], column: &mut [f32], out: &mut [f32]) {
    let width = out.len();
    let [a, b, c, d, e] = rows.map(|row| &row[..width]);
    let inner = &mut column[REACH..REACH + width];
    for x in 0..width {
        inner[x] = ((a[x] + e[x]) + 4.0 * (b[x] + d[x])) + 6.0 * c[x];
    }
    let (first, last) = (inner[0], inner[width - 1]);
    column[..REACH].fill(first);
    column[REACH + width..REACH + width + REACH].fill(last);
    let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|k| &column[k..k + width]);
    for x in 0..width {
        out[x] = (((a[x] + e[x]) + 4.0 * (b[x] + d[x])) + 6.0 * c[x]) * (1.0 / 256.0);
    }
}

/// The smoothed value at one pixel; what is not finite is left out. NaN if the middle pixel is none.
pub(super) fn smooth_at(level: &Level<'_>, x: usize, y: usize) -> f32 {
    if let Some(sum) = level.weighted(x, y, &WEIGHTS).filter(|sum| sum.is_finite()) {
        return sum;
    }
    let middle = level.at(x, y);
    if !middle.is_finite() {
        return f32::NAN;
    }
    let clamp = |at: usize, k: usize, size: usize| (at + k).saturating_sub(REACH).min(size - 1);
    let mut sum = 0.0;
    for (j, wy) in WEIGHTS.iter().enumerate() {
        let row = clamp(y, j, level.height);
        for (i, wx) in WEIGHTS.iter().enumerate() {
            let value = level.at(clamp(x, i, level.width), row);
            sum += wx * wy * if value.is_finite() { value } else { middle };
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::pixels::{Grey, Pixels};
    use super::*;

    #[test]
    fn rows_and_single_pixels_agree() {
        let (width, height) = (9, 6);
        let values: Vec<f32> = (0..width * height).map(|i| ((i * 37) % 23) as f32).collect();
        let image = Grey::new(width, height, Pixels::F32(values.clone())).unwrap();
        let level = Level::native(&image);
        let (width, height) = (width as usize, height as usize);
        let (mut column, mut out) = (vec![0.0; width + 4], vec![0.0; width]);
        for y in 0..height {
            let rows = [0, 1, 2, 3, 4].map(|k| {
                let row = (y + k).saturating_sub(2).min(height - 1);
                &values[row * width..(row + 1) * width]
            });
            smooth_row(rows, &mut column, &mut out);
            for (x, value) in out.iter().enumerate() {
                assert!((value - smooth_at(&level, x, y)).abs() < 1e-4);
            }
        }
    }
}
