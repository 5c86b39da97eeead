//! Painted skies: a galaxy on noise, with or without an arc. Not astronomy,
//! only something to learn in seconds.

use std::f64::consts::TAU;

use domain::Seed;
use finder::Examples;
use rand::RngExt as _;
use rand_distr::{Distribution as _, Normal};

/// Deviation of the noise in bytes.
pub const NOISE: f64 = 14.0;

/// Bytes of one tile; `contrast` is the arc's height in bytes.
pub fn tile(size: usize, lens: bool, contrast: f64, seed: Seed) -> Vec<u8> {
    noisy(size, lens, contrast, NOISE, seed)
}

/// As [`tile`], with another deviation of the noise in bytes.
pub fn noisy(size: usize, lens: bool, contrast: f64, noise: f64, seed: Seed) -> Vec<u8> {
    let mut rng = seed.rng();
    let noise = Normal::new(0.0, noise).expect("a positive deviation");
    let (cx, cy) =
        (size as f64 * 0.5 + rng.random_range(-4.0..4.0), size as f64 * 0.5 + rng.random_range(-4.0..4.0));
    let radius = size as f64 * rng.random_range(0.15..0.3);
    let (start, length) = (rng.random_range(0.0..TAU), rng.random_range(0.8..2.0));
    let mut bytes = Vec::with_capacity(size * size * 3);
    for y in 0..size {
        for x in 0..size {
            let (dx, dy) = (x as f64 - cx, y as f64 - cy);
            let r = dx.hypot(dy);
            let along = (dy.atan2(dx) - start).rem_euclid(TAU);
            let arc = if lens && along < length { (-((r - radius) / 1.5).powi(2)).exp() } else { 0.0 };
            let galaxy = 120.0 * (-(r / 4.0)).exp();
            for colour in [0.6, 0.8, 1.0] {
                let value = 44.0 + galaxy * (1.4 - colour) + contrast * arc * colour + noise.sample(&mut rng);
                bytes.push(value.round().clamp(0.0, 255.0) as u8);
            }
        }
    }
    bytes
}

/// `count` tiles, every second one a lens.
pub fn examples(count: usize, size: usize, contrast: f64, seed: u64) -> Examples {
    let mut examples = Examples::empty(size);
    for index in 0..count {
        let lens = index % 2 == 0;
        let tile = tile(size, lens, contrast, Seed::root(seed).index(index as u64));
        examples.push(&tile, f32::from(u8::from(lens)), 1.0).expect("a painted tile is a valid example");
    }
    examples
}
