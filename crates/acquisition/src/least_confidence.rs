//! Least confidence: the least certain best answer first. With two answers the same ranking as
//! entropy and margin; here because people look for it by name.

use domain::Seed;

use crate::{Pool, SelectError, Selected, Selector, Strategy, rows};

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeastConfidence;

impl Selector for LeastConfidence {
    fn strategy(&self) -> Strategy {
        Strategy::LeastConfidence
    }

    /// Score: 1 − max(p, 1 − p). Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let score = |i: usize| {
            let p = pool.probabilities()[i];
            1.0 - p.max(1.0 - p)
        };
        Ok(rows::highest(pool, open, budget, Strategy::LeastConfidence, score))
    }
}
