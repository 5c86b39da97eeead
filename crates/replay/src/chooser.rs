//! A policy's strategy, ready to choose: once for the beginning of a round, once for its middle.

use acquisition::{Pool, SelectError, Selected, Selector, StrategyConfig};
use domain::Seed;

use crate::{Policy, ReplayError};

type Boxed = Box<dyn Selector + Send + Sync>;

/// The strategy of a policy.
pub(crate) struct Chooser {
    whole: Boxed,
    /// What a portfolio is within a round.
    rest: Option<Boxed>,
}

impl Chooser {
    pub(crate) fn new(policy: &Policy) -> Result<Self, ReplayError> {
        let build = |config: &StrategyConfig| {
            let failed = |source| ReplayError::Selection { policy: policy.name.clone(), source };
            config.build().map_err(failed)
        };
        let rest = match &policy.strategy {
            StrategyConfig::Portfolio(config) => {
                Some(build(&StrategyConfig::Portfolio(config.within_a_round()))?)
            }
            _ => None,
        };
        Ok(Self { whole: build(&policy.strategy)?, rest })
    }

    /// Chooses `budget` of the open images; the audit only at the beginning of a round.
    pub(crate) fn select(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        (round, is_beginning): (u32, bool),
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let strategy = if is_beginning { &self.whole } else { self.rest.as_ref().unwrap_or(&self.whole) };
        strategy.select_in_round(pool, open, budget, round as usize, seed)
    }
}
