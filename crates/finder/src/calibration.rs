//! From logits to probabilities that mean what they say: a temperature, Platt's sigmoid or isotonic
//! regression, fitted on images the network did not learn from, then moved from their share of
//! lenses to the world's.

mod fit;
mod isotonic;

use domain::{logit, sigmoid};
use serde::{Deserialize, Serialize};

use crate::{FinderError, metrics};

/// p = σ(own(logit) + ln-odds(base rate) − ln-odds(prevalence)), where own is slope·logit + intercept
/// or a line through knots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Always above 0, so that calibration never changes the order.
    pub slope: f64,
    /// Added after the slope.
    pub intercept: f64,
    /// `[logit, log-odds]` of an isotonic fit, both rising; empty for the other methods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub knots: Vec<[f64; 2]>,
    /// Share of lenses among the images it was fitted on (their weights counted).
    pub prevalence: f64,
    /// Share of lenses in the world the probabilities are for.
    pub base_rate: f64,
    /// Lenses it was fitted on.
    pub positives: u64,
    /// Others it was fitted on.
    pub negatives: u64,
    /// How it came about.
    pub method: Method,
    /// Which images it was fitted on.
    pub source: Source,
    /// What it gained.
    pub check: Option<Check>,
}

/// How a calibration came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// One slope; the rest follows from the shares of lenses.
    Temperature,
    /// Platt's sigmoid: slope and intercept.
    Platt,
    /// The best rising line through knots.
    Isotonic,
    /// None could be fitted; logits are taken as they are.
    Uncalibrated {
        /// Why.
        reason: String,
    },
}

/// Which method to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationChoice {
    /// The one with the least cross-validated log-loss, of those the images suffice for.
    #[default]
    Auto,
    /// One slope.
    Temperature,
    /// Slope and intercept.
    Platt,
    /// A rising line.
    Isotonic,
}

/// The images a calibration is fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Labelled images kept aside from training.
    #[default]
    Validation,
    /// Survey images drawn by chance and judged by people, each standing for 1/(its probability of being
    /// drawn) images.
    Audit,
}

/// How far probabilities were off, before and after; both at the share of lenses of the images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Mean −ln p(truth) of the network's own sigmoid, nats.
    pub log_loss_before: f64,
    /// The same calibrated, each image by a fit that did not see it (five folds).
    pub log_loss_after: f64,
    /// Expected calibration error of the network's own sigmoid; none for images with weights.
    pub error_before: Option<f64>,
    /// The same calibrated, cross-fitted.
    pub error_after: Option<f64>,
}

/// Logits with their truth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample<'a> {
    pub logits: &'a [f32],
    pub labels: &'a [bool],
    /// How many images each stands for.
    pub weights: &'a [f32],
    pub source: Source,
}

/// A fitted line: log-odds of a logit at the sample's own share of lenses.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    slope: f64,
    intercept: f64,
    knots: Vec<[f64; 2]>,
}

impl Line {
    fn at(&self, network_logit: f64) -> f64 {
        log_odds(self.slope, self.intercept, &self.knots, network_logit)
    }
}

/// Through the knots where there are any, else along the line.
fn log_odds(slope: f64, intercept: f64, knots: &[[f64; 2]], x: f64) -> f64 {
    isotonic::through(knots, x).unwrap_or(slope * x + intercept)
}

impl Calibration {
    /// Fits on logits of images that training did not see; where nothing rising fits, the network's own
    /// sigmoid stands, with the prevalence it was trained at, and the reason is kept.
    pub(crate) fn fit(
        sample: &Sample<'_>,
        choice: CalibrationChoice,
        training_prevalence: f64,
        base_rate: f64,
    ) -> Self {
        let positives = sample.labels.iter().filter(|&&label| label).count() as u64;
        let negatives = sample.labels.len() as u64 - positives;
        let clamp = |share: f64| share.clamp(1e-6, 1.0 - 1e-6);
        let training_prevalence = clamp(training_prevalence);
        let fitted = fit::fit(sample, choice, training_prevalence);
        let (line, prevalence, method, check) = match fitted {
            Ok((method, line)) => {
                let check = fit::check(sample, &method, training_prevalence);
                (line, clamp(sample.prevalence()), method, check)
            }
            Err(reason) => {
                let own = Line { slope: 1.0, intercept: 0.0, knots: Vec::new() };
                (own, training_prevalence, Method::Uncalibrated { reason }, None)
            }
        };
        let Line { slope, intercept, knots } = line;
        let source = sample.source;
        Self { slope, intercept, knots, prevalence, base_rate, positives, negatives, method, source, check }
    }

    /// P(lens) of an image with this logit, in the world of the base rate.
    #[must_use]
    pub fn probability(&self, network_logit: f32) -> f64 {
        let x = f64::from(network_logit);
        let own = log_odds(self.slope, self.intercept, &self.knots, x);
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

impl Sample<'_> {
    /// Weighted share of lenses.
    fn prevalence(&self) -> f64 {
        let (lenses, all) =
            self.labels.iter().zip(self.weights).fold((0.0, 0.0), |(l, a), (&y, &w)| {
                (if y { l + f64::from(w) } else { l }, a + f64::from(w))
            });
        lenses / all
    }

    /// Every image with logit, truth and weight.
    fn rows(&self) -> Vec<Row> {
        self.logits
            .iter()
            .zip(self.labels)
            .zip(self.weights)
            .map(|((&x, &y), &w)| Row { x: f64::from(x), y, w: f64::from(w) })
            .collect()
    }
}

/// One image.
#[derive(Debug, Clone, Copy)]
struct Row {
    x: f64,
    y: bool,
    w: f64,
}

/// Mean −ln p(truth), and the calibration error if all weights are equal.
fn judged(rows: &[Row], log_odds: &[f64]) -> (f64, Option<f64>) {
    let (sum, total) = rows.iter().zip(log_odds).fold((0.0, 0.0), |(sum, total), (row, &z)| {
        let wrong_way = if row.y { -z } else { z };
        (sum + row.w * (wrong_way.max(0.0) + (-wrong_way.abs()).exp().ln_1p()), total + row.w)
    });
    let is_even = rows.windows(2).all(|pair| pair[0].w == pair[1].w);
    let probabilities: Vec<f64> = log_odds.iter().map(|&z| sigmoid(z)).collect();
    let labels: Vec<bool> = rows.iter().map(|row| row.y).collect();
    let error = metrics::calibration_error(&probabilities, &labels, 10).ok().map(|error| error.value);
    (sum / total, error.filter(|_| is_even))
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

    fn fit(logits: &[f32], labels: &[bool], choice: CalibrationChoice) -> Calibration {
        let weights = vec![1.0; logits.len()];
        let sample = Sample { logits, labels, weights: &weights, source: Source::Validation };
        Calibration::fit(&sample, choice, 0.4, 1e-3)
    }

    #[test]
    fn finds_the_sigmoid_the_labels_came_from() {
        let (logits, labels) = drawn(20_000);
        let fitted = fit(&logits, &labels, CalibrationChoice::Platt);
        assert_eq!(fitted.method, Method::Platt);
        assert!((fitted.slope - 0.5).abs() < 0.03 && (fitted.intercept + 1.0).abs() < 0.06, "{fitted:?}");
        let check = fitted.check.unwrap();
        assert!(check.log_loss_after < check.log_loss_before - 0.05, "{check:?}");
        assert!(check.error_after.unwrap() < 0.02 && check.error_before.unwrap() > 0.1, "{check:?}");
    }

    #[test]
    fn every_method_is_right_on_average_and_keeps_the_order() {
        let (logits, labels) = drawn(5_000);
        for choice in [CalibrationChoice::Platt, CalibrationChoice::Isotonic, CalibrationChoice::Auto] {
            let own = fit(&logits, &labels, choice).at_own_prevalence();
            let mean = logits.iter().map(|&x| own.probability(x)).sum::<f64>() / 5_000.0;
            assert!((mean - own.prevalence).abs() < 5e-3, "{choice:?}: {mean} {}", own.prevalence);
            let mut sorted = logits.clone();
            sorted.sort_by(f32::total_cmp);
            sorted.dedup();
            assert!(sorted.windows(2).all(|pair| own.probability(pair[0]) <= own.probability(pair[1])));
        }
    }

    #[test]
    fn a_bent_curve_needs_the_rising_line() {
        // Certain above 0, a coin below: no sigmoid fits.
        let mut rng = Seed::root(12).rng();
        let logits: Vec<f32> = (0..4_000).map(|_| rng.random_range(-6.0..6.0)).collect();
        let labels: Vec<bool> = logits.iter().map(|&x| x > 0.0 || rng.random::<f64>() < 0.3).collect();
        let fitted = fit(&logits, &labels, CalibrationChoice::Auto);
        assert_eq!(fitted.method, Method::Isotonic);
        let own = fitted.at_own_prevalence();
        assert!((own.probability(-4.0) - 0.3).abs() < 0.05 && own.probability(4.0) > 0.98);
    }

    #[test]
    fn a_temperature_alone_keeps_what_the_shares_say() {
        let (logits, labels) = drawn(4_000);
        let fitted = fit(&logits, &labels, CalibrationChoice::Temperature);
        let expected = logit(fitted.prevalence) - logit(0.4);
        assert!((fitted.intercept - expected).abs() < 1e-12 && fitted.slope > 0.0);
    }

    #[test]
    fn weights_stand_for_the_images_that_were_not_drawn() {
        // Of the non-lenses only a tenth was drawn; each stands for ten.
        let (logits, labels) = drawn(40_000);
        let kept: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] || i % 10 == 0).collect();
        let pick: Vec<f32> = kept.iter().map(|&i| logits[i]).collect();
        let truth: Vec<bool> = kept.iter().map(|&i| labels[i]).collect();
        let weights: Vec<f32> = truth.iter().map(|&y| if y { 1.0 } else { 10.0 }).collect();
        let sample = Sample { logits: &pick, labels: &truth, weights: &weights, source: Source::Audit };
        let fitted = Calibration::fit(&sample, CalibrationChoice::Platt, 0.5, 1e-3);
        assert!((fitted.slope - 0.5).abs() < 0.04 && (fitted.intercept + 1.0).abs() < 0.1, "{fitted:?}");
        assert_eq!(fitted.check.unwrap().error_after, None);
    }

    #[test]
    fn the_base_rate_multiplies_the_odds() {
        let (logits, labels) = drawn(5_000);
        let fitted = fit(&logits, &labels, CalibrationChoice::Auto);
        let (own, rare) = (fitted.at_own_prevalence(), fitted);
        let odds = |p: f64| p / (1.0 - p);
        let ratio = odds(rare.probability(1.3)) / odds(own.probability(1.3));
        let expected = odds(1e-3) / odds(own.prevalence);
        assert!((ratio / expected - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_cannot_be_fitted_stays_and_says_why() {
        for (logits, labels, word) in [
            (&[][..], &[][..], "no images"),
            (&[1.0, 2.0], &[true, true], "2 lenses and 0 others"),
            (&[1.0, 2.0, 3.0, 4.0], &[true, true, false, false], "fewer lenses"),
            (&[1.0, f32::NAN], &[true, false], "not finite"),
        ] {
            let fitted = fit(logits, labels, CalibrationChoice::Platt);
            assert!(
                matches!(&fitted.method, Method::Uncalibrated { reason } if reason.contains(word)),
                "{fitted:?}"
            );
            let own = fitted.at_own_prevalence().probability(0.3);
            assert!((own - sigmoid(f64::from(0.3_f32))).abs() < 1e-12);
        }
        assert!(fit(&[], &[], CalibrationChoice::Auto).at_base_rate(0.0).is_err());
    }
}
