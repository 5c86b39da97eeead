//! What is kept of a pool to estimate about it later: how many images there were at which
//! probability. A few dozen numbers instead of a pool.

use domain::logit;
use serde::{Deserialize, Serialize};

/// Logits of the lowest and highest edge, and the bins between: 0.25 wide.
const LOW: f64 = -18.0;
const HIGH: f64 = 9.0;
const BINS: usize = 108;

/// A histogram of calibrated probabilities, fine in the logit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    bins: Vec<Bin>,
}

/// Images of about the same probability.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Bin {
    /// How many.
    pub images: u64,
    /// Σ p.
    pub sum: f64,
}

impl Bin {
    /// The logit of their mean probability, kept finite.
    pub fn logit(&self) -> f64 {
        bounded_logit(self.sum / self.images.max(1) as f64)
    }
}

/// The logit within what the frame knows.
pub(super) fn bounded_logit(p: f64) -> f64 {
    logit(p).clamp(LOW, HIGH)
}

impl Frame {
    /// Of these probabilities; what is none counts as 0.
    pub fn of(probabilities: impl IntoIterator<Item = f64>) -> Self {
        let mut bins = vec![Bin::default(); BINS];
        for p in probabilities {
            let p = if p.is_finite() { p.clamp(0.0, 1.0) } else { 0.0 };
            let place = (bounded_logit(p) - LOW) / (HIGH - LOW) * BINS as f64;
            let bin = &mut bins[(place as usize).min(BINS - 1)];
            bin.images += 1;
            bin.sum += p;
        }
        Self { bins }
    }

    /// All images.
    #[must_use]
    pub fn images(&self) -> u64 {
        self.bins.iter().map(|bin| bin.images).sum()
    }

    /// The number of lenses the probabilities expect.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.bins.iter().map(|bin| bin.sum).sum()
    }

    /// Bins with something in them, from the highest probability down.
    pub(super) fn falling(&self) -> impl Iterator<Item = &Bin> {
        self.bins.iter().rev().filter(|bin| bin.images > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_the_ends_stay_finite() {
        let frame = Frame::of([0.0, 1e-12, 1e-3, 0.5, 0.999_999, 1.0, f64::NAN]);
        assert_eq!(frame.images(), 7);
        assert!((frame.expected() - 2.500_999).abs() < 1e-9);
        assert!(frame.falling().all(|bin| bin.logit().is_finite()));
        let text = serde_json::to_string(&frame).unwrap();
        assert_eq!(serde_json::from_str::<Frame>(&text).unwrap(), frame);
    }
}
