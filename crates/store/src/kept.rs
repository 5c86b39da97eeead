//! A row of `belief` in memory, and how it follows from the votes: the same few lines for a vote,
//! an undo, a new network score and a refit.

use consensus::live::{Belief, Engine, Evidence, Judgement, Outcome, TruthKind};
use domain::{SubjectId, Tally, binary_entropy_bits};

use crate::BeliefRow;

/// The strategy whose images must all be answered, however sure the network is of them: the
/// estimate of completeness rests on them.
const AUDIT: &str = "audit";

/// Everything the database keeps of one subject's belief.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub subject: SubjectId,
    pub truth: Option<TruthKind>,
    pub evidence: Evidence,
    pub tally: Tally,
    pub network: Option<f64>,
    pub model_version: Option<String>,
    pub belief: Belief,
    pub outcome: Outcome,
    pub crowd_wanted: u32,
    pub expert_wanted: u32,
    pub open_leases: u32,
    pub round: Option<u32>,
    pub rank: u32,
    pub value: f64,
    pub least_bits: f64,
    pub priority: f64,
}

/// A change of outcome, to be written down.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Turn {
    pub subject: SubjectId,
    pub from: Outcome,
    pub judgement: Judgement,
    pub belief: Belief,
    pub tally: Tally,
    pub model_version: Option<String>,
}

impl Kept {
    /// Of a subject that nobody has voted on and nobody has asked about.
    pub(crate) fn new(subject: SubjectId, truth: Option<TruthKind>) -> Self {
        Self {
            subject,
            truth,
            evidence: Evidence::NONE,
            tally: Tally::default(),
            network: None,
            model_version: None,
            belief: Belief { p_votes: 0.5, p_joint: 0.5, log_odds: 0.0 },
            outcome: Outcome::Open,
            crowd_wanted: 0,
            expert_wanted: 0,
            open_leases: 0,
            round: None,
            rank: 0,
            value: 1.0,
            least_bits: 0.0,
            priority: 0.0,
        }
    }

    /// Recomputes everything that follows from evidence, tally and network score; tells a change
    /// of outcome. A known image has a belief, for the monitors, but no outcome: votes on it never
    /// count to its retirement.
    pub(crate) fn rejudge(&mut self, engine: &Engine) -> Option<Turn> {
        self.belief = engine.belief(self.network, self.evidence);
        if self.truth.is_some() {
            // It may have been withdrawn before, and judged.
            (self.crowd_wanted, self.expert_wanted, self.priority) = (0, 0, 0.0);
            let has_outcome = self.outcome != Outcome::Open;
            return has_outcome.then(|| self.turn_to(engine.judge(&self.belief, Tally::default())))?;
        }
        let judgement = engine.judge(&self.belief, self.tally);
        let wanted = judgement.wanted;
        (self.crowd_wanted, self.expert_wanted) =
            if judgement.experts_only { (0, wanted) } else { (wanted, 0) };
        self.priority = self.value * binary_entropy_bits(self.belief.p_joint).max(self.least_bits);
        self.turn_to(judgement)
    }

    fn turn_to(&mut self, judgement: Judgement) -> Option<Turn> {
        let from = std::mem::replace(&mut self.outcome, judgement.outcome);
        (from != self.outcome).then(|| Turn {
            subject: self.subject,
            from,
            judgement,
            belief: self.belief,
            tally: self.tally,
            model_version: self.model_version.clone(),
        })
    }

    /// Gives it a place in a queue.
    pub(crate) fn queue(&mut self, round: u32, rank: u32, value: f64, strategy: &str) {
        (self.round, self.rank, self.value) = (Some(round), rank, value);
        self.least_bits = least_bits(strategy);
    }

    pub(crate) fn row(&self) -> BeliefRow {
        BeliefRow {
            subject: self.subject,
            truth: self.truth,
            evidence: self.evidence,
            tally: self.tally,
            network: self.network,
            model_version: self.model_version.clone(),
            belief: self.belief,
            outcome: self.outcome,
            wanted: self.crowd_wanted.max(self.expert_wanted),
            experts_only: self.expert_wanted > 0,
            open_leases: self.open_leases,
            round: self.round,
            value: self.value,
        }
    }
}

/// What an answer on an image of this strategy is worth at least, in bits.
pub(crate) fn least_bits(strategy: &str) -> f64 {
    if strategy == AUDIT { 1.0 } else { 0.0 }
}
