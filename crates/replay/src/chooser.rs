//! A policy's strategy, ready to choose.

use acquisition::{Entropy, Greedy, Pool, Portfolio, PowerBald, Random, SelectError, Selected, Selector};
use domain::Seed;

use crate::{Policy, ReplayError, StrategyConfig};

/// The strategy of a policy.
pub(crate) struct Chooser {
    selector: Box<dyn Selector + Send + Sync>,
    portfolio: Option<(Portfolio, Portfolio)>,
}

impl Chooser {
    pub(crate) fn new(policy: &Policy) -> Result<Self, ReplayError> {
        let failed = |source| ReplayError::Selection { policy: policy.name.clone(), source };
        let build = || -> Result<Self, SelectError> {
            let mut portfolio = None;
            let selector: Box<dyn Selector + Send + Sync> = match &policy.strategy {
                StrategyConfig::Random => Box::new(Random),
                StrategyConfig::Entropy => Box::new(Entropy::new(None)?),
                StrategyConfig::Greedy => Box::new(Greedy),
                StrategyConfig::PowerBald { beta } => Box::new(PowerBald::new(*beta)?),
                StrategyConfig::Portfolio(config) => {
                    let mut rest = config.clone();
                    rest.audit_share = 0.0;
                    let others = (1.0 - config.audit_share).max(1e-9);
                    rest.explore_first /= others;
                    rest.explore_last /= others;
                    portfolio = Some((Portfolio::new(config.clone())?, Portfolio::new(rest)?));
                    Box::new(Greedy)
                }
            };
            Ok(Self { selector, portfolio })
        };
        build().map_err(failed)
    }

    /// Chooses `budget` of the open images. A portfolio draws an audit only when asked to.
    pub(crate) fn select(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        round: usize,
        with_audit: bool,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let Some((whole, rest)) = &self.portfolio else {
            return self.selector.select_among(pool, open, budget, seed);
        };
        let ids: Vec<_> = open.iter().map(|i| pool.ids()[*i]).collect();
        let p: Vec<f64> = open.iter().map(|i| pool.probabilities()[*i]).collect();
        let doubt: Option<Vec<_>> = pool.doubt().map(|doubt| open.iter().map(|i| doubt[*i]).collect());
        let mut part = Pool::new(&ids, &p)?;
        if let Some(doubt) = &doubt {
            part = part.with_doubt(doubt)?;
        }
        let portfolio = if with_audit { whole } else { rest };
        let mut rows = portfolio.select(&part, budget, round, seed)?;
        for row in &mut rows {
            row.index = open[row.index];
        }
        Ok(rows)
    }
}
