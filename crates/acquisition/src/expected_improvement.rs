//! Expected improvement: by how much P(lens), taken as Gaussian with the beliefs' mean μ and
//! deviation s, is expected to exceed what greedy would stop at, f*:
//! (μ − f*)·Φ(u) + s·φ(u) with u = (μ − f*)/s.
//!
//! f* is the mean of the last image that a greedy choice of the same size would take, so that the
//! batch, not one best image, is what is improved; or a fixed number.

use domain::Seed;

use crate::{
    Pool, SelectError, Selected, Selector, Strategy, beliefs::Beliefs, located::Located, normal, rows,
};

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExpectedImprovement {
    incumbent: Option<f64>,
}

impl ExpectedImprovement {
    /// With a fixed f*, or (`None`) greedy's last.
    ///
    /// # Errors
    /// When f* is not in [0, 1].
    pub fn new(incumbent: Option<f64>) -> Result<Self, SelectError> {
        if let Some(value) = incumbent {
            let valid = (0.0..=1.0).contains(&value);
            SelectError::check("incumbent", value, valid, "give a probability, or leave it out")?;
        }
        Ok(Self { incumbent })
    }
}

/// E max(x − f*, 0) of a Gaussian x.
#[must_use]
pub fn improvement(mean: f64, deviation: f64, incumbent: f64) -> f64 {
    let gain = mean - incumbent;
    if deviation <= 0.0 {
        return gain.max(0.0);
    }
    let u = gain / deviation;
    (gain * normal::cumulative(u) + deviation * normal::density(u)).max(0.0)
}

impl Selector for ExpectedImprovement {
    fn strategy(&self) -> Strategy {
        Strategy::ExpectedImprovement
    }

    /// Score: the expected improvement. Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let beliefs = Beliefs::of(pool, Strategy::ExpectedImprovement)?;
        if budget == 0 || open.is_empty() {
            return Ok(Vec::new());
        }
        let moments = Located::of(pool, open, |i| beliefs.moments(i));
        let incumbent = self.incumbent.unwrap_or_else(|| {
            let mut means: Vec<f64> = open.iter().map(|&i| moments.at(i).mean).collect();
            let last = budget.min(means.len()) - 1;
            *means.select_nth_unstable_by(last, |a, b| b.total_cmp(a)).1
        });
        let score = |i: usize| {
            let of = moments.at(i);
            improvement(of.mean, of.deviation, incumbent)
        };
        Ok(rows::highest(pool, open, budget, Strategy::ExpectedImprovement, score))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_integral_of_what_exceeds() {
        for (mean, deviation, incumbent) in [(0.2, 0.1, 0.3), (0.5, 0.3, 0.1), (0.0, 0.05, 0.2)] {
            let step = 1e-4;
            let expected: f64 = (-100_000..100_000)
                .map(|k| {
                    let t = f64::from(k) * step;
                    (mean + deviation * t - incumbent).max(0.0) * normal::density(t) * step
                })
                .sum();
            let found = improvement(mean, deviation, incumbent);
            assert!((found - expected).abs() < 1e-7, "{found} {expected}");
        }
        assert_eq!((improvement(0.5, 0.0, 0.25), improvement(0.1, 0.0, 0.3)), (0.25, 0.0));
    }
}
