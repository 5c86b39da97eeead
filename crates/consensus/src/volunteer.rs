//! What is known about one volunteer: how often they are right on lenses and on non-lenses,
//! learned from training images only. Using it to weigh votes is left to the aggregators.

use domain::Label;
use serde::{Deserialize, Serialize};

use crate::Ballot;

/// One volunteer: SWAP's agent, with counts beside it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct VolunteerState {
    /// PL = Pr(says "lens" | lens).
    pub pl: f64,
    /// PD = Pr(says "no lens" | no lens).
    pub pd: f64,
    /// Pseudo-counts plus decided votes behind `pl`.
    pub nl: f64,
    /// Pseudo-counts plus decided votes behind `pd`.
    pub nd: f64,
    /// Decided votes on training images ("experience").
    pub n_training: u32,
    /// Decided votes on images of unknown truth ("effort").
    pub n_test: u32,
    /// "Unsure" on either.
    pub n_unsure: u32,
    /// Every vote that counts.
    pub n_votes: u32,
    /// Σ of the skill in bits over the votes on images of unknown truth.
    pub contribution: f64,
}

impl VolunteerState {
    /// Somebody new, with `pseudo_counts` imagined votes behind each number.
    #[must_use]
    pub const fn newcomer(pl: f64, pd: f64, pseudo_counts: f64) -> Self {
        Self {
            pl,
            pd,
            nl: pseudo_counts,
            nd: pseudo_counts,
            n_training: 0,
            n_test: 0,
            n_unsure: 0,
            n_votes: 0,
            contribution: 0.0,
        }
    }

    /// Expected information of one vote on an even question, in bits.
    #[must_use]
    pub fn skill_bits(&self) -> f64 {
        skill_bits(self.pl, self.pd)
    }

    /// Whether so many training images were decided that the skill means something.
    #[must_use]
    pub const fn is_experienced(&self) -> bool {
        self.n_training >= 10
    }

    /// Takes a vote into the counts and, on a training image, into `pl` or `pd`: the running
    /// mean PL ← (PL·NL + [right])/(NL + 1), kept inside `clip`. "Unsure" is counted and
    /// teaches nothing: PL and PD are about decided votes.
    pub(crate) fn hear(&mut self, ballot: &Ballot, clip: (f64, f64)) {
        self.n_votes += 1;
        let Some(said_lens) = ballot.said_lens() else {
            self.n_unsure += 1;
            return;
        };
        let (mean, count, right) = match ballot.truth {
            Label::Lens => (&mut self.pl, &mut self.nl, said_lens),
            Label::NonLens => (&mut self.pd, &mut self.nd, !said_lens),
            Label::Unknown => {
                self.n_test += 1;
                return;
            }
        };
        *mean = ((*mean * *count + f64::from(u8::from(right))) / (*count + 1.0)).clamp(clip.0, clip.1);
        *count += 1.0;
        self.n_training += 1;
    }
}

/// Expected information in bits of one vote on a 50:50 image by somebody with these two
/// numbers: 0 for guessing (or one answer always), 1 for never wrong (Marshall et al. 2016).
#[must_use]
pub fn skill_bits(pl: f64, pd: f64) -> f64 {
    let s = |x: f64| if x > 0.0 { x * x.log2() } else { 0.0 };
    let known = 0.5 * (s(pl) + s(1.0 - pl) + s(pd) + s(1.0 - pd));
    known - s(0.5 * (pl + 1.0 - pd)) - s(0.5 * (1.0 - pl + pd))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skill_is_none_for_guessing_and_a_bit_for_the_perfect() {
        assert!(skill_bits(0.5, 0.5).abs() < 1e-15);
        assert!(skill_bits(0.3, 0.7).abs() < 1e-15, "the same answer whatever is shown");
        assert!((skill_bits(1.0, 1.0) - 1.0).abs() < 1e-15);
        assert!((skill_bits(0.99, 0.99) - 0.919_206).abs() < 1e-6);
    }
}
