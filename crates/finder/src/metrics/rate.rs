//! A proportion and its interval.

use serde::{Deserialize, Serialize};

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
    let [low, high] = domain::wilson(successes, trials)?;
    Some(Rate { value: successes as f64 / trials as f64, low, high, successes, trials })
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
