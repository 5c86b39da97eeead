//! All numbers of one evaluation, in the form the reports and `metrics.json` keep.

use domain::Seed;
use serde::{Deserialize, Serialize};

use super::{
    Area, Brier, CalibrationError, F1, Mean, MetricError, Rate, TprAtFpr, Yield, auroc, average_precision,
    brier, calibration_error, f1_max, log_loss, precision_at, tpr_at_count, tpr_at_fpr, yield_curve,
};

/// A number, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome<T> {
    /// It could be measured.
    Measured(T),
    /// It could not.
    Missing {
        /// Why.
        reason: String,
    },
}

impl<T> Outcome<T> {
    /// The number, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Measured(value) => Some(value),
            Self::Missing { .. } => None,
        }
    }
}

impl<T> From<Result<T, MetricError>> for Outcome<T> {
    fn from(result: Result<T, MetricError>) -> Self {
        match result {
            Ok(value) => Self::Measured(value),
            Err(error) => Self::Missing { reason: error.to_string() },
        }
    }
}

/// One evaluation of one score on one set of images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Lenses.
    pub positives: u64,
    /// Others.
    pub negatives: u64,
    /// Area under the ROC curve, DeLong interval.
    pub auroc: Outcome<Area>,
    /// Average precision, bootstrap interval.
    pub average_precision: Outcome<Area>,
    /// At 10⁻², 10⁻³ and 10⁻⁴.
    pub tpr_at_fpr: Vec<Outcome<TprAtFpr>>,
    /// At no false positive and at ten.
    pub tpr_at_count: Vec<Outcome<TprAtFpr>>,
    /// Among the first 10, 30, 100, 300, 1,000 and 3,000; only those the images suffice for.
    pub precision_at: Vec<Rate>,
    /// Expected calibration error, 10 bins of equal count.
    pub ece: Outcome<CalibrationError>,
    /// Brier score.
    pub brier: Outcome<Brier>,
    /// Mean −ln p(truth), nats.
    pub log_loss: Outcome<Mean>,
    /// The best F1 of any cut.
    pub f1_max: Outcome<F1>,
    /// Lenses found by so many looks.
    pub yield_curve: Vec<Yield>,
}

impl Summary {
    /// Bootstrap samples behind the interval of the average precision.
    pub const RESAMPLES: usize = 1000;

    /// Measures everything: `scores` for the ranking, `probabilities` for the calibration.
    #[must_use]
    pub fn of(scores: &[f64], probabilities: &[f64], labels: &[bool], seed: Seed) -> Self {
        let positives = labels.iter().filter(|&&label| label).count() as u64;
        let precision = [10, 30, 100, 300, 1000, 3000].map(|n| precision_at(scores, labels, n).ok());
        Self {
            positives,
            negatives: labels.len() as u64 - positives,
            auroc: auroc(scores, labels).into(),
            average_precision: average_precision(scores, labels, Self::RESAMPLES, seed).into(),
            tpr_at_fpr: [1e-2, 1e-3, 1e-4].map(|fpr| tpr_at_fpr(scores, labels, fpr).into()).into(),
            tpr_at_count: [0, 10].map(|count| tpr_at_count(scores, labels, count).into()).into(),
            precision_at: precision.into_iter().flatten().collect(),
            ece: calibration_error(probabilities, labels, 10).into(),
            brier: brier(probabilities, labels).into(),
            log_loss: log_loss(probabilities, labels).into(),
            f1_max: f1_max(scores, labels).into(),
            yield_curve: yield_curve(scores, labels).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_measured_says_why() {
        let summary = Summary::of(&[0.1; 20], &[0.1; 20], &[false; 20], Seed::root(1));
        assert_eq!(summary.auroc.value(), None);
        let text = serde_json::to_string(&summary).unwrap();
        assert!(text.contains("0 positives and 20 negatives"), "{text}");
        assert!(summary.brier.value().is_some());
        assert_eq!(summary.precision_at.len(), 1);
        assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
    }
}
