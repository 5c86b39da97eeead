//! Made-up frames of stars, for tests and benchmarks of extraction.

use domain::Seed;
use platesolve::extract::{Grey, Pixels};
use rand::RngExt as _;

/// A frame in the making.
pub struct Frame {
    pub width: usize,
    pub height: usize,
    pub data: Vec<f32>,
}

impl Frame {
    /// A slightly sloping sky with Gaussian noise.
    pub fn sky(width: usize, height: usize, level: f32, noise: f32, seed: u64) -> Self {
        let mut rng = Seed::root(seed).child("frame").rng();
        let slope =
            |x: usize, y: usize| 1.0 + 0.1 * x as f32 / width as f32 - 0.05 * y as f32 / height as f32;
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                // Box and Muller.
                let (u, v): (f32, f32) = (rng.random_range(1e-7..1.0), rng.random());
                let normal = (-2.0 * u.ln()).sqrt() * (std::f32::consts::TAU * v).cos();
                data.push(level * slope(x, y) + noise * normal);
            }
        }
        Self { width, height, data }
    }

    /// Adds a Gaussian star with so much light in all.
    pub fn star(&mut self, x: f64, y: f64, sigma: f64, light: f64) {
        let reach = (6.0 * sigma).ceil() + 1.0;
        let range = |at: f64, size: usize| {
            (at - reach).max(0.0) as usize..((at + reach + 1.0).max(0.0) as usize).min(size)
        };
        let peak = light / (std::f64::consts::TAU * sigma * sigma);
        for j in range(y, self.height) {
            for i in range(x, self.width) {
                let square = (i as f64 - x).powi(2) + (j as f64 - y).powi(2);
                self.data[j * self.width + i] += (peak * (-square / (2.0 * sigma * sigma)).exp()) as f32;
            }
        }
    }

    /// Stars at random places, at least `apart` from each other and 12 pixels from the edge.
    pub fn stars(
        &mut self,
        count: usize,
        sigma: f64,
        light: (f64, f64),
        apart: f64,
        seed: u64,
    ) -> Vec<[f64; 2]> {
        let mut rng = Seed::root(seed).child("stars").rng();
        let mut places: Vec<[f64; 2]> = Vec::new();
        for _ in 0..100 * count {
            if places.len() == count {
                break;
            }
            let place = [
                rng.random_range(12.0..self.width as f64 - 12.0),
                rng.random_range(12.0..self.height as f64 - 12.0),
            ];
            if places.iter().all(|p| (p[0] - place[0]).hypot(p[1] - place[1]) > apart) {
                let share: f64 = rng.random();
                self.star(place[0], place[1], sigma, light.0 * (light.1 / light.0).powf(share));
                places.push(place);
            }
        }
        places
    }

    pub fn f32(&self) -> Grey {
        self.grey(Pixels::F32(self.data.clone()))
    }

    pub fn u16(&self) -> Grey {
        self.grey(Pixels::U16(self.data.iter().map(|v| v.round() as u16).collect()))
    }

    pub fn u8(&self) -> Grey {
        self.grey(Pixels::U8(self.data.iter().map(|v| v.round() as u8).collect()))
    }

    fn grey(&self, pixels: Pixels) -> Grey {
        Grey::new(self.width as u32, self.height as u32, pixels).expect("sizes fit")
    }
}
