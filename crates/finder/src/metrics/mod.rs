//! How good a score is, each number with its interval and its counts. Pure. A
//! number that cannot be measured (no lens among the images, say) is an error
//! with the reason, never a made-up value.

mod average_precision;
mod calibration;
mod curve;
mod difference;
mod ranking;
mod rate;
mod roc;
mod summary;

pub use average_precision::average_precision;
pub use calibration::{Bin, Brier, CalibrationError, brier, calibration_error};
pub use curve::{F1, Mean, Yield, f1_max, log_loss, purity, yield_curve};
pub use difference::{Difference, Statistic, paired_difference};
pub use rate::{Rate, wilson};
pub use roc::{TprAtFpr, auroc, cross_validated_auroc, precision_at, tpr_at_count, tpr_at_fpr};
pub use summary::{Outcome, Summary};

use serde::{Deserialize, Serialize};

/// Normal quantile of a two-sided 95 % interval.
pub(crate) const Z95: f64 = 1.959_963_984_540_054;

/// Why a number cannot be measured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetricError {
    /// The lists do not belong together.
    #[error("{scores} scores and {labels} labels do not fit together")]
    Length {
        /// Scores given.
        scores: usize,
        /// Labels given.
        labels: usize,
    },
    /// A score is NaN or infinite, or a probability outside [0, 1].
    #[error("score {index} is not a finite number in its range")]
    NotFinite {
        /// Its place.
        index: usize,
    },
    /// Both classes are needed.
    #[error("needs both classes, there are {positives} positives and {negatives} negatives")]
    OneClass {
        /// Lenses.
        positives: u64,
        /// Others.
        negatives: u64,
    },
    /// Too few images for the question.
    #[error("needs at least {needed} images, there are {found}")]
    TooFew {
        /// Images asked for.
        needed: usize,
        /// Images there are.
        found: usize,
    },
    /// No fit came to an end, or there was only one class to fit to.
    #[error("no probe could be fitted; give more images, from more parts of the sky")]
    NoFit,
}

/// A number between 0 and 1 measured over both classes, with a 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Lenses it rests on.
    pub positives: u64,
    /// Others it rests on.
    pub negatives: u64,
}

#[cfg(test)]
mod tests {
    use domain::Seed;
    use proptest::prelude::*;

    use super::*;

    /// Scores with many ties, and labels of both classes.
    fn scored() -> impl Strategy<Value = (Vec<f64>, Vec<bool>)> {
        let pairs = proptest::collection::vec((-5_i32..5, any::<bool>()), 4..60);
        pairs.prop_map(|pairs| {
            let (scores, mut labels): (Vec<f64>, Vec<bool>) =
                pairs.into_iter().map(|(score, label)| (f64::from(score), label)).unzip();
            (labels[0], labels[1]) = (true, false);
            (scores, labels)
        })
    }

    proptest! {
        #[test]
        fn a_ranking_and_its_reverse_share_the_area((scores, labels) in scored()) {
            let reversed: Vec<f64> = scores.iter().map(|score| -score).collect();
            let (a, b) = (auroc(&scores, &labels).unwrap(), auroc(&reversed, &labels).unwrap());
            prop_assert!((a.value + b.value - 1.0).abs() < 1e-12);
            prop_assert!(a.low <= a.value && a.value <= a.high);
        }

        #[test]
        fn only_the_order_counts((scores, labels) in scored()) {
            let stretched: Vec<f64> = scores.iter().map(|score| score.exp()).collect();
            prop_assert_eq!(auroc(&scores, &labels).unwrap(), auroc(&stretched, &labels).unwrap());
            let of = |scores: &[f64]| average_precision(scores, &labels, 20, Seed::root(1)).unwrap();
            prop_assert_eq!(of(&scores), of(&stretched));
            let of = |scores: &[f64]| tpr_at_fpr(scores, &labels, 0.1).unwrap().tpr;
            prop_assert_eq!(of(&scores), of(&stretched));
        }
    }
}
