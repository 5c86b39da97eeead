//! A policy's strategy, ready to choose: once for the beginning of a round, once for its middle.

use acquisition::{DiversityConfig, Pool, PortfolioConfig, SelectError, Selected, Selector, StrategyConfig};
use domain::Seed;

use crate::{Policy, ReplayError};

type Boxed = Box<dyn Selector + Send + Sync>;

/// The strategy of a policy.
pub(crate) struct Chooser {
    whole: Boxed,
    /// A portfolio without its audit, which is drawn once a round and never again.
    rest: Option<Boxed>,
}

impl Chooser {
    pub(crate) fn new(policy: &Policy) -> Result<Self, ReplayError> {
        let build = |config: &StrategyConfig| {
            let failed = |source| ReplayError::Selection { policy: policy.name.clone(), source };
            config.build().map_err(failed)
        };
        let rest = without_audit(&policy.strategy);
        Ok(Self { whole: build(&policy.strategy)?, rest: rest.as_ref().map(build).transpose()? })
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

/// The same portfolio with the audit's share given to the others in proportion, and without what costs a
/// second each time: cells of the embeddings (k-means), EPIG, and the typical images of the first round. At
/// the beginning of a round all of them play their part.
fn without_audit(config: &StrategyConfig) -> Option<StrategyConfig> {
    let StrategyConfig::Portfolio(config) = config else { return None };
    let part = |share: f64, audit: f64| if audit < 1.0 { (share / (1.0 - audit)).min(1.0) } else { 0.0 };
    let (first, last) = (config.audit_share, config.audit_share_last.unwrap_or(config.audit_share));
    let rest = PortfolioConfig {
        audit_share: 0.0,
        audit_share_last: None,
        explore_first: part(config.explore_first, first),
        explore_last: part(config.explore_last, last),
        relabel_share: part(config.relabel_share, first),
        typiclust_share: 0.0,
        epig_share: 0.0,
        diversity: DiversityConfig { clusters: 0, ..config.diversity },
        ..config.clone()
    };
    Some(StrategyConfig::Portfolio(rest))
}
