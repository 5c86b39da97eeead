//! From logits to probabilities that mean what they say: Platt's sigmoid fitted
//! on validation images, then moved from their share of lenses to the world's.

use domain::{logit, sigmoid};
use linfa::{
    ParamGuard as _,
    composing::platt_scaling::{PlattParams, platt_newton_method},
};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use crate::FinderError;

/// p = σ(slope·logit + intercept + ln-odds(base rate) − ln-odds(prevalence)).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Always above 0, so that calibration never changes the order.
    pub slope: f64,
    /// Added after the slope.
    pub intercept: f64,
    /// Share of lenses among the images the sigmoid was fitted on.
    pub prevalence: f64,
    /// Share of lenses in the world the probabilities are for.
    pub base_rate: f64,
    /// Lenses it was fitted on.
    pub positives: u64,
    /// Others it was fitted on.
    pub negatives: u64,
    /// How it came about.
    pub method: Method,
}

/// How a calibration came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Platt's sigmoid by Newton's method.
    Platt,
    /// None could be fitted; logits are taken as they are.
    Uncalibrated {
        /// Why.
        reason: String,
    },
}

impl Calibration {
    /// Fits on validation logits; without them, or where no rising sigmoid fits, the network's own
    /// sigmoid stands, with the prevalence it was trained at, and the reason is kept.
    #[must_use]
    pub fn fit(logits: &[f32], labels: &[bool], training_prevalence: f64, base_rate: f64) -> Self {
        let positives = labels.iter().filter(|&&label| label).count() as u64;
        let negatives = labels.len() as u64 - positives;
        let fitted = platt(logits, labels, positives, negatives);
        let (slope, intercept, prevalence, method) = match fitted {
            Ok((slope, intercept)) => {
                (slope, intercept, positives as f64 / labels.len() as f64, Method::Platt)
            }
            Err(reason) => (1.0, 0.0, training_prevalence, Method::Uncalibrated { reason }),
        };
        let prevalence = prevalence.clamp(1e-6, 1.0 - 1e-6);
        Self { slope, intercept, prevalence, base_rate, positives, negatives, method }
    }

    /// P(lens) of an image with this logit, in the world of the base rate.
    #[must_use]
    pub fn probability(&self, network_logit: f32) -> f64 {
        let own = self.slope * f64::from(network_logit) + self.intercept;
        sigmoid(own + logit(self.base_rate) - logit(self.prevalence))
    }

    /// The same for another share of lenses.
    ///
    /// # Errors
    /// When `base_rate` is not strictly between 0 and 1.
    pub fn at_base_rate(&self, base_rate: f64) -> Result<Self, FinderError> {
        if base_rate > 0.0 && base_rate < 1.0 {
            Ok(Self { base_rate, ..self.clone() })
        } else {
            Err(FinderError::config(
                "base_rate",
                format!("must lie strictly between 0 and 1, is {base_rate}"),
            ))
        }
    }

    /// The same for the share of lenses it was fitted at.
    #[must_use]
    pub fn at_own_prevalence(&self) -> Self {
        Self { base_rate: self.prevalence, ..self.clone() }
    }
}

/// `(slope, intercept)`, or why not.
fn platt(logits: &[f32], labels: &[bool], positives: u64, negatives: u64) -> Result<(f64, f64), String> {
    if labels.is_empty() {
        return Err("no validation images".into());
    }
    if logits.len() != labels.len() || logits.iter().any(|logit| !logit.is_finite()) {
        return Err("validation logits are not finite".into());
    }
    if positives == 0 || negatives == 0 {
        return Err(format!("validation has {positives} lenses and {negatives} others, both are needed"));
    }
    let logits: Array1<f64> = logits.iter().map(|&logit| f64::from(logit)).collect();
    let labels: Array1<bool> = labels.iter().copied().collect();
    let params = PlattParams::<f64, ()>::default().check().map_err(|e| e.to_string())?;
    let (a, b) = platt_newton_method(logits.view(), labels.view(), &params).map_err(|e| e.to_string())?;
    // linfa's sigmoid is 1/(1 + e^(a·x + b)).
    if a < 0.0 && a.is_finite() && b.is_finite() {
        Ok((-a, -b))
    } else {
        Err(format!("the fitted slope is {}, so higher logits would mean fewer lenses", -a))
    }
}

#[cfg(test)]
mod tests {
    use domain::Seed;
    use rand::RngExt as _;

    use super::*;

    /// Labels drawn from σ(0.5·x − 1) for x spread over [−6, 6].
    fn drawn(count: usize) -> (Vec<f32>, Vec<bool>) {
        let mut rng = Seed::root(11).rng();
        let logits: Vec<f32> = (0..count).map(|_| rng.random_range(-6.0..6.0)).collect();
        let labels =
            logits.iter().map(|&x| rng.random::<f64>() < sigmoid(0.5 * f64::from(x) - 1.0)).collect();
        (logits, labels)
    }

    #[test]
    fn finds_the_sigmoid_the_labels_came_from() {
        let (logits, labels) = drawn(20_000);
        let fitted = Calibration::fit(&logits, &labels, 0.5, 1e-3);
        assert_eq!(fitted.method, Method::Platt);
        assert!((fitted.slope - 0.5).abs() < 0.03 && (fitted.intercept + 1.0).abs() < 0.06, "{fitted:?}");
    }

    #[test]
    fn the_mean_probability_is_the_prevalence() {
        let (logits, labels) = drawn(5_000);
        let own = Calibration::fit(&logits, &labels, 0.5, 1e-3).at_own_prevalence();
        let mean = logits.iter().map(|&x| own.probability(x)).sum::<f64>() / 5_000.0;
        assert!((mean - own.prevalence).abs() < 2e-3);
    }

    #[test]
    fn the_base_rate_multiplies_the_odds() {
        let (logits, labels) = drawn(5_000);
        let fitted = Calibration::fit(&logits, &labels, 0.5, 1e-3);
        let (own, rare) = (fitted.at_own_prevalence(), fitted);
        let odds = |p: f64| p / (1.0 - p);
        let ratio = odds(rare.probability(1.3)) / odds(own.probability(1.3));
        let expected = odds(1e-3) / odds(own.prevalence);
        assert!((ratio / expected - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_fitted_stays_and_says_why() {
        let of = |logits: &[f32], labels: &[bool]| Calibration::fit(logits, labels, 0.4, 0.01);
        for (fitted, word) in [
            (of(&[], &[]), "no validation"),
            (of(&[1.0, 2.0], &[true, true]), "2 lenses and 0 others"),
            (of(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, false]), "fewer lenses"),
        ] {
            assert!(
                matches!(&fitted.method, Method::Uncalibrated { reason } if reason.contains(word)),
                "{fitted:?}"
            );
            assert!(
                (fitted.at_own_prevalence().probability(0.3) - sigmoid(f64::from(0.3_f32))).abs() < 1e-12
            );
        }
        assert!(of(&[], &[]).at_base_rate(0.0).is_err());
    }
}
