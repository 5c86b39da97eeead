//! Greedy: the highest probability first. Finds most per vote and never sees what the network
//! does not know; the exploiting part of a portfolio.

use domain::Seed;

use crate::{Pool, SelectError, Selected, Selector, Strategy, rows};

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Greedy;

impl Selector for Greedy {
    fn strategy(&self) -> Strategy {
        Strategy::Greedy
    }

    /// Score: the probability. Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        Ok(rows::highest(pool, open, budget, Strategy::Greedy, |i| pool.probabilities()[i]))
    }
}
