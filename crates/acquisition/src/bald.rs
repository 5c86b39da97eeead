//! BALD (Houlsby et al. 2011): the largest mutual information between the answer and the model
//! first. What nobody can tell scores nothing. As a ranking it fills a batch with near-copies;
//! [`crate::PowerBald`] draws instead.

use domain::Seed;

use crate::{Pool, SelectError, Selected, Selector, Strategy, beliefs::Beliefs, rows};

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bald;

impl Selector for Bald {
    fn strategy(&self) -> Strategy {
        Strategy::Bald
    }

    /// Score: BALD in bits. Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let beliefs = Beliefs::of(pool, Strategy::Bald)?;
        Ok(rows::highest(pool, open, budget, Strategy::Bald, |i| beliefs.bald(i)))
    }
}
