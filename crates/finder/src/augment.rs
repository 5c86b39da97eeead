//! Other nights, other telescopes: while it trains, the network sees each image turned, moved,
//! zoomed, blurred, with other colours and more noise. What has a physical meaning is done on the
//! signal, in units of the sky's noise, before companding. Computed beside the network on the
//! processor's threads, from each image's own random numbers: the same bits on every backend.

use std::f32::consts::TAU;

use domain::Rng;
use imaging::TileSpec;
use rand::{RngExt as _, SeedableRng as _};
use rand_distr::{Distribution as _, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::{FinderError, NetworkConfig};

/// How much images are changed, each time they are seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augment {
    /// Standard deviation of ln(gain), for all bands together and again for each. Default 0.
    pub gain: f32,
    /// Standard deviation of what is added to each band's numbers, in the network's units. Default 0.
    pub offset: f32,
    /// Most noise that is added, in σ of the sky. Default 0.
    pub noise: f32,
    /// Largest standard deviation of the Gaussian that blurs, in pixels of the tile; half of the images
    /// stay sharp. Default 0.
    pub blur: f32,
    /// Images are shrunk or magnified by up to this factor. Default 1: not at all.
    pub zoom: f32,
    /// Whether images are turned by any angle, not only by right ones. Default false.
    pub rotate: bool,
}

impl Default for Augment {
    fn default() -> Self {
        Self { gain: 0.0, offset: 0.0, noise: 0.0, blur: 0.0, zoom: 1.0, rotate: false }
    }
}

impl Augment {
    /// # Errors
    /// When a field is out of range.
    pub(crate) fn check(&self) -> Result<(), FinderError> {
        let within = |field, ok: bool, range: &str| {
            if ok { Ok(()) } else { Err(FinderError::config(field, format!("must be {range}"))) }
        };
        within("augment.gain", (0.0..=1.0).contains(&self.gain), "between 0 and 1")?;
        within("augment.offset", (0.0..=1.0).contains(&self.offset), "between 0 and 1")?;
        within("augment.noise", (0.0..=10.0).contains(&self.noise), "between 0 and 10")?;
        within("augment.blur", (0.0..=4.0).contains(&self.blur), "between 0 and 4")?;
        within("augment.zoom", (1.0..=3.0).contains(&self.zoom), "between 1 and 3")
    }

    /// How one image is seen this time; shifts of up to `max_shift` pixels each way.
    pub(crate) fn draw(&self, max_shift: u32, rng: &mut Rng) -> View {
        let reach = max_shift.cast_signed();
        let mut view = View {
            symmetry: rng.random_range(0..8),
            shift: [rng.random_range(-reach..=reach), rng.random_range(-reach..=reach)],
            signal: None,
        };
        if *self != Self::default() {
            let mut normal = || -> f32 { StandardNormal.sample(rng) };
            let common = normal() * self.gain;
            let gain = [normal(), normal(), normal()].map(|own| (common + own * self.gain).exp());
            let offset = [normal(), normal(), normal()].map(|own| own * self.offset);
            let is_blurred = rng.random::<bool>();
            view.signal = Some(Signal {
                gain,
                offset,
                noise: self.noise * rng.random::<f32>(),
                blur: if is_blurred { self.blur * rng.random::<f32>() } else { 0.0 },
                zoom: (self.zoom.ln() * rng.random_range(-1.0f32..=1.0)).exp(),
                angle: if self.rotate { TAU * rng.random::<f32>() } else { 0.0 },
                seed: rng.random(),
            });
        }
        view
    }
}

/// How one image is seen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct View {
    /// 0–7: bit 0 mirrors columns, bit 1 rows, bit 2 exchanges them.
    pub symmetry: u8,
    /// Pixels to the right and down; what comes in is mirrored at the edge.
    pub shift: [i32; 2],
    /// What is done to the signal, if anything.
    pub signal: Option<Signal>,
}

/// What is done to the signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Signal {
    /// Factor on each band.
    pub gain: [f32; 3],
    /// Added to each band, in the network's units.
    pub offset: [f32; 3],
    /// Standard deviation of the noise that is added, in σ of the sky.
    pub noise: f32,
    /// Standard deviation of the Gaussian that blurs, pixels.
    pub blur: f32,
    /// Above 1 magnifies.
    pub zoom: f32,
    /// Radians.
    pub angle: f32,
    /// Of the noise.
    pub seed: u64,
}

/// Between bytes of a tile, σ of the sky and the network's numbers.
#[derive(Debug, Clone)]
pub(crate) struct Scale {
    size: usize,
    /// σ of each byte.
    sigmas: Vec<f32>,
    softening: f32,
    /// The network's number of asinh(σ/softening) = a is a·factor + constant, within `range`.
    factor: f32,
    constant: f32,
    range: [f32; 2],
}

impl Scale {
    pub(crate) fn new(config: &NetworkConfig, spec: &TileSpec) -> Self {
        let compand = |sigma: f32| (sigma / spec.softening_sigma).asinh();
        let (low, high) = (compand(spec.low_sigma), compand(spec.high_sigma));
        let per_byte = (high - low) / 255.0;
        let number = |byte: f32| (byte - config.input_offset) / config.input_scale;
        Self {
            size: config.tile_size,
            sigmas: (0..=255u8)
                .map(|byte| spec.softening_sigma * (low + f32::from(byte) * per_byte).sinh())
                .collect(),
            softening: spec.softening_sigma,
            factor: 1.0 / per_byte / config.input_scale,
            constant: number(-low / per_byte),
            range: [number(0.0), number(255.0)],
        }
    }

    /// The image with its signal changed, in the network's numbers: `size · size · 3`, rows first.
    pub(crate) fn apply(&self, tile: &[u8], signal: &Signal) -> Vec<f32> {
        let mut image: Vec<f32> = tile
            .chunks_exact(3)
            .flat_map(|pixel| [0, 1, 2].map(|band| self.sigmas[usize::from(pixel[band])] * signal.gain[band]))
            .collect();
        if (signal.zoom - 1.0).abs() > 1e-3 || signal.angle != 0.0 {
            image = self.turn(&image, signal.zoom, signal.angle);
        }
        if signal.blur > 0.1 {
            self.blur(&mut image, signal.blur);
        }
        if signal.noise > 0.0 {
            let mut rng = Rng::seed_from_u64(signal.seed);
            for value in &mut image {
                let normal: f32 = StandardNormal.sample(&mut rng);
                *value += signal.noise * normal;
            }
        }
        for (value, offset) in image.iter_mut().zip(signal.offset.iter().cycle()) {
            // asinh by its logarithm: a third of the time of the library's.
            let x = *value / self.softening;
            let a = (x.abs() + (x * x + 1.0).sqrt()).ln().copysign(x);
            *value = (a * self.factor + self.constant).clamp(self.range[0], self.range[1]) + offset;
        }
        image
    }

    /// Magnified about the centre and turned; mirrored at the edge.
    fn turn(&self, image: &[f32], zoom: f32, angle: f32) -> Vec<f32> {
        let (size, last) = (self.size, self.size as f32 - 1.0);
        let (sin, cos) = angle.sin_cos();
        let centre = last / 2.0;
        let reflect = |at: f32| {
            let period = 2.0 * last;
            let at = at.rem_euclid(period);
            if at > last { period - at } else { at }
        };
        let mut out = Vec::with_capacity(image.len());
        for y in 0..size {
            for x in 0..size {
                let (dx, dy) = ((x as f32 - centre) / zoom, (y as f32 - centre) / zoom);
                let (at_x, at_y) =
                    (reflect(centre + cos * dx - sin * dy), reflect(centre + sin * dx + cos * dy));
                let (left, top) = (at_x as usize, at_y as usize);
                let (right, below) = ((left + 1).min(size - 1), (top + 1).min(size - 1));
                let (fx, fy) = (at_x - left as f32, at_y - top as f32);
                for band in 0..3 {
                    let value = |row: usize, column: usize| image[(row * size + column) * 3 + band];
                    let upper = value(top, left) * (1.0 - fx) + value(top, right) * fx;
                    let lower = value(below, left) * (1.0 - fx) + value(below, right) * fx;
                    out.push(upper * (1.0 - fy) + lower * fy);
                }
            }
        }
        out
    }

    /// A Gaussian, rows then columns; the edge's value stands for what lies outside.
    fn blur(&self, image: &mut [f32], sigma: f32) {
        let reach = (3.0 * sigma).ceil() as usize;
        let mut kernel: Vec<f32> =
            (0..=2 * reach).map(|i| (-0.5 * ((i as f32 - reach as f32) / sigma).powi(2)).exp()).collect();
        let sum: f32 = kernel.iter().sum();
        kernel.iter_mut().for_each(|weight| *weight /= sum);
        let size = self.size;
        let mut line = vec![[0f32; 3]; size];
        for (along, across) in [(3, 3 * size), (3 * size, 3)] {
            for start in (0..size).map(|index| index * across) {
                for (place, value) in line.iter_mut().enumerate() {
                    let at = start + place * along;
                    *value = [image[at], image[at + 1], image[at + 2]];
                }
                for place in 0..size {
                    let mut mean = [0f32; 3];
                    for (weight, offset) in kernel.iter().zip(0..) {
                        let from = (place + offset).saturating_sub(reach).min(size - 1);
                        for band in 0..3 {
                            mean[band] += weight * line[from][band];
                        }
                    }
                    image[start + place * along..][..3].copy_from_slice(&mean);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Seed;

    use super::*;

    const PLAIN: Signal =
        Signal { gain: [1.0; 3], offset: [0.0; 3], noise: 0.0, blur: 0.0, zoom: 1.0, angle: 0.0, seed: 1 };

    fn scale() -> (Scale, NetworkConfig) {
        let config = NetworkConfig { tile_size: 32, ..NetworkConfig::default() };
        (Scale::new(&config, &TileSpec { size: 32, ..TileSpec::default() }), config)
    }

    fn tile() -> Vec<u8> {
        (0..32 * 32 * 3).map(|i| (40 + (i * 7 + i / 96 * 13) % 90) as u8).collect()
    }

    #[test]
    fn nothing_done_gives_the_numbers_of_the_bytes() {
        let (scale, config) = scale();
        for (number, byte) in scale.apply(&tile(), &PLAIN).iter().zip(tile()) {
            let expected = (f32::from(byte) - config.input_offset) / config.input_scale;
            assert!((number - expected).abs() < 1e-3, "{number} {expected}");
        }
    }

    #[test]
    fn each_change_does_what_it_says() {
        let (scale, _) = scale();
        let plain = scale.apply(&tile(), &PLAIN);
        let spread = |image: &[f32]| {
            let mean = image.iter().sum::<f32>() / image.len() as f32;
            image.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / image.len() as f32
        };
        let brighter = scale.apply(&tile(), &Signal { gain: [2.0, 1.0, 1.0], ..PLAIN });
        for (after, before) in brighter.chunks_exact(3).zip(plain.chunks_exact(3)) {
            // Above the sky; below it a gain makes darker.
            assert!(after[0] >= before[0] || before[0] < 0.01);
            assert_eq!(after[1..], before[1..]);
        }
        let blurred = scale.apply(&tile(), &Signal { blur: 1.5, ..PLAIN });
        assert!(spread(&blurred) < 0.5 * spread(&plain));
        let noisy = scale.apply(&tile(), &Signal { noise: 3.0, ..PLAIN });
        assert_ne!(noisy, plain);
        assert_eq!(noisy, scale.apply(&tile(), &Signal { noise: 3.0, ..PLAIN }));
        // A right angle is a permutation of pixels.
        let turned = scale.apply(&tile(), &Signal { angle: TAU / 4.0, ..PLAIN });
        let at = |image: &[f32], x: usize, y: usize| image[(y * 32 + x) * 3];
        assert!((at(&turned, 5, 9) - at(&plain, 31 - 9, 5)).abs() < 1e-3);
        // Magnified twice about the middle, between pixels 15 and 16: pixel 15 shows what lay at 15.25.
        let zoomed = scale.turn(&plain, 2.0, 0.0);
        let row = |y: usize| 0.75 * at(&plain, 15, y) + 0.25 * at(&plain, 16, y);
        assert!((at(&zoomed, 15, 15) - (0.75 * row(15) + 0.25 * row(16))).abs() < 1e-3);
        assert!((at(&zoomed, 15, 15) - at(&plain, 15, 15)).abs() > 1e-2, "nothing moved");
    }

    #[test]
    fn a_view_comes_from_its_random_numbers_alone() {
        let augment = Augment { gain: 0.1, offset: 0.1, noise: 1.0, blur: 1.0, zoom: 1.2, rotate: true };
        let draw = |seed| augment.draw(3, &mut Seed::root(seed).rng());
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_eq!(Augment::default().draw(3, &mut Seed::root(1).rng()).signal, None);
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        for (augment, field) in [
            (Augment { gain: -0.1, ..Augment::default() }, "gain"),
            (Augment { noise: f32::NAN, ..Augment::default() }, "noise"),
            (Augment { blur: 9.0, ..Augment::default() }, "blur"),
            (Augment { zoom: 0.5, ..Augment::default() }, "zoom"),
        ] {
            let error = augment.check().unwrap_err().to_string();
            assert!(error.contains(field), "{error}");
        }
    }
}
