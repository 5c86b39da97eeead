//! One trial: a policy, a crowd, so many votes, a seed.

use domain::Progress;
use serde::{Deserialize, Serialize};

use crate::{Checkpoint, CrowdMix, Outcome, Policy, ReplayError, StoredPool, run};

/// One run of a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// What is tried.
    pub policy: Policy,
    /// Who looks.
    #[serde(default)]
    pub crowd: CrowdMix,
    /// Votes on survey images altogether; votes on training images come on top.
    pub votes: u64,
    /// Of all chance in it.
    pub seed: u64,
    /// An image is a candidate from this `p_joint` on.
    #[serde(default = "candidate_threshold")]
    pub candidate_threshold: f64,
    /// Votes between two checkpoints; `None` for about forty of them.
    #[serde(default)]
    pub checkpoint_votes: Option<u64>,
}

const fn candidate_threshold() -> f64 {
    0.5
}

impl Trial {
    /// A trial with the usual crowd.
    #[must_use]
    pub fn of(policy: Policy, votes: u64, seed: u64) -> Self {
        Self {
            policy,
            crowd: CrowdMix::default(),
            votes,
            seed,
            candidate_threshold: candidate_threshold(),
            checkpoint_votes: None,
        }
    }

    /// Refuses what makes no sense.
    ///
    /// # Errors
    /// Names the setting.
    pub fn check(&self) -> Result<(), ReplayError> {
        ReplayError::check("votes", (1..=100_000_000).contains(&self.votes), "give 1 to 100,000,000 votes")?;
        let inside = self.candidate_threshold > 0.0 && self.candidate_threshold < 1.0;
        ReplayError::check("candidate_threshold", inside, "give a number between 0 and 1")?;
        ReplayError::check("checkpoint_votes", self.checkpoint_votes != Some(0), "give 1 vote or more")?;
        self.crowd.check()?;
        self.policy.check()
    }
}

/// Runs a trial on a pool, vote by vote. `each` hears every checkpoint as it is reached: before the first
/// vote, every few votes, and after the last.
///
/// # Errors
/// When the pool's lists do not fit together, a setting is out of its range, the strategy needs what the
/// pool does not hold, or the person asked to stop.
pub fn replay(
    pool: &StoredPool,
    trial: &Trial,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&Checkpoint),
) -> Result<Outcome, ReplayError> {
    pool.check()?;
    trial.check()?;
    progress.check()?;
    run::run(pool, trial, progress, each)
}
