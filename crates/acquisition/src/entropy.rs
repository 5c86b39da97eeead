//! Entropy with prior correction: the most uncertain first, at the base rate of the pool.
//! A network trained on half lenses is unsure where the pool has none; its logit is moved to
//! the pool's base rate before asking how unsure it is.

use domain::{Seed, binary_entropy_bits, logit, sigmoid};
use serde::{Deserialize, Serialize};

use crate::{Pool, SelectError, Selected, Selector, Strategy, rows};

/// From the share of lenses a network was trained at to the share in the pool:
/// z′ = logit p + logit π − logit π_tr.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorShift {
    /// Share of lenses that the given probabilities assume, π_tr.
    pub trained: f64,
    /// Share of lenses in the pool, π.
    pub pool: f64,
}

impl PriorShift {
    /// The probability at the pool's base rate. 0 and 1 stay.
    #[must_use]
    pub fn apply(&self, p: f64) -> f64 {
        sigmoid(logit(p) + logit(self.pool) - logit(self.trained))
    }
}

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entropy {
    shift: Option<PriorShift>,
}

impl Entropy {
    /// Without correction.
    pub(crate) const UNCORRECTED: Self = Self { shift: None };

    /// With this correction, or none when the pool's probabilities hold for the pool already.
    ///
    /// # Errors
    /// When a share is not strictly between 0 and 1.
    pub fn new(shift: Option<PriorShift>) -> Result<Self, SelectError> {
        if let Some(PriorShift { trained, pool }) = shift {
            for (field, value) in [("trained", trained), ("pool", pool)] {
                let open = value > 0.0 && value < 1.0;
                SelectError::check(field, value, open, "give a number between 0 and 1, without the ends")?;
            }
        }
        Ok(Self { shift })
    }
}

impl Selector for Entropy {
    fn strategy(&self) -> Strategy {
        Strategy::Entropy
    }

    /// Score: entropy in bits. Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let entropy = |i: usize| {
            let p = pool.probabilities()[i];
            binary_entropy_bits(self.shift.map_or(p, |shift| shift.apply(p)))
        };
        Ok(rows::highest(pool, open, budget, Strategy::Entropy, entropy))
    }
}
