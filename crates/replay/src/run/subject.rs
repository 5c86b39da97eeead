//! One image while a replay runs: what is believed of it and how many votes it may still get. The same few
//! lines for a vote, a refit and a new score, as in `store::kept`.

use consensus::live::{Belief, Engine, Evidence, Outcome as Standing};
use domain::{Tally, binary_entropy_bits};

/// The state of one image.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject {
    /// What the network (champion or head) thinks of it without having heard its own votes.
    pub network: f64,
    pub evidence: Evidence,
    pub tally: Tally,
    pub belief: Belief,
    pub standing: Standing,
    pub crowd_wanted: u32,
    pub expert_wanted: u32,
    pub open_leases: u32,
    /// Whether an audit drew it: the head never learns from it.
    pub audited: bool,
    /// Whether its first vote came because it was at the top of the ranking.
    pub by_rank: bool,
}

impl Subject {
    pub(crate) fn new(network: f64, engine: &Engine) -> Self {
        let mut subject = Self {
            network,
            evidence: Evidence::NONE,
            tally: Tally::default(),
            belief: engine.belief(Some(network), Evidence::NONE),
            standing: Standing::Open,
            crowd_wanted: 0,
            expert_wanted: 0,
            open_leases: 0,
            audited: false,
            by_rank: false,
        };
        subject.rejudge(engine);
        subject
    }

    /// Recomputes what follows from score, evidence and tally; the standing before, if it changed.
    pub(crate) fn rejudge(&mut self, engine: &Engine) -> Option<Standing> {
        self.belief = engine.belief(Some(self.network), self.evidence);
        let judgement = engine.judge(&self.belief, self.tally);
        (self.crowd_wanted, self.expert_wanted) =
            if judgement.experts_only { (0, judgement.wanted) } else { (judgement.wanted, 0) };
        let from = std::mem::replace(&mut self.standing, judgement.outcome);
        (from != self.standing).then_some(from)
    }

    pub(crate) fn votes(&self) -> u32 {
        self.tally.total()
    }

    pub(crate) fn is_seen(&self) -> bool {
        self.votes() > 0
    }

    /// Whether the crowd may be asked now.
    pub(crate) fn wants_crowd(&self) -> bool {
        self.crowd_wanted > self.open_leases
    }

    pub(crate) fn wants_experts(&self) -> bool {
        self.expert_wanted > self.open_leases
    }

    /// What an answer on it is worth whoever gives it.
    pub(crate) fn priority(&self, value: f64, least_bits: f64) -> f64 {
        value * binary_entropy_bits(self.belief.p_joint).max(least_bits)
    }

    /// The probability a strategy is told: the network's where nobody voted, else with the votes.
    pub(crate) fn probability(&self) -> f64 {
        if self.is_seen() { self.belief.p_joint } else { self.network }
    }
}
