//! From a state to the soft label a network is trained on.

use serde::{Deserialize, Serialize};

use crate::SubjectState;

/// When the votes on an image are enough to train on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LabelRule {
    /// Decided votes ("lens" or "no lens") at least.
    pub min_votes: u32,
    /// Information in bits at least; below it the label would be the prior in disguise.
    pub min_weight: f64,
}

impl Default for LabelRule {
    fn default() -> Self {
        Self { min_votes: 2, min_weight: 0.1 }
    }
}

/// What a network is told about an image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SoftLabel {
    /// Probability of a lens, from the votes alone.
    pub target: f64,
    /// How much it should count: the votes' information in bits, 0 to 1.
    pub weight: f64,
}

/// The label of an image, or `None`.
///
/// - The target is `p_votes`: with the network's own score in it, the network would be
///   confirmed by itself.
/// - The weight is [`SubjectState::information_bits`]: what the votes say, not how far the
///   prior leans.
/// - Training images give none: their truth is known, and they measure people.
/// - Images with fewer votes or less information than the rule asks for give none.
/// - Status does not matter: a frozen or retired image is labelled like any other.
#[must_use]
pub fn training_label(subject: &SubjectState, rule: &LabelRule) -> Option<SoftLabel> {
    let decided = subject.tally.lens + subject.tally.no_lens;
    let weight = subject.information_bits();
    let enough = !subject.is_training() && decided >= rule.min_votes && weight >= rule.min_weight;
    enough.then_some(SoftLabel { target: subject.p_votes, weight })
}
