//! Changing the number of pixels of one plane: area average when there are
//! fewer afterwards, bilinear or Lanczos-3 when there are more. All three are
//! separable, so each is a list of weights along an axis.

/// What one output pixel takes from a row of input pixels: `weights[i]` of pixel `start + i`.
struct Taps {
    start: usize,
    weights: Vec<f32>,
}

/// Mean over the area each output pixel covers; keeps the mean of the plane exactly.
/// Meant for `out` ≤ `in` on both axes. `plane` has `height · width` values.
#[must_use]
pub fn area_average(plane: &[f32], width: usize, height: usize, out_w: usize, out_h: usize) -> Vec<f32> {
    separable(plane, width, height, &area_taps(width, out_w), &area_taps(height, out_h))
}

/// Bilinear interpolation between pixel centres; the border is held constant outwards.
#[must_use]
pub fn bilinear(plane: &[f32], width: usize, height: usize, out_w: usize, out_h: usize) -> Vec<f32> {
    let taps = |from, to| kernel_taps(from, to, 1.0, |t| 1.0 - t.abs());
    separable(plane, width, height, &taps(width, out_w), &taps(height, out_h))
}

/// Lanczos-3 interpolation (sharper than bilinear, may overshoot beside bright stars).
#[must_use]
pub fn lanczos3(plane: &[f32], width: usize, height: usize, out_w: usize, out_h: usize) -> Vec<f32> {
    let sinc =
        |t: f64| if t == 0.0 { 1.0 } else { (std::f64::consts::PI * t).sin() / (std::f64::consts::PI * t) };
    let taps = |from, to| kernel_taps(from, to, 3.0, |t| sinc(t) * sinc(t / 3.0));
    separable(plane, width, height, &taps(width, out_w), &taps(height, out_h))
}

/// Area average along each axis that shrinks, bilinear along each that grows.
#[must_use]
pub fn fit(plane: &[f32], width: usize, height: usize, out_w: usize, out_h: usize) -> Vec<f32> {
    let taps = |from, to| {
        if to <= from { area_taps(from, to) } else { kernel_taps(from, to, 1.0, |t| 1.0 - t.abs()) }
    };
    separable(plane, width, height, &taps(width, out_w), &taps(height, out_h))
}

fn area_taps(from: usize, to: usize) -> Vec<Taps> {
    let step = from as f64 / to as f64;
    let taps = |out: usize| {
        let (low, high) = (out as f64 * step, ((out + 1) as f64 * step).min(from as f64));
        let start = (low.floor() as usize).min(from.saturating_sub(1));
        let end = (high.ceil() as usize).clamp(start + 1, from.max(start + 1));
        let overlap = |i: usize| (high.min((i + 1) as f64) - low.max(i as f64)).max(0.0);
        normalised(start, (start..end).map(overlap).collect())
    };
    (0..to).map(taps).collect()
}

fn kernel_taps(from: usize, to: usize, radius: f64, kernel: impl Fn(f64) -> f64) -> Vec<Taps> {
    let step = from as f64 / to as f64;
    let last = from.saturating_sub(1) as f64;
    let taps = |out: usize| {
        // Clamping the centre holds the border constant outwards.
        let centre = ((out as f64 + 0.5) * step - 0.5).clamp(0.0, last);
        let start = (centre - radius).ceil().max(0.0) as usize;
        let end = (centre + radius).floor().min(last) as usize;
        normalised(start, (start..=end).map(|i| kernel(i as f64 - centre)).collect())
    };
    (0..to).map(taps).collect()
}

fn normalised(start: usize, weights: Vec<f64>) -> Taps {
    let sum: f64 = weights.iter().sum();
    Taps { start, weights: weights.iter().map(|weight| (weight / sum) as f32).collect() }
}

fn separable(plane: &[f32], width: usize, height: usize, across: &[Taps], down: &[Taps]) -> Vec<f32> {
    debug_assert_eq!(plane.len(), width * height, "a plane has height · width values");
    let out_w = across.len();
    let mut narrow = Vec::with_capacity(out_w * height);
    for row in plane.chunks_exact(width.max(1)) {
        narrow.extend(across.iter().map(|taps| {
            let pixels = &row[taps.start..taps.start + taps.weights.len()];
            pixels.iter().zip(&taps.weights).map(|(pixel, weight)| pixel * weight).sum::<f32>()
        }));
    }
    let mut out = vec![0.0; out_w * down.len()];
    for (row, taps) in out.chunks_exact_mut(out_w.max(1)).zip(down) {
        for (i, weight) in taps.weights.iter().enumerate() {
            let source = &narrow[(taps.start + i) * out_w..][..out_w];
            row.iter_mut().zip(source).for_each(|(sum, pixel)| *sum += weight * pixel);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Vec<f32> {
        (0..width * height).map(|i| (i % width) as f32 + 10.0 * (i / width) as f32).collect()
    }

    fn mean(values: &[f32]) -> f64 {
        values.iter().copied().map(f64::from).sum::<f64>() / values.len() as f64
    }

    #[test]
    fn area_average_keeps_the_mean() {
        let plane = ramp(381, 370);
        let small = area_average(&plane, 381, 370, 96, 96);
        assert_eq!(small.len(), 96 * 96);
        assert!((mean(&small) / mean(&plane) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn area_average_of_whole_blocks_is_their_mean() {
        let small = area_average(&ramp(4, 4), 4, 4, 2, 2);
        assert_eq!(small, [5.5, 7.5, 25.5, 27.5]);
    }

    #[test]
    fn every_method_leaves_an_image_of_the_same_size_as_it_is() {
        let plane = ramp(7, 5);
        for method in [area_average, bilinear, lanczos3, fit] {
            let same = method(&plane, 7, 5, 7, 5);
            assert!(same.iter().zip(&plane).all(|(a, b)| (a - b).abs() < 1e-4));
        }
    }

    #[test]
    fn interpolation_follows_a_ramp() {
        for method in [bilinear, lanczos3] {
            let large = method(&ramp(16, 16), 16, 16, 32, 32);
            let (left, right) = (large[16 * 32 + 14], large[16 * 32 + 16]);
            assert!((right - left - 1.0).abs() < 0.05, "{left} {right}");
        }
    }

    #[test]
    fn one_pixel_can_grow_and_shrink() {
        assert_eq!(fit(&[3.0], 1, 1, 4, 4), [3.0; 16]);
        assert_eq!(lanczos3(&[3.0], 1, 1, 2, 2), [3.0; 4]);
        assert_eq!(fit(&[3.0; 9], 3, 3, 1, 1).len(), 1);
    }
}
