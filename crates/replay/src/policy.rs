//! A policy: everything a lead decides about a campaign before it begins.

use acquisition::{HeadMode, StrategyConfig};
use consensus::live::Settings;
use serde::{Deserialize, Serialize};

use crate::ReplayError;

/// What is chosen, how votes are weighed, and what learns from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What people call it: the name of its curve.
    pub name: String,
    /// Which images to ask about.
    pub strategy: StrategyConfig,
    /// Whether the live head learns from the votes, and when.
    #[serde(default)]
    pub head: HeadMode,
    /// How votes are weighed and when an image has been asked about often enough.
    #[serde(default)]
    pub consensus: Settings,
    /// Whether the head learns the posterior of the votes with its information as weight, or else which
    /// side of one half it is on, with weight 1.
    #[serde(default = "yes")]
    pub soft_labels: bool,
    /// Votes on survey images that a round may spend.
    #[serde(default = "votes_per_round")]
    pub votes_per_round: u64,
    /// Images people are asked about in a round, as far as the votes go.
    #[serde(default = "subjects_per_round")]
    pub subjects_per_round: usize,
    /// Votes after which a head that is live is fitted again and the queue follows.
    #[serde(default = "refresh_votes")]
    pub refresh_votes: u64,
}

const fn yes() -> bool {
    true
}

const fn votes_per_round() -> u64 {
    2_000
}

const fn subjects_per_round() -> usize {
    500
}

const fn refresh_votes() -> u64 {
    25
}

impl Policy {
    /// A policy of this strategy; the rest as usual, with the live head.
    #[must_use]
    pub fn of(name: impl Into<String>, strategy: StrategyConfig) -> Self {
        Self {
            name: name.into(),
            strategy,
            head: HeadMode::default(),
            consensus: Settings::default(),
            soft_labels: true,
            votes_per_round: votes_per_round(),
            subjects_per_round: subjects_per_round(),
            refresh_votes: refresh_votes(),
        }
    }

    /// The same with this head.
    #[must_use]
    pub fn with_head(self, head: HeadMode) -> Self {
        Self { head, ..self }
    }

    /// Refuses what makes no sense.
    ///
    /// # Errors
    /// Names the setting.
    pub fn check(&self) -> Result<(), ReplayError> {
        ReplayError::check("policy.name", !self.name.is_empty(), "give the policy a name")?;
        let some = self.votes_per_round > 0;
        ReplayError::check("policy.votes_per_round", some, "give 1 vote or more")?;
        let some = self.subjects_per_round > 0;
        ReplayError::check("policy.subjects_per_round", some, "give 1 image or more")?;
        ReplayError::check("policy.refresh_votes", self.refresh_votes > 0, "give 1 vote or more")?;
        let of = |source| ReplayError::Consensus { policy: self.name.clone(), source };
        self.consensus.check().map_err(of)?;
        let of = |source| ReplayError::Selection { policy: self.name.clone(), source };
        self.strategy.build().map(drop).map_err(of)
    }
}
