//! What can be wrong with a pool, a policy or a trial.

/// Why a replay cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A setting out of its range.
    #[error("the trial's setting `{field}` makes no sense: {remedy}")]
    Setting {
        /// Its name.
        field: &'static str,
        /// What would be right.
        remedy: &'static str,
    },
    /// A list of the pool that does not fit the others, or holds what it should not.
    #[error("the pool {pool:?}: `{field}` {problem}")]
    Pool {
        /// The pool's name.
        pool: String,
        /// Which list.
        field: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A setting of the consensus.
    #[error("the policy {policy:?}: {source}")]
    Consensus {
        /// The policy's name.
        policy: String,
        /// Which setting.
        source: consensus::ConfigError,
    },
    /// A strategy that does not exist, is set wrongly, or needs what the pool does not hold.
    #[error("the policy {policy:?}: {source}")]
    Selection {
        /// The policy's name.
        policy: String,
        /// What is missing.
        source: acquisition::SelectError,
    },
    /// The head cannot be fitted.
    #[error("the policy {policy:?}: the live head: {reason}")]
    Head {
        /// The policy's name.
        policy: String,
        /// Why.
        reason: String,
    },
    /// The person asked to stop.
    #[error(transparent)]
    Cancelled(#[from] domain::Cancelled),
}

impl ReplayError {
    /// `Ok` if `holds`.
    pub(crate) fn check(field: &'static str, holds: bool, remedy: &'static str) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self::Setting { field, remedy }) }
    }
}
