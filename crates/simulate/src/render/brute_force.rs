//! Arcs the slow way, for tests: every pixel of the field with 15 × 15 rays, the
//! deflection of each exact, folded with the point-spread function sampled at
//! the same 225 places per pixel. Shares no code with [`crate::render::rays`],
//! [`crate::render::fourier`] and [`crate::render::blur`].

use std::f64::consts::TAU;

use lensing::{CseTable, Ellipse, Mass, Sersic};
use rustfft::{FftPlanner, num_complex::Complex};

use crate::{
    photometry::nanomaggies,
    record::{Galaxy, PsfShape, Record},
    render::{ArcImage, lens_model},
};

/// Rays along the side of a pixel.
const RAYS: usize = 15;

/// Light per pixel of the field in one band, g = 0.
fn exact(record: &Record, band: usize) -> Vec<f64> {
    let source = record.source.as_ref().unwrap();
    let lens = lens_model(record, source.z, CseTable::Accurate).unwrap();
    let sersic = |c: &Galaxy| {
        let shape = Ellipse::new(c.x, c.y, c.q, Ellipse::phi_of_position_angle(c.pa)).unwrap();
        Sersic::new(shape, c.n, c.r_e, nanomaggies(c.mag[band])).unwrap()
    };
    let lights: Vec<Sersic> = source.components.iter().map(sersic).collect();
    let (size, scale) = (record.cutout.size_px, record.cutout.pixel_scale_arcsec);
    let fine = size * RAYS;
    let step = scale / RAYS as f64;
    let place = |k: usize| (k as f64 + 0.5 - 0.5 * fine as f64) * step;
    let xs: Vec<f64> = (0..fine).map(place).collect();
    let mut light = vec![Complex::new(0.0, 0.0); fine * fine];
    for (j, row) in light.chunks_exact_mut(fine).enumerate() {
        let ys = vec![xs[j]; fine];
        let (mut ax, mut ay) = (vec![0.0; fine], vec![0.0; fine]);
        // Good to 1e-5 arcsec, see the trait.
        lens.add_deflections(&xs, &ys, &mut ax, &mut ay);
        for (i, value) in row.iter_mut().enumerate() {
            let at = |l: &Sersic| l.brightness(xs[i] - ax[i], ys[i] - ay[i]);
            value.re = lights.iter().map(at).sum::<f64>() * step * step;
        }
    }
    let fwhm = record.psf.fwhm_arcsec[band];
    let profile = |r2: f64| match record.psf.shape {
        PsfShape::Moffat => {
            let beta = record.psf.beta;
            let alpha2 = 0.25 * fwhm * fwhm / (2f64.powf(1.0 / beta) - 1.0);
            (beta - 1.0) / (0.5 * TAU * alpha2) * (1.0 + r2 / alpha2).powf(-beta)
        }
        _ => {
            let sigma2 = fwhm * fwhm / (8.0 * 2f64.ln());
            (-0.5 * r2 / sigma2).exp() / (TAU * sigma2)
        }
    };
    let wrapped = |k: usize| k.min(fine - k) as f64 * step;
    let mut kernel: Vec<Complex<f64>> = (0..fine * fine)
        .map(|n| profile(wrapped(n % fine).powi(2) + wrapped(n / fine).powi(2)).into())
        .collect();
    transform(&mut light, fine, true);
    transform(&mut kernel, fine, true);
    light.iter_mut().zip(&kernel).for_each(|(a, b)| *a *= b);
    transform(&mut light, fine, false);
    let middle = |p: usize| p * RAYS + RAYS / 2;
    let total = (fine * fine) as f64;
    let at = |n: usize| light[middle(n / size) * fine + middle(n % size)].re / total * scale * scale;
    (0..size * size).map(at).collect()
}

fn transform(plane: &mut Vec<Complex<f64>>, size: usize, forward: bool) {
    let mut planner = FftPlanner::new();
    let plan = if forward { planner.plan_fft_forward(size) } else { planner.plan_fft_inverse(size) };
    for _ in 0..2 {
        plan.process(plane);
        let turned = (0..plane.len()).map(|n| plane[n % size * size + n / size]).collect();
        *plane = turned;
    }
}

/// Largest difference over the peak, and the relative difference of the sums.
pub fn difference(record: &Record, band: usize) -> (f64, f64) {
    let image = ArcImage::trace(record, record.source.as_ref().unwrap()).unwrap();
    let fast = &image.planes(record.cutout)[band * record.cutout.size_px.pow(2)..];
    let slow = exact(record, band);
    let peak = slow.iter().copied().fold(0.0, f64::max);
    let worst = slow.iter().zip(fast).map(|(a, &b)| (a - f64::from(b)).abs()).fold(0.0, f64::max);
    let (sum, other) =
        (slow.iter().sum::<f64>(), fast[..slow.len()].iter().map(|&v| f64::from(v)).sum::<f64>());
    (worst / peak, other / sum - 1.0)
}

mod tests {
    use domain::{Seed, SkyCoord};

    use super::*;
    use crate::{config::Config, draw::draw, kind::Kind};

    fn drawn(seed: u64, shape: PsfShape) -> Record {
        let sky = SkyCoord { ra_deg: 150.0, dec_deg: 20.0 };
        let mut config = Config::default();
        config.image.size_px = 161;
        // The steep middle of a bulge needs more rays than are affordable here; `rays` tests it.
        config.source.bulge_share = 0.0;
        config.source.red_share = 0.0;
        config.lens.theta_e_arcsec = [4.0, 9.0];
        let mut record = draw(&config, Seed::root(seed), "b", Kind::Lens, sky, None).unwrap().record;
        record.psf.shape = shape;
        record
    }

    #[test]
    fn arcs_agree_with_brute_force_to_two_thousandths_of_their_peak() {
        for (seed, shape) in [
            (1, PsfShape::Gaussian),
            (2, PsfShape::Moffat),
            (3, PsfShape::Gaussian),
            (4, PsfShape::Moffat),
            (5, PsfShape::Gaussian),
            (6, PsfShape::Moffat),
        ] {
            let record = drawn(seed, shape);
            let (worst, sum) = difference(&record, seed as usize % 3);
            println!("seed {seed}, {shape:?}: {worst:.5} of the peak, flux {sum:+.5}");
            assert!(worst < 2e-3, "seed {seed}, {shape:?}: {worst} of the peak");
            assert!(sum.abs() < 5e-3, "seed {seed}, {shape:?}: flux {sum}");
        }
    }
}
