//! What the fold holds of one volunteer. When it changes is decided in `fold`.

use domain::Label;

use super::{KSwapRules, SwapRules};
use crate::skill_bits;

/// One volunteer: SWAP's agent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agent {
    /// PL = Pr(says "lens" | lens).
    pub pl: f64,
    /// PD = Pr(says "no lens" | no lens).
    pub pd: f64,
    /// Weight behind PL: pseudo-counts and votes heard (NL).
    pub nl: f64,
    /// Weight behind PD (ND).
    pub nd: f64,
    /// Expected information of one vote on an even question, in bits.
    pub skill: f64,
    /// Σ of the skill over the votes that moved a test image.
    pub contribution: f64,
    /// Votes heard (NT).
    pub heard: u32,
    /// Votes cast (N).
    pub votes: u32,
    /// Training images seen: `[non-lenses, lenses]`.
    pub seen: [u32; 2],
    /// Right answers among them.
    pub right: [u32; 2],
}

impl Agent {
    /// Somebody new under SWAP's settings.
    pub(super) fn newcomer(rules: &SwapRules) -> Self {
        let weight = 2.0 + rules.skepticism;
        Self::starting_at(rules.initial_skill, weight)
    }

    /// Somebody new under kSWAP's settings: even odds from γ imagined votes of each kind.
    pub(super) fn laplace(rules: &KSwapRules) -> Self {
        Self::starting_at(0.5, 2.0 * rules.gamma)
    }

    fn starting_at(skill: f64, weight: f64) -> Self {
        Self {
            pl: skill,
            pd: skill,
            nl: weight,
            nd: weight,
            skill: skill_bits(skill, skill),
            contribution: 0.0,
            heard: 0,
            votes: 0,
            seen: [0; 2],
            right: [0; 2],
        }
    }

    /// Hears a vote; on a test image with the image's posterior. PL and PD move only if `learns`.
    pub(super) fn hear(
        &mut self,
        said_lens: bool,
        truth: Label,
        posterior: f64,
        learns: bool,
        rules: &SwapRules,
    ) {
        let (low, high) = rules.skill_range;
        // The running mean after one more vote of this weight, right with this weight.
        let mean = |old: f64, count: f64, right: f64, weight: f64| {
            ((old * count + right) / (count + weight)).min(high).max(low)
        };
        // Weight of the vote as one on a lens, and as one on a non-lens.
        let (lens, other) = match truth {
            Label::Lens => (1.0, 0.0),
            Label::NonLens => (0.0, 1.0),
            Label::Unknown => (posterior, 1.0 - posterior),
        };
        let known = truth != Label::Unknown;
        if learns && (!known || truth == Label::Lens) {
            self.pl = mean(self.pl, self.nl, if said_lens { lens } else { 0.0 }, lens);
        }
        if learns && (!known || truth == Label::NonLens) {
            self.pd = mean(self.pd, self.nd, if said_lens { 0.0 } else { other }, other);
        }
        self.nl += lens;
        self.nd += other;
        if known {
            self.count_training(said_lens, truth == Label::Lens);
        }
        self.heard += 1;
        if learns {
            self.skill = skill_bits(self.pl, self.pd);
        }
    }

    /// kSWAP: learns from a training image by Laplace's rule.
    pub(super) fn learn_by_laplace(&mut self, said_lens: bool, is_lens: bool, gamma: f64) {
        self.count_training(said_lens, is_lens);
        let side = usize::from(is_lens);
        let seen = f64::from(self.seen[side]) + 2.0 * gamma;
        let skill = (f64::from(self.right[side]) + gamma) / seen;
        if is_lens {
            (self.pl, self.nl) = (skill, seen);
        } else {
            (self.pd, self.nd) = (skill, seen);
        }
        self.heard += 1;
        self.skill = skill_bits(self.pl, self.pd);
    }

    fn count_training(&mut self, said_lens: bool, is_lens: bool) {
        let side = usize::from(is_lens);
        self.seen[side] += 1;
        self.right[side] += u32::from(said_lens == is_lens);
    }
}
