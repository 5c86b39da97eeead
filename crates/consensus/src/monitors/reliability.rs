//! Whether the posteriors mean what they say: reliability on images whose truth is known, and
//! the number of lenses the posteriors add up to. Correcting them is left to others.

use domain::{Label, logit, sigmoid};
use serde::{Deserialize, Serialize};

use crate::State;

/// One range of claimed probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Lower end of the range.
    pub low: f64,
    /// Upper end; it belongs to this range only at 1.
    pub high: f64,
    /// Images in it.
    pub images: u64,
    /// Lenses among them.
    pub lenses: u64,
    /// What was claimed on average; 0 when empty.
    pub mean_claimed: f64,
}

/// Claimed against actual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Equal ranges from 0 to 1, empty ones too.
    pub bins: Vec<ReliabilityBin>,
    /// Images altogether.
    pub images: u64,
    /// Expected calibration error: mean over images of |claimed − actual| of their range.
    pub ece: f64,
    /// Mean squared error of the probability.
    pub brier: f64,
    /// Mean −ln of the probability given to the truth.
    pub log_loss: f64,
}

/// Sorts (claimed probability, is a lens) into `bins` equal ranges; all zeros without images.
/// Pairs whose probability is no number are left out.
#[must_use]
pub fn reliability(pairs: impl IntoIterator<Item = (f64, bool)>, bins: usize) -> Reliability {
    let count = bins.max(1);
    let mut sums = vec![(0_u64, 0_u64, 0.0_f64); count];
    let (mut brier, mut log_loss) = (0.0, 0.0);
    for (p, lens) in pairs {
        if !(0.0..=1.0).contains(&p) {
            continue;
        }
        let bin = &mut sums[((p * count as f64) as usize).min(count - 1)];
        bin.0 += 1;
        bin.1 += u64::from(lens);
        bin.2 += p;
        let right = if lens { p } else { 1.0 - p };
        brier += (1.0 - right).powi(2);
        log_loss -= right.max(f64::MIN_POSITIVE).ln();
    }
    let images: u64 = sums.iter().map(|bin| bin.0).sum();
    let n = images.max(1) as f64;
    let ece = sums.iter().map(|&(_, lenses, claimed)| (claimed - lenses as f64).abs()).sum::<f64>() / n;
    let width = 1.0 / count as f64;
    let bins = sums
        .iter()
        .enumerate()
        .map(|(i, &(images, lenses, claimed))| ReliabilityBin {
            low: i as f64 * width,
            high: (i + 1) as f64 * width,
            images,
            lenses,
            mean_claimed: claimed / images.max(1) as f64,
        })
        .collect();
    Reliability { bins, images, ece, brier: brier / n, log_loss: log_loss / n }
}

/// What the votes claim about the training images that have any, against their truth.
///
/// `prior` should be the rate of lenses among the training images shown, which people see and
/// the aggregator's own prior is not about; `None` takes the actual rate.
#[must_use]
pub fn known_image_scores(state: &State, prior: Option<f64>) -> Vec<(f64, bool)> {
    let known: Vec<_> =
        state.training_subjects().map(|(_, s)| (s.evidence, s.truth == Label::Lens)).collect();
    let lenses = known.iter().filter(|(_, lens)| *lens).count() as f64;
    let prior = prior.unwrap_or((lenses + 0.5) / (known.len() as f64 + 1.0));
    known.into_iter().map(|(evidence, lens)| (sigmoid(logit(prior) + evidence), lens)).collect()
}

/// ΣP over the images of unknown truth that have votes: `(by p_votes, by p_joint)`. Beside the
/// number later confirmed, it shows over-confidence at a glance.
#[must_use]
pub fn expected_lenses(state: &State) -> (f64, f64) {
    state.unknown_subjects().fold((0.0, 0.0), |(votes, joint), (_, s)| (votes + s.p_votes, joint + s.p_joint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_claims_have_no_calibration_error() {
        let pairs = (0..100).map(|i| (0.25, i % 4 == 0));
        let honest = reliability(pairs, 10);
        assert!(honest.ece < 1e-12);
        assert_eq!((honest.images, honest.bins[2].images, honest.bins[2].lenses), (100, 100, 25));
        assert!((honest.brier - 0.1875).abs() < 1e-12);
    }

    #[test]
    fn overconfident_claims_are_measured() {
        let pairs = [(0.99, true), (0.99, false), (f64::NAN, true), (1.0, true)];
        let claims = reliability(pairs, 10);
        assert_eq!(claims.images, 3);
        assert!((claims.ece - 0.98 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn no_images_give_zeros_instead_of_nothing() {
        assert_eq!(reliability([], 0).ece, 0.0);
    }
}
