//! `labels.csv` of a round: everything the votes say of a subject people looked at, and the label
//! a network is trained on. The label comes from `p_votes`, in which the network has no say.

use std::path::PathBuf;

use consensus::live::{Engine, Evidence, Judgement, LabelRule, Outcome};
use domain::{Tally, sigmoid};
use serde::{Deserialize, Serialize};

use crate::{
    CampaignError,
    runner::{Context, Project},
    selection_log::read_csv,
};

/// One row of `labels.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelRow {
    /// Id in the dataset.
    pub id: String,
    /// From people alone.
    pub p_votes: f64,
    /// From people and the network, calibrated.
    pub p_joint: f64,
    /// `open`, `detected`, `rejected` or `contested`.
    pub status: String,
    /// "No lens" votes.
    pub no_lens: u32,
    /// "Unsure" votes.
    pub unsure: u32,
    /// "Lens" votes.
    pub lens: u32,
    /// Training target, if the votes are enough.
    pub target: Option<f64>,
    /// Its weight: the votes' information in bits.
    pub weight: Option<f64>,
    /// The network's probability that `p_joint` starts from; none where the base rate stands in.
    pub network: Option<f64>,
    /// ln P(votes | lens) × 2³⁶.
    pub evidence_lens: i64,
    /// ln P(votes | plain non-lens) × 2³⁶.
    pub evidence_plain: i64,
    /// ln P(votes | look-alike) × 2³⁶.
    pub evidence_look_alike: i64,
}

/// What is counted and known of a subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voted {
    /// What its votes say.
    pub evidence: Evidence,
    /// Its votes that stand.
    pub tally: Tally,
    /// What the network thought of it, out of fold.
    pub network: Option<f64>,
}

impl LabelRow {
    /// What is believed, and the label if the votes are enough for one.
    #[must_use]
    pub fn of(id: &str, voted: &Voted, engine: &Engine, base_rate: f64, rule: &LabelRule) -> Self {
        let Voted { evidence, tally, network } = *voted;
        let belief = engine.belief(Some(network.unwrap_or(base_rate)), evidence);
        let label = engine.training_label(evidence, tally, rule);
        Self {
            id: id.to_owned(),
            p_votes: belief.p_votes,
            p_joint: belief.p_joint,
            status: engine.judge(&belief, tally).outcome.name().to_owned(),
            no_lens: tally.no_lens,
            unsure: tally.unsure,
            lens: tally.lens,
            target: label.map(|label| label.target),
            weight: label.map(|label| label.weight),
            network,
            evidence_lens: evidence.lens,
            evidence_plain: evidence.plain,
            evidence_look_alike: evidence.look_alike,
        }
    }

    /// The tally of the row.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        Tally { no_lens: self.no_lens, unsure: self.unsure, lens: self.lens }
    }

    /// What its votes say.
    #[must_use]
    pub const fn evidence(&self) -> Evidence {
        Evidence {
            lens: self.evidence_lens,
            plain: self.evidence_plain,
            look_alike: self.evidence_look_alike,
        }
    }

    /// The posterior before expert reviews corrected it: what a correction is learnt from, and what is
    /// held against the reviews (the corrected one would be no test).
    #[must_use]
    pub fn uncalibrated(&self, engine: &Engine, base_rate: f64) -> f64 {
        let network = self.network.unwrap_or(base_rate);
        sigmoid(engine.belief(Some(network), self.evidence()).log_odds)
    }

    /// Where it stood when the row was written.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::from_name(&self.status).unwrap_or(Outcome::Open)
    }

    /// What is believed of it if the network thinks this of it, as long as people may be asked; `None`
    /// once they have judged it.
    #[must_use]
    pub fn open_belief(&self, engine: &Engine, network: f64) -> Option<f64> {
        let belief = engine.belief(Some(network), self.evidence());
        let is_open = engine.judge(&belief, self.tally()).outcome == Outcome::Open;
        is_open.then_some(belief.p_joint)
    }

    /// Where it stands if the network thinks this of it.
    #[must_use]
    pub fn judged(&self, engine: &Engine, network: f64) -> Judgement {
        engine.judge(&engine.belief(Some(network), self.evidence()), self.tally())
    }
}

/// The file of a round's labels.
#[must_use]
pub fn path(context: &Context, project: &Project, round: u32) -> PathBuf {
    context.workspace.round(&project.slug, round).join("labels.csv")
}

/// A round's labels, by id.
///
/// # Errors
/// When the file is missing or of another version.
pub fn read(context: &Context, project: &Project, round: u32) -> Result<Vec<LabelRow>, CampaignError> {
    read_csv(&path(context, project, round))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(nats: [f64; 3], no_lens: u32) -> LabelRow {
        let tally = Tally { no_lens, ..Tally::default() };
        let voted = Voted { evidence: Evidence::from_nats(nats), tally, network: Some(0.1) };
        LabelRow::of("a", &voted, &Engine::default(), 0.01, &LabelRule::default())
    }

    #[test]
    fn an_open_image_is_believed_with_its_votes_and_a_judged_one_is_not_asked_about() {
        let engine = Engine::default();
        let refused = [-4.0, 0.0, -1.0];
        let open = row(refused, 2).open_belief(&engine, 0.3).unwrap();
        assert!(open < 0.02, "the network's 0.3 is not what is believed: {open}");
        assert_eq!(row([-9.0, 0.0, -3.0], 4).open_belief(&engine, 0.3), None);
        let unheard = row([0.0; 3], 0).open_belief(&engine, 0.3).unwrap();
        assert!((unheard - 0.3).abs() < 1e-12);
    }
}
