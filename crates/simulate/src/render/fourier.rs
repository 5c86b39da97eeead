//! Folds light that was shared between pixels by quadratic splines with any
//! point-spread function, by Fourier transform. The scalar algorithms are used on every machine, so that all make
//! the same bytes.

use std::{cell::RefCell, f64::consts::TAU, sync::Arc};

use rustfft::{Fft, FftPlannerScalar, num_complex::Complex};

use crate::render::{canvas::Stamp, kernel::Kernel};

type Value = Complex<f32>;

thread_local! {
    /// Plans of this thread; making one costs more than using it.
    static PLANNER: RefCell<FftPlannerScalar<f32>> = RefCell::new(FftPlannerScalar::new());
}

/// Folds g, r, z with their functions. Light outside the stamp is taken as zero, and what spreads
/// beyond `margin` pixels is lost.
pub fn fold(stamp: &mut Stamp, kernels: &[Kernel; 3], margin: usize) {
    let (width, height) = (stamp.width, stamp.height);
    if width == 0 || height == 0 {
        return;
    }
    let Some([columns, rows]) = lit(stamp) else { return };
    let grid = Grid { x: padded(width, columns, margin), y: padded(height, rows, margin) };
    let spectra = kernels.each_ref().map(|kernel| grid.spectrum(kernel));
    // Two real planes travel as the real and the imaginary part of one complex one.
    let [g, r, z] = &mut stamp.planes;
    let [kg, kr, kz] = &spectra;
    grid.fold_pair([g, r], [kg, kr], width);
    let mut nothing = Vec::new();
    grid.fold_pair([z, &mut nothing], [kz, kz], width);
}

/// First and last column and row with any light.
fn lit(stamp: &Stamp) -> Option<[[usize; 2]; 2]> {
    let mut found: Option<[[usize; 2]; 2]> = None;
    for plane in &stamp.planes {
        for (y, row) in plane.chunks_exact(stamp.width).enumerate() {
            let Some(first) = row.iter().position(|&v| v != 0.0) else { continue };
            let last = row.iter().rposition(|&v| v != 0.0).unwrap_or(first);
            let [columns, rows] = found.get_or_insert([[first, last], [y, y]]);
            *columns = [columns[0].min(first), columns[1].max(last)];
            *rows = [rows[0].min(y), rows[1].max(y)];
        }
    }
    found
}

/// Pixels along an axis of the transform: so many that light spread over one edge does not come back
/// into the stamp at the other, rounded up to a product of 2, 3 and 5.
fn padded(size: usize, [first, last]: [usize; 2], margin: usize) -> usize {
    let least = (size + margin.saturating_sub(first)).max(last + margin + 1);
    let smooth = |mut n: usize| {
        for p in [2, 3, 5] {
            while n.is_multiple_of(p) {
                n /= p;
            }
        }
        n == 1
    };
    (least..).step_by(1).find(|&n| n.is_multiple_of(4) && smooth(n)).unwrap_or(least)
}

/// The transform of a point-spread function, without the splines.
enum Spectrum {
    /// Real and the same in all quadrants: one of them.
    Quadrant(Vec<f32>),
    /// Column by column.
    Whole(Vec<Value>),
}

/// Size of the transforms.
struct Grid {
    x: usize,
    y: usize,
}

impl Grid {
    fn plan(length: usize, forward: bool) -> Arc<dyn Fft<f32>> {
        PLANNER.with_borrow_mut(|planner| {
            if forward { planner.plan_fft_forward(length) } else { planner.plan_fft_inverse(length) }
        })
    }

    /// One over the transform of the spline, a pixel folded twice with itself, at the i-th of n
    /// frequencies.
    fn sharpening(i: usize, n: usize) -> f64 {
        let half = 0.5 * TAU * i.min(n - i) as f64 / n as f64;
        if half == 0.0 { 1.0 } else { (half / half.sin()).powi(3) }
    }

    fn spectrum(&self, kernel: &Kernel) -> Spectrum {
        let frequency = |i: usize, n: usize| TAU * i as f64 / n as f64;
        match kernel {
            Kernel::Gaussian { sigma } => self.quadrant(|i, j| {
                let square = frequency(i, self.x).powi(2) + frequency(j, self.y).powi(2);
                (-0.5 * sigma * sigma * square).exp()
            }),
            Kernel::Moffat { alpha, transform, .. } => self.quadrant(|i, j| {
                let square = frequency(i, self.x).powi(2) + frequency(j, self.y).powi(2);
                f64::from(transform.at(alpha * square.sqrt()))
            }),
            Kernel::Picture { side, data } => self.picture(*side, data),
        }
    }

    fn quadrant(&self, at: impl Fn(usize, usize) -> f64) -> Spectrum {
        let rows: Vec<f64> = (0..=self.y / 2).map(|j| Self::sharpening(j, self.y)).collect();
        let mut values = Vec::with_capacity((self.x / 2 + 1) * rows.len());
        for i in 0..=self.x / 2 {
            let across = Self::sharpening(i, self.x);
            values.extend(rows.iter().enumerate().map(|(j, up)| (at(i, j) * across * up) as f32));
        }
        Spectrum::Quadrant(values)
    }

    fn picture(&self, side: usize, data: &[f32]) -> Spectrum {
        let mut plane = vec![Value::default(); self.x * self.y];
        let wrap = |at: usize, n: usize| (at + n * side - side / 2) % n;
        for (index, &light) in data.iter().enumerate() {
            plane[wrap(index / side, self.y) * self.x + wrap(index % side, self.x)].re += light;
        }
        let mut spectrum = self.forward(plane);
        for (index, value) in spectrum.iter_mut().enumerate() {
            let sharper = Self::sharpening(index / self.y, self.x) * Self::sharpening(index % self.y, self.y);
            *value *= sharper as f32;
        }
        Spectrum::Whole(spectrum)
    }

    /// Two-dimensional transform, column by column.
    fn forward(&self, mut plane: Vec<Value>) -> Vec<Value> {
        let along = Self::plan(self.x, true);
        let mut scratch = vec![Value::default(); along.get_inplace_scratch_len()];
        for row in plane.chunks_exact_mut(self.x) {
            if row.iter().any(|v| *v != Value::default()) {
                along.process_with_scratch(row, &mut scratch);
            }
        }
        let mut columns = transposed(&plane, self.x);
        Self::plan(self.y, true).process(&mut columns);
        columns
    }

    /// Back from [`Grid::forward`], times the number of pixels.
    fn back(&self, mut columns: Vec<Value>) -> Vec<Value> {
        Self::plan(self.y, false).process(&mut columns);
        let mut plane = transposed(&columns, self.y);
        Self::plan(self.x, false).process(&mut plane);
        plane
    }

    /// Folds two planes (`width` wide; the second may be empty) in place.
    fn fold_pair(&self, planes: [&mut Vec<f32>; 2], spectra: [&Spectrum; 2], width: usize) {
        let [first, second] = planes;
        let mut both = vec![Value::default(); self.x * self.y];
        for (to, from) in both.chunks_exact_mut(self.x).zip(first.chunks_exact(width)) {
            to.iter_mut().zip(from).for_each(|(to, &value)| to.re = value);
        }
        for (to, from) in both.chunks_exact_mut(self.x).zip(second.chunks_exact(width)) {
            to.iter_mut().zip(from).for_each(|(to, &value)| to.im = value);
        }
        let spectrum = self.forward(both);
        let mut product = vec![Value::default(); spectrum.len()];
        let scale = 0.5 / (self.x * self.y) as f32;
        for i in 0..self.x {
            let (column, mirrored) = (i * self.y, (self.x - i) % self.x * self.y);
            for j in 0..self.y {
                // The mirrored value's conjugate tells the two real planes apart.
                let (x, m) = (spectrum[column + j], spectrum[mirrored + (self.y - j) % self.y].conj());
                product[column + j] = match spectra {
                    [Spectrum::Quadrant(a), Spectrum::Quadrant(b)] => {
                        let at = i.min(self.x - i) * (self.y / 2 + 1) + j.min(self.y - j);
                        x * ((a[at] + b[at]) * scale) + m * ((a[at] - b[at]) * scale)
                    }
                    _ => {
                        let [a, b] = spectra.map(|s| self.value(s, i, j));
                        x * (a + b) * scale + m * (a - b) * scale
                    }
                };
            }
        }
        let folded = self.back(product);
        for (to, from) in first.chunks_exact_mut(width).zip(folded.chunks_exact(self.x)) {
            to.iter_mut().zip(from).for_each(|(to, value)| *to = value.re);
        }
        for (to, from) in second.chunks_exact_mut(width).zip(folded.chunks_exact(self.x)) {
            to.iter_mut().zip(from).for_each(|(to, value)| *to = value.im);
        }
    }

    fn value(&self, spectrum: &Spectrum, i: usize, j: usize) -> Value {
        match spectrum {
            Spectrum::Quadrant(values) => {
                let at = i.min(self.x - i) * (self.y / 2 + 1) + j.min(self.y - j);
                Value::new(values[at], 0.0)
            }
            Spectrum::Whole(values) => values[i * self.y + j],
        }
    }
}

/// Rows of `width` become columns; in squares, which fit the cache.
fn transposed(plane: &[Value], width: usize) -> Vec<Value> {
    const SQUARE: usize = 16;
    let height = plane.len() / width;
    let mut turned = vec![Value::default(); plane.len()];
    for y0 in (0..height).step_by(SQUARE) {
        for x0 in (0..width).step_by(SQUARE) {
            for y in y0..(y0 + SQUARE).min(height) {
                for x in x0..(x0 + SQUARE).min(width) {
                    turned[x * height + y] = plane[y * width + x];
                }
            }
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lit pixel in the first two planes, folded.
    fn point(kernels: &[Kernel; 3]) -> Stamp {
        let mut stamp = Stamp::new([0, 101], [0, 91]);
        stamp.planes[0][45 * 101 + 50] = 1.0;
        stamp.planes[1][45 * 101 + 50] = 2.0;
        stamp.planes[2][45 * 101 + 50] = 3.0;
        fold(&mut stamp, kernels, 31);
        stamp
    }

    /// A round Gaussian source, shared by splines (which add ¼ pixel² to its variance) and folded, is
    /// the source folded with the profile at the pixels' middles: the pixel counts once.
    #[test]
    fn a_moffat_profile_comes_out_as_its_formula_says_in_every_band() {
        let (widths, spread) = ([4.2, 5.0, 4.6], 1.5_f64);
        let gaussian = |r2: f64, variance: f64| (-0.5 * r2 / variance).exp() * spread * spread / variance;
        let source = |x: f64, y: f64| gaussian(x * x + y * y, spread * spread);
        let mut stamp = Stamp::new([0, 101], [0, 91]);
        for (index, value) in stamp.planes[0].iter_mut().enumerate() {
            let (dx, dy) = ((index % 101) as f64 - 50.0, (index / 101) as f64 - 45.0);
            let r2 = dx * dx + dy * dy;
            *value = if r2 < 100.0 { gaussian(r2, spread * spread + 0.25) as f32 } else { 0.0 };
        }
        stamp.planes[1] = stamp.planes[0].clone();
        stamp.planes[2] = stamp.planes[0].clone();
        fold(&mut stamp, &widths.map(|fwhm| Kernel::moffat(fwhm, 3.0)), 31);
        for (plane, fwhm) in stamp.planes.iter().zip(widths) {
            let alpha2 = 0.25 * fwhm * fwhm / (2f64.powf(1.0 / 3.0) - 1.0);
            let moffat = |x: f64, y: f64| {
                2.0 / (std::f64::consts::PI * alpha2) * (1.0 + (x * x + y * y) / alpha2).powf(-3.0)
            };
            let exact = |x: f64, y: f64| {
                let step = 0.25;
                let places = || (-32..=32).map(|i| f64::from(i) * step);
                let row = |v: f64| places().map(|u| source(u, v) * moffat(x - u, y - v)).sum::<f64>();
                places().map(row).sum::<f64>() * step * step
            };
            let peak = exact(0.0, 0.0);
            for (dx, dy) in [(0, 0), (3, 0), (0, 4), (7, 5), (20, 3)] {
                let found = f64::from(plane[(45 + dy) * 101 + 50 + dx]);
                let off = (found - exact(dx as f64, dy as f64)).abs() / peak;
                assert!(off < 8e-4, "at {dx} {dy}: {off} of the peak");
            }
        }
    }

    #[test]
    fn a_picture_of_the_function_does_as_the_formula_would() {
        let [gaussian, other] = [1.8, 2.1].map(|sigma: f64| {
            let side = 63;
            let light = |i: usize| {
                let (dx, dy) = ((i % side) as f64 - 31.0, (i / side) as f64 - 31.0);
                (-0.5 * (dx * dx + dy * dy) / (sigma * sigma)).exp() / (TAU * sigma * sigma)
            };
            let data = (0..side * side).map(|i| light(i) as f32).collect();
            Kernel::Picture { side, data: Arc::new(data) }
        });
        let a = point(&[gaussian.clone(), other.clone(), gaussian]);
        let b = point(&[1.8, 2.1, 1.8].map(|sigma| Kernel::Gaussian { sigma }));
        for (a, b) in a.planes.iter().zip(&b.planes) {
            let peak = b.iter().copied().fold(0.0, f32::max);
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4 * peak));
        }
    }

    #[test]
    fn light_at_an_edge_does_not_come_back_at_the_other() {
        let mut stamp = Stamp::new([0, 80], [0, 70]);
        for plane in &mut stamp.planes {
            plane[3] = 1.0;
        }
        fold(&mut stamp, &[4.0, 4.0, 4.0].map(|fwhm| Kernel::moffat(fwhm, 3.5)), 31);
        let far: f32 = (0..70).map(|y| stamp.planes[0][y * 80 + 79].abs()).fold(0.0, f32::max);
        assert!(far < 1e-6, "{far}");
    }
}
