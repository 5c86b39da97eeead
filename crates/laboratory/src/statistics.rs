//! Means over seeds and differences between arms, with 95 % intervals. Few seeds mean
//! Student's t, not the normal; differences are taken seed by seed, because a seed's
//! sky and people are the same for both arms.

use serde::{Deserialize, Serialize};

/// t of a two-sided 95 % interval, by degrees of freedom from 1.
const T95: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/// A mean over seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Lower end of its 95 % interval; equal to the mean with one seed, which says nothing of spread.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Standard deviation between seeds.
    pub deviation: f64,
    /// Seeds.
    pub seeds: usize,
}

/// One arm less another, seed by seed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// Mean difference with its interval.
    pub mean: Mean,
    /// Seeds in which the difference is above 0, below 0 and 0.
    pub signs: (usize, usize, usize),
}

/// The factor of an interval with so many values.
#[must_use]
pub fn t95(values: usize) -> f64 {
    match values {
        0 | 1 => f64::NAN,
        // Beyond the table by two terms of Cornish and Fisher, right to 1e-4.
        n if n > T95.len() + 1 => {
            let (z, freedom) = (1.959_964_f64, (n - 1) as f64);
            let first = (z.powi(3) + z) / (4.0 * freedom);
            let second =
                16.0f64.mul_add(z.powi(3), 5.0f64.mul_add(z.powi(5), 3.0 * z)) / (96.0 * freedom * freedom);
            z + first + second
        }
        n => T95[n - 2],
    }
}

/// The mean of finite values; `None` without any.
#[must_use]
pub fn mean(values: &[f64]) -> Option<Mean> {
    let values: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let n = values.len();
    if n == 0 {
        return None;
    }
    let value = values.iter().sum::<f64>() / n as f64;
    if n == 1 {
        return Some(Mean { value, low: value, high: value, deviation: 0.0, seeds: 1 });
    }
    let deviation = (values.iter().map(|v| (v - value).powi(2)).sum::<f64>() / (n - 1) as f64).sqrt();
    let half = t95(n) * deviation / (n as f64).sqrt();
    Some(Mean { value, low: value - half, high: value + half, deviation, seeds: n })
}

/// The difference of pairs; `None` without any.
#[must_use]
pub fn paired(pairs: &[(f64, f64)]) -> Option<Paired> {
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).filter(|d| d.is_finite()).collect();
    let count = |is: fn(f64) -> bool| differences.iter().filter(|d| is(**d)).count();
    let signs = (count(|d| d > 0.0), count(|d| d < 0.0), count(|d| d == 0.0));
    Some(Paired { mean: mean(&differences)?, signs })
}

impl Mean {
    /// Whether the interval leaves 0 out; never with one seed.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.seeds > 1 && (self.low > 0.0 || self.high < 0.0)
    }

    /// The same with both ends kept inside a range, for shares and counts.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { low: self.low.max(low).min(self.value), high: self.high.min(high).max(self.value), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_students() {
        // R: t.test(c(1, 2, 3, 4, 5))$conf.int is 1.036757 4.963243.
        let mean = mean(&[1.0, 2.0, 3.0, 4.0, 5.0]).expect("values");
        assert!((mean.low - 1.036_757).abs() < 2e-3 && (mean.high - 4.963_243).abs() < 2e-3, "{mean:?}");
    }

    #[test]
    fn pairs_see_what_the_spread_of_the_seeds_hides() {
        let pairs: Vec<(f64, f64)> =
            [(10.1, 10.0), (20.12, 20.0), (30.09, 30.0), (40.1, 40.0), (50.11, 50.0)].into();
        let paired = paired(&pairs).expect("pairs");
        assert!(paired.mean.is_clear() && paired.signs == (5, 0, 0));
    }

    #[test]
    fn one_seed_is_never_clear() {
        assert!(!mean(&[3.0]).expect("one").is_clear());
        assert_eq!(mean(&[f64::NAN]), None);
        assert_eq!(paired(&[]), None);
    }

    #[test]
    fn the_factor_falls_to_the_normal_one() {
        assert!((t95(5) - 2.776).abs() < 1e-9);
        assert!((t95(31) - 2.042).abs() < 1e-9 && (t95(32) - 2.040).abs() < 2e-3);
        assert!((t95(100_000) - 1.96).abs() < 1e-3);
    }
}
