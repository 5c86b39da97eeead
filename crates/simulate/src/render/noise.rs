//! Noise of the sky and of the light itself: per pixel a normal variate with
//! variance σ_sky² + F/G, F the noise-free flux, G electrons per nanomaggie.

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
