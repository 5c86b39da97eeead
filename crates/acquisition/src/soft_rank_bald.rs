//! Soft-rank BALD (Kirsch et al. 2023): as [`crate::PowerBald`], but what counts is an image's rank
//! by BALD, not its value: key = −β·ln rank + Gumbel noise. Robust where BALD is badly scaled.

use domain::Seed;

use crate::{Pool, SelectError, Selected, Selector, Strategy, beliefs::Beliefs, rows, selector::top};

/// The strategy.
#[derive(Debug, Clone, Copy)]
pub struct SoftRankBald {
    beta: f64,
}

impl SoftRankBald {
    /// With the exponent β: 0 is uniform, 1 the usual choice, large values rank.
    ///
    /// # Errors
    /// When β is negative or not finite.
    pub fn new(beta: f64) -> Result<Self, SelectError> {
        let valid = beta >= 0.0 && beta.is_finite();
        SelectError::check("beta", beta, valid, "give a finite number, 0 or more")?;
        Ok(Self { beta })
    }
}

impl Selector for SoftRankBald {
    fn strategy(&self) -> Strategy {
        Strategy::SoftRankBald
    }

    /// Score: the key. Inclusion probability: as [`crate::PowerBald`].
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let beliefs = Beliefs::of(pool, Strategy::SoftRankBald)?;
        let mut location = vec![0.0; pool.len()];
        for (rank, (i, _)) in top(pool, open, open.len(), |i| beliefs.bald(i)).chosen.into_iter().enumerate()
        {
            location[i] = -self.beta * (rank as f64 + 1.0).ln();
        }
        Ok(rows::by_gumbel(pool, open, budget, seed, Strategy::SoftRankBald, |i| location[i]))
    }
}
