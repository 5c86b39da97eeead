//! Margin: the two answers nearest to each other first. With two answers the same ranking as entropy
//! and least confidence; here because people look for it by name.

use domain::Seed;

use crate::{Pool, SelectError, Selected, Selector, Strategy, rows};

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Margin;

impl Selector for Margin {
    fn strategy(&self) -> Strategy {
        Strategy::Margin
    }

    /// Score: 1 − |2p − 1|. Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let score = |i: usize| 1.0 - (2.0 * pool.probabilities()[i] - 1.0).abs();
        Ok(rows::highest(pool, open, budget, Strategy::Margin, score))
    }
}
