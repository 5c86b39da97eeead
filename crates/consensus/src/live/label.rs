//! From what the votes say of an image to the soft label a network is trained on.

use domain::Tally;
use serde::{Deserialize, Serialize};

use super::{Engine, Evidence};

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

impl Engine {
    /// The label of an image of unknown truth, or `None` when its votes are fewer or say less than
    /// the rule asks for. The target is `p_votes`: with the network's own score in it, the network
    /// would be confirmed by itself. Where the image stands does not matter: a retired one is
    /// labelled like any other.
    #[must_use]
    pub fn training_label(&self, evidence: Evidence, tally: Tally, rule: &LabelRule) -> Option<SoftLabel> {
        let weight = self.information_bits(evidence);
        let enough = tally.lens + tally.no_lens >= rule.min_votes && weight >= rule.min_weight;
        enough.then(|| SoftLabel { target: self.belief(None, evidence).p_votes, weight })
    }
}

#[cfg(test)]
mod tests {
    use domain::Answer;

    use super::*;
    use crate::live::VolunteerRecord;

    #[test]
    fn a_label_needs_decided_votes_that_say_something() {
        let engine = Engine::default();
        let said = |answers: &[Answer]| {
            let mut evidence = Evidence::NONE;
            let mut tally = Tally::default();
            for &answer in answers {
                evidence += engine.weigh(&VolunteerRecord::default(), answer);
                tally = tally.with(answer);
            }
            engine.training_label(evidence, tally, &LabelRule::default())
        };
        use Answer::{Lens, NoLens, Unsure};
        assert_eq!(said(&[]), None);
        assert_eq!(said(&[NoLens]), None, "one vote");
        assert_eq!(said(&[Unsure; 5]), None, "nobody decided");
        let no = said(&[NoLens; 3]).unwrap();
        let yes = said(&[Lens; 5]).unwrap();
        assert!(no.target < 0.02 && no.weight > 0.5, "{no:?}");
        assert!(yes.target > 0.6 && yes.weight > 0.5, "{yes:?}");
    }
}
