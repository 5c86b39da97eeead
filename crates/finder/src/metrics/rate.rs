//! A proportion and its interval.

use serde::{Deserialize, Serialize};

use super::Z95;

/// A measured proportion with its 95 % Wilson interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// successes / trials.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Numerator.
    pub successes: u64,
    /// Denominator.
    pub trials: u64,
}

/// The Wilson score interval (Wilson 1927): honest at 0 and 1 too. `None` without trials or with
/// more successes than trials.
#[must_use]
pub fn wilson(successes: u64, trials: u64) -> Option<Rate> {
    if trials == 0 || successes > trials {
        return None;
    }
    let (n, p, z2) = (trials as f64, successes as f64 / trials as f64, Z95 * Z95);
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let low = if successes == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if successes == trials { 1.0 } else { (centre + half).min(1.0) };
    Some(Rate { value: p, low, high, successes, trials })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of statsmodels' `proportion_confint(k, n, method="wilson")`.
    #[test]
    fn matches_published_values() {
        for (k, n, low, high) in
            [(10, 100, 0.055_229_1, 0.174_365_7), (0, 20, 0.0, 0.161_125_2), (19, 20, 0.763_869, 0.991_119_0)]
        {
            let rate = wilson(k, n).unwrap();
            assert!((rate.low - low).abs() < 2e-6 && (rate.high - high).abs() < 2e-6, "{rate:?}");
        }
    }

    #[test]
    fn nothing_tried_is_nothing_known() {
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(3, 2), None);
    }
}
