//! What the draws themselves say, without a word from the network about how right it is: unbiased
//! whatever the probabilities are worth, and wide.
//!
//! Round r: lenses known before its draw + the estimate of its audit for the pool it was drawn over.
//! Given everything before its draw each is unbiased for the same number, the lenses of the survey,
//! and the errors of two rounds do not hang together; so the plain mean of the rounds is unbiased
//! and the variances add.

use super::AuditRound;
use crate::{Interval, gamma::weighted_count};

/// z of a 95 % interval.
const Z: f64 = 1.959_964;

/// Sums over the rounds, each with weight 1/R.
#[derive(Default)]
struct Sums {
    /// Known before the draws.
    known: f64,
    known_variance: f64,
    /// Σ w·y·u/π over what was uncertain (π < 1), with its variance; u is what a lens adds.
    found: f64,
    found_variance: f64,
    /// The same where π = 1.
    certain: f64,
    /// What else adds: 0, or the model's total less what it expected of the sample.
    model: f64,
    model_variance: f64,
    /// The most that one more lens could have added.
    largest: f64,
}

/// Horvitz–Thompson: Σ y/π; `None` without an audit. Rows whose probability is not in (0, 1] are left out.
///
/// Why it is unbiased although other strategies choose from the same pool: an audit is drawn first, over
/// everything open, and each image independently of everything else. That an audited image would also
/// have been chosen by another strategy, or was shown to people by it later, changes neither its chance to
/// be in the audit nor its truth.
///
/// The interval is the gamma interval for weighted counts (Fay and Feuer 1997) on the part that was sampled
/// with π < 1; images with π = 1 are known. Unlike estimate ± 2σ it holds for a handful of lenses, and with
/// none seen its upper end is 3.7 times the largest weight: what the audit cannot rule out.
#[must_use]
pub fn horvitz_thompson(rounds: &[AuditRound]) -> Option<Interval> {
    combined(rounds, |_| 0.0, 0.0)
}

/// The difference estimator: Σ p over the pool + Σ (y − p)/π, with p as it was at the draw. As
/// unbiased as the other, and less wide where the network is right.
pub(super) fn difference(rounds: &[AuditRound]) -> Option<Interval> {
    combined(rounds, |p| p, 1.0)
}

fn combined(rounds: &[AuditRound], model: impl Fn(f64) -> f64, frame: f64) -> Option<Interval> {
    if rounds.is_empty() {
        return None;
    }
    let weight = 1.0 / rounds.len() as f64;
    let mut sums = Sums::default();
    for round in rounds {
        sums.known += weight * round.known.lenses;
        // The same images are known again and again: deviations add up, not variances.
        sums.known_variance += weight * round.known.variance.max(0.0).sqrt();
        sums.model += weight * frame * round.frame.expected();
        for audited in round.sound() {
            let (pi, y, m) = (audited.inclusion_probability, audited.value, model(audited.probability));
            let scale = weight / pi;
            // y − m = y·(1 − m) − (1 − y)·m: what lenses add, and what others take.
            let (lens, other) = (y * (1.0 - m) * scale, (1.0 - y) * m * scale);
            if pi < 1.0 {
                sums.found += lens;
                sums.found_variance += (1.0 - pi) * lens * lens;
                sums.model -= other;
                sums.model_variance += (1.0 - pi) * other * other;
                sums.largest = sums.largest.max((1.0 - m) * scale);
            } else {
                sums.certain += lens - other;
            }
        }
    }
    let (low, high) = weighted_count(sums.found, sums.found_variance, sums.largest);
    // The two parts' limits put together (Zou and Donner 2008): exact for either alone.
    let own = Z * (sums.model_variance + sums.known_variance.powi(2)).sqrt();
    let estimate = sums.known + sums.certain + sums.model + sums.found;
    Some(Interval {
        estimate,
        low: (estimate - ((sums.found - low).powi(2) + own * own).sqrt()).max(0.0),
        high: estimate + ((high - sums.found).powi(2) + own * own).sqrt(),
    })
}
