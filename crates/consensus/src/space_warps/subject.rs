//! What the fold holds of one image. When it changes is decided in `fold`.

use domain::Label;

use super::{KSwapRules, SwapRules};
use crate::Status;

/// One image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SubjectTrack {
    /// Probability of a lens.
    pub posterior: f64,
    /// Where it stands. With kSWAP what the image was retired as: once set it stays, but for the
    /// cap, which speaks last.
    pub status: Status,
    /// Truth in the first vote on it; [`Label::Unknown`] marks a test image.
    pub truth: Label,
    /// Votes while it was open, those without weight among them (kSWAP: every vote that counts).
    pub exposure: u32,
    /// The exposure at which it was retired; 0 while it is not.
    pub retirement_age: u32,
    /// Votes that said "no lens" and "lens" (kSWAP's majority at the cap).
    pub(super) said: [u32; 2],
    /// What the first vote said.
    pub(super) first_said_lens: bool,
}

impl SubjectTrack {
    pub(super) fn unseen(truth: Label, prior: f64) -> Self {
        Self {
            posterior: prior,
            status: Status::Undecided,
            truth,
            exposure: 0,
            retirement_age: 0,
            said: [0; 2],
            first_said_lens: false,
        }
    }

    /// Whether people need not be asked again (SWAP's "inactive").
    #[must_use]
    pub const fn is_retired(&self) -> bool {
        self.retirement_age > 0
    }

    fn is_test(&self) -> bool {
        self.truth == Label::Unknown
    }

    /// Bayes' rule with somebody who has these two numbers, in the original's order of operations.
    pub(super) fn weigh(&mut self, said_lens: bool, pl: f64, pd: f64, rules: &SwapRules) {
        let (lens, other) = if said_lens { (pl, 1.0 - pd) } else { (1.0 - pl, pd) };
        let p = self.posterior;
        self.posterior = ((lens / (lens * p + other * (1.0 - p))) * p).max(rules.least_posterior);
        self.status = Status::of(self.posterior, rules.detected_above, rules.rejected_below);
        let retired = self.status == Status::Rejected && self.is_test();
        self.retirement_age = if retired { self.exposure } else { 0 };
    }

    /// kSWAP's rule, retirement included.
    pub(super) fn weigh_and_retire(&mut self, said_lens: bool, pl: f64, pd: f64, rules: &KSwapRules) {
        let (lens, other) = if said_lens { (pl, 1.0 - pd) } else { (1.0 - pl, pd) };
        let p = self.posterior;
        self.posterior = (p * lens) / (p * lens + other * (1.0 - p) + rules.epsilon);
        if self.exposure == 0 {
            self.first_said_lens = said_lens;
        }
        self.exposure += 1;
        self.said[usize::from(said_lens)] += 1;
        if !self.is_test() {
            return;
        }
        let as_what = if self.exposure >= rules.most_votes {
            let [no, yes] = self.said;
            if yes > no || (yes == no && self.first_said_lens) { Status::Detected } else { Status::Rejected }
        } else if self.posterior < rules.rejected_below && self.exposure >= rules.least_votes {
            Status::Rejected
        } else {
            return;
        };
        self.status = as_what;
        if self.retirement_age == 0 {
            self.retirement_age = self.exposure;
        }
    }
}
