//! Noise of the sky and of the light itself: per pixel a normal variate with
//! variance σ_sky² + F/G, F the noise-free flux, G electrons per nanomaggie. A
//! real cutout has its own noise already, and gets that of the arc alone.

use domain::Seed;

use crate::{
    record::Noise,
    render::{canvas::Canvas, normal},
};

/// Adds the noise of a record. Each band has a stream of its own.
pub fn add(noise: &Noise, canvas: &mut Canvas) {
    let (mut bytes, mut units) = (Vec::new(), vec![0.0_f32; canvas.size]);
    for (band, plane) in canvas.planes().enumerate() {
        let mut rng = Seed::root(noise.seed).index(band as u64).rng();
        let sky = (noise.sky_sigma_nmgy[band] * noise.sky_sigma_nmgy[band]) as f32;
        let per_flux = (1.0 / noise.electrons_per_nmgy[band]) as f32;
        for row in plane.chunks_exact_mut(units.len()) {
            normal::fill(&mut rng, &mut bytes, &mut units);
            for (pixel, unit) in row.iter_mut().zip(&units) {
                *pixel += unit * (sky + pixel.max(0.0) * per_flux).sqrt();
            }
        }
    }
}

/// Adds an arc of noise-free light `arc` (planes g, r, z) to real pixels, with the noise of its own
/// photons: variance F/G, of the cutout's texture. Pixels without any of its light keep every bit.
pub fn add_over(noise: &Noise, size: usize, arc: &[f32], pixels: &mut [f32]) {
    let area = size * size;
    for band in 0..3 {
        let light = &arc[band * area..(band + 1) * area];
        let Some(first) = light.iter().position(|&f| f > 0.0) else { continue };
        let last = light.iter().rposition(|&f| f > 0.0).unwrap_or(first);
        // The stream is read from the first row whatever the arc, so that a row's noise is its own.
        let mut rng = Seed::root(noise.seed).index(band as u64).rng();
        let (mut bytes, mut units) = (Vec::new(), vec![0.0_f32; area]);
        for row in units.chunks_exact_mut(size) {
            normal::fill(&mut rng, &mut bytes, row);
        }
        let [x, y] = noise.texture[band];
        if x != 0.0 {
            correlate(&mut units, size, 1, x);
        }
        if y != 0.0 {
            correlate(&mut units, size, size, y);
        }
        let per_flux = (1.0 / noise.electrons_per_nmgy[band]) as f32;
        for at in first..=last {
            if light[at] > 0.0 {
                pixels[band * area + at] += light[at] + units[at] * (light[at] * per_flux).sqrt();
            }
        }
    }
}

/// Gives neighbours `step` apart this correlation and keeps the variance: the kernel (a, 1, a) over its
/// norm has 2a/(1 + 2a²), at most ½·√2; the ends of rows mix with those of their neighbours, which have
/// the same variance.
fn correlate(units: &mut [f32], size: usize, step: usize, correlation: f64) {
    let c = correlation.clamp(-0.7, 0.7);
    let a = (1.0 - (1.0 - 2.0 * c * c).max(0.0).sqrt()) / (2.0 * c);
    let norm = (1.0 + 2.0 * a * a).sqrt().recip() as f32;
    let a = a as f32;
    let before = units.to_vec();
    let length = size * size;
    for (at, unit) in units.iter_mut().enumerate() {
        let (low, high) = (before[(at + length - step) % length], before[(at + step) % length]);
        *unit = norm * (before[at] + a * (low + high));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arc_s_noise_has_its_variance_and_the_texture_asked_for_and_stays_on_the_arc() {
        let size = 200;
        let noise = Noise {
            sky_sigma_nmgy: [1.0; 3],
            electrons_per_nmgy: [100.0; 3],
            seed: 3,
            texture: [[0.3, 0.2], [0.0, 0.0], [0.3, 0.0]],
        };
        let mut arc = vec![4.0_f32; 3 * size * size];
        arc[..size * 20].fill(0.0);
        let mut pixels = vec![7.0_f32; arc.len()];
        add_over(&noise, size, &arc, &mut pixels);
        assert!(pixels[..size * 20].iter().all(|v| v.to_bits() == 7.0_f32.to_bits()));
        for (band, expected) in noise.texture.into_iter().enumerate() {
            let plane: Vec<f64> = pixels[(band * size + 20) * size..(band + 1) * size * size]
                .iter()
                .map(|&v| f64::from(v) - 11.0)
                .collect();
            let n = plane.len() as f64;
            let variance = plane.iter().map(|v| v * v).sum::<f64>() / n;
            assert!((variance / 0.04 - 1.0).abs() < 0.04, "band {band}: {variance}");
            for (step, expected) in [(1, expected[0]), (size, expected[1])] {
                let lag = plane.iter().zip(&plane[step..]).map(|(a, b)| a * b).sum::<f64>() / n / variance;
                assert!((lag - expected).abs() < 0.02, "band {band}, step {step}: {lag}");
            }
        }
    }
}
