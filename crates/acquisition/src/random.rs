//! Random: uniformly without replacement. The arm every other has to beat.

use domain::Seed;

use crate::{Pool, SelectError, Selected, Selector, Strategy, noise::Noise, rows, selector::top};

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Random;

impl Selector for Random {
    fn strategy(&self) -> Strategy {
        Strategy::Random
    }

    /// Score: the image's random number. Inclusion probability: n/N.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let noise = Noise::new(seed);
        let chosen = top(pool, open, budget, |i| noise.uniform(pool.ids()[i])).chosen;
        let chance = chosen.len() as f64 / open.len().max(1) as f64;
        let row = |(index, score)| (index, score, chance);
        Ok(rows::with_chance(pool, Strategy::Random, chosen.into_iter().map(row)))
    }
}
