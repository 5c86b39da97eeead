//! A posterior predictive check: do the votes on one image agree as much as the model says? For
//! each image the entropy of its votes is compared with its expectation, the mean over the
//! states with the image's own posteriors. If the model is right, the mean difference is zero
//! whatever the number of votes (the posterior averages over exactly the states that produced
//! them). Votes that agree more than they should share something the model does not know: images
//! that are easy or hard for everybody; that is where posteriors get too sure.
//!
//! Everybody has the crowd's rates here; that volunteers differ widens the spread of single
//! images and hardly moves the mean.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::SubjectTally;

/// Images with more votes are left out: their votes vary too little to tell anything more.
const MOST_VOTES: u32 = 60;

/// Observed against expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VoteEntropy {
    /// Images with at least two votes.
    pub images: u64,
    /// Mean entropy of the votes on an image, in bits.
    pub observed_bits: f64,
    /// What the model expects.
    pub expected_bits: f64,
    /// Standard error of the difference.
    pub standard_error: f64,
}

impl VoteEntropy {
    /// (observed − expected) in standard errors; negative when votes agree too much.
    #[must_use]
    pub fn z(&self) -> f64 {
        let difference = self.observed_bits - self.expected_bits;
        if self.standard_error > 0.0 { difference / self.standard_error } else { 0.0 }
    }
}

/// Checks; `rates` holds P(answer | state), one row per state. `None` without two images that
/// have two votes and as many states as there are rates.
#[must_use]
pub fn vote_entropy(tallies: &[SubjectTally], rates: &[[f64; 3]]) -> Option<VoteEntropy> {
    let mut expectations: HashMap<u32, Vec<f64>> = HashMap::new();
    let (mut images, mut observed, mut expected, mut squares) = (0_u64, 0.0, 0.0, 0.0);
    for tally in tallies {
        let votes = tally.answers.iter().fold(0_u32, |sum, count| sum.saturating_add(*count));
        if !(2..=MOST_VOTES).contains(&votes) || tally.states.len() != rates.len() {
            continue;
        }
        let by_state = expectations
            .entry(votes)
            .or_insert_with(|| rates.iter().map(|rates| expected_entropy(votes, rates)).collect());
        let ours: f64 = tally.states.iter().zip(&*by_state).map(|(p, bits)| p * bits).sum();
        let theirs = entropy(tally.answers, votes);
        if !ours.is_finite() {
            continue;
        }
        images += 1;
        observed += theirs;
        expected += ours;
        squares += (theirs - ours).powi(2);
    }
    if images < 2 {
        return None;
    }
    let n = images as f64;
    let (observed_bits, expected_bits) = (observed / n, expected / n);
    let variance = (squares / n - (observed_bits - expected_bits).powi(2)).max(0.0) * n / (n - 1.0);
    Some(VoteEntropy { images, observed_bits, expected_bits, standard_error: (variance / n).sqrt() })
}

fn entropy(answers: [u32; 3], votes: u32) -> f64 {
    let term = |count: u32| {
        let share = f64::from(count) / f64::from(votes);
        if count > 0 { -share * share.log2() } else { 0.0 }
    };
    answers.into_iter().map(term).sum()
}

/// Mean entropy of so many votes with these rates: the sum over all tallies with their
/// multinomial probabilities.
fn expected_entropy(votes: u32, rates: &[f64; 3]) -> f64 {
    let mut log_factorial = vec![0.0_f64];
    for k in 1..=votes {
        log_factorial.push(log_factorial[k as usize - 1] + f64::from(k).ln());
    }
    let log_power = |rate: f64, count: u32| if count == 0 { 0.0 } else { f64::from(count) * rate.ln() };
    let mut mean = 0.0;
    for first in 0..=votes {
        for second in 0..=votes - first {
            let answers = [first, second, votes - first - second];
            let mut log_p = log_factorial[votes as usize];
            for (count, rate) in answers.into_iter().zip(rates) {
                log_p += log_power(*rate, count) - log_factorial[count as usize];
            }
            mean += log_p.exp() * entropy(answers, votes);
        }
    }
    mean
}
