//! Random draws as the simulator needs them, rounded so that a record keeps
//! every digit through JSON.

use domain::{Rng, Seed};
use rand::RngExt;
use rand_distr::{Distribution, Poisson, StandardNormal};

/// A generator with the distributions of this crate.
pub struct Dice(Rng);

impl Dice {
    pub fn new(seed: Seed) -> Self {
        Self(seed.rng())
    }

    /// Uniform in [`low`, `high`).
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.random::<f64>()
    }

    /// Normal with this mean and standard deviation.
    pub fn normal(&mut self, mean: f64, sigma: f64) -> f64 {
        let unit: f64 = StandardNormal.sample(&mut self.0);
        mean + sigma * unit
    }

    /// Normal, drawn again until it falls in [`low`, `high`]; clamped after many failures.
    pub fn normal_within(&mut self, mean: f64, sigma: f64, [low, high]: [f64; 2]) -> f64 {
        for _ in 0..100 {
            let value = self.normal(mean, sigma);
            if (low..=high).contains(&value) {
                return value;
            }
        }
        mean.clamp(low, high)
    }

    /// `median` times e^(normal·`sigma`).
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * self.normal(0.0, sigma).exp()
    }

    /// Poisson with this mean.
    pub fn poisson(&mut self, mean: f64) -> usize {
        // The distribution refuses a mean of zero.
        Poisson::new(mean).map_or(0, |distribution| distribution.sample(&mut self.0) as usize)
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.random::<f64>() < probability
    }

    /// An index drawn with these weights, which are not all zero.
    pub fn choose(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform(0.0, weights.iter().sum());
        for (index, &weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.iter().rposition(|&w| w > 0.0).unwrap_or(0)
    }

    /// An integer in `low..=high`.
    pub fn integer(&mut self, low: usize, high: usize) -> usize {
        self.0.random_range(low..=high)
    }

    /// A magnitude from counts that rise as 10^(`slope` m) between two limits.
    pub fn magnitude(&mut self, slope: f64, [bright, faint]: [f64; 2]) -> f64 {
        let (low, high) = (10f64.powf(slope * bright), 10f64.powf(slope * faint));
        self.uniform(low, high).log10() / slope
    }

    /// Reorders a list at random.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.integer(0, i));
        }
    }
}

/// Rounded to `digits` decimals, without a negative zero.
pub fn round(value: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale + 0.0
}

/// Rounded to four significant digits.
pub fn round_significant(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}
