//! Upper confidence bound: mean + κ standard deviations of P(lens), the highest first. κ = 0 is
//! greedy on the mean; a large κ explores.

use domain::Seed;

use crate::{Pool, SelectError, Selected, Selector, Strategy, beliefs::Beliefs, rows};

/// The strategy.
#[derive(Debug, Clone, Copy)]
pub struct Ucb {
    kappa: f64,
}

impl Ucb {
    /// With κ standard deviations on top.
    ///
    /// # Errors
    /// When κ is negative or not finite.
    pub fn new(kappa: f64) -> Result<Self, SelectError> {
        let valid = kappa >= 0.0 && kappa.is_finite();
        SelectError::check("kappa", kappa, valid, "give a finite number, 0 or more")?;
        Ok(Self { kappa })
    }
}

impl Selector for Ucb {
    fn strategy(&self) -> Strategy {
        Strategy::Ucb
    }

    /// Score: the bound. Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let beliefs = Beliefs::of(pool, Strategy::Ucb)?;
        let bound = |i: usize| {
            let moments = beliefs.moments(i);
            moments.mean + self.kappa * moments.deviation
        };
        Ok(rows::highest(pool, open, budget, Strategy::Ucb, bound))
    }
}
