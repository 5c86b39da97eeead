//! Variation: the largest standard deviation of P(lens), over the members or the doubt of the head.

use domain::Seed;

use crate::{Pool, SelectError, Selected, Selector, Strategy, beliefs::Beliefs, rows};

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Variation;

impl Selector for Variation {
    fn strategy(&self) -> Strategy {
        Strategy::Variation
    }

    /// Score: the standard deviation. Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let beliefs = Beliefs::of(pool, Strategy::Variation)?;
        Ok(rows::highest(pool, open, budget, Strategy::Variation, |i| beliefs.moments(i).deviation))
    }
}
