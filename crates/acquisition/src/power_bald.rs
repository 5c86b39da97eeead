//! PowerBALD (Kirsch et al. 2023): images on which the members (or draws of the head) disagree, drawn at random in
//! proportion to the disagreement. What nobody can tell (all members at one half) scores
//! nothing; near-copies do not fill the batch as they would in a ranking.

use domain::{Seed, binary_entropy_bits};

use crate::{Pool, SelectError, Selected, Selector, Strategy, beliefs::Beliefs, located::Located, rows};

/// Disagreement below this counts as this, so that its logarithm exists (bits).
const LEAST_BALD: f64 = 1e-12;

/// The strategy: key = β·ln BALD + Gumbel noise, the largest keys win, which draws without
/// replacement with chances ∝ BALD^β.
#[derive(Debug, Clone, Copy)]
pub struct PowerBald {
    beta: f64,
}

impl PowerBald {
    /// With the exponent β: 0 is uniform, 1 the usual choice, large values rank.
    ///
    /// # Errors
    /// When β is negative or not finite.
    pub fn new(beta: f64) -> Result<Self, SelectError> {
        let valid = beta >= 0.0 && beta.is_finite();
        SelectError::check("beta", beta, valid, "give a finite number, 0 or more")?;
        Ok(Self { beta })
    }

    /// Where the key of an image with this BALD lies before noise.
    pub(crate) fn location(&self, bald: f64) -> f64 {
        self.beta * bald.max(LEAST_BALD).ln()
    }
}

impl Default for PowerBald {
    fn default() -> Self {
        Self { beta: 1.0 }
    }
}

/// BALD of one image in bits: the entropy of the mean minus the mean of the entropies, i.e. the
/// mutual information between the answer and which member is right.
pub fn bald_bits(members: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut entropies, mut count) = (0.0, 0.0, 0.0);
    for p in members {
        sum += p;
        entropies += binary_entropy_bits(p);
        count += 1.0;
    }
    if count == 0.0 { 0.0 } else { (binary_entropy_bits(sum / count) - entropies / count).max(0.0) }
}

impl Selector for PowerBald {
    fn strategy(&self) -> Strategy {
        Strategy::PowerBald
    }

    /// Score: the key. Inclusion probability: 1 − exp(−exp(β·ln BALD − κ)), where κ is the
    /// largest key left behind: the chance of this image's key to pass κ.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let beliefs = Beliefs::of(pool, Strategy::PowerBald)?;
        // Sought once: the integral costs more than all else.
        let locations = Located::of(pool, open, |i| self.location(beliefs.bald(i)));
        let location = |i: usize| locations.at(i);
        Ok(rows::by_gumbel(pool, open, budget, seed, Strategy::PowerBald, location))
    }
}
