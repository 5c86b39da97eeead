//! Audit: a stratified Poisson sample of the whole pool. Each image enters on its own with a
//! probability fixed before the draw and logged with it, so that what people say about the
//! sample speaks for the pool (see `horvitz_thompson`).
//!
//! Strata are ranges of the calibrated probability p. For a total of yes/no values under Poisson
//! sampling the expected variance Σ p(1−π)/π is least for π ∝ √p (Neyman's rule); a share of the
//! budget is spread evenly instead, because p may be wrong exactly where it is low.

use domain::Seed;
use serde::{Deserialize, Serialize};

use crate::{Pool, SelectError, Selected, Selector, Strategy, noise::Noise};

/// Settings of [`Audit`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditConfig {
    /// Inner edges of the strata in p, rising.
    pub edges: Vec<f64>,
    /// Share of the budget that is spread evenly over the pool, in (0, 1].
    pub even_share: f64,
}

impl Default for AuditConfig {
    fn default() -> Self {
        Self { edges: vec![1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5], even_share: 0.3 }
    }
}

/// The strategy.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    config: AuditConfig,
}

/// One range of p in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Lower edge, which belongs to it.
    pub low: f64,
    /// Upper edge, which belongs to the next (but 1 to the last).
    pub high: f64,
    /// Images of the pool in it.
    pub images: usize,
    /// Their mean p.
    pub mean_probability: f64,
    /// The chance of each of them to be drawn.
    pub inclusion_probability: f64,
}

impl Audit {
    /// With these settings.
    ///
    /// # Errors
    /// When the edges do not rise inside (0, 1) or the even share is not in (0, 1].
    pub fn new(config: AuditConfig) -> Result<Self, SelectError> {
        let mut last = 0.0;
        for edge in &config.edges {
            let rises = *edge > last && *edge < 1.0;
            SelectError::check(
                "edges",
                *edge,
                rises,
                "list rising numbers between 0 and 1, without the ends",
            )?;
            last = *edge;
        }
        let share = config.even_share;
        let remedy = "give a number above 0 and up to 1: without it a stratum could be out of reach";
        SelectError::check("even_share", share, share > 0.0 && share <= 1.0, remedy)?;
        Ok(Self { config })
    }

    /// The strata of the open part of a pool, with inclusion probabilities whose sum is `budget`
    /// (or the number of images, if that is less).
    #[must_use]
    pub fn plan(&self, pool: &Pool<'_>, open: &[usize], budget: usize) -> Vec<Stratum> {
        let mut p: Vec<Vec<f64>> = vec![Vec::new(); self.config.edges.len() + 1];
        for &i in open {
            p[self.stratum_of(pool.probabilities()[i])].push(pool.probabilities()[i]);
        }
        // Sorted before summing: the order of the pool must not reach the last bit.
        let means: Vec<f64> = p
            .iter_mut()
            .map(|p| {
                p.sort_unstable_by(f64::total_cmp);
                p.iter().sum::<f64>() / p.len().max(1) as f64
            })
            .collect();
        let counts: Vec<f64> = p.iter().map(|p| p.len() as f64).collect();
        let inclusion = self.allocate(&counts, &means, budget as f64);
        let edge = |i: usize| self.config.edges.get(i).copied();
        (0..p.len())
            .map(|h| Stratum {
                low: h.checked_sub(1).and_then(edge).unwrap_or(0.0),
                high: edge(h).unwrap_or(1.0),
                images: p[h].len(),
                mean_probability: means[h],
                inclusion_probability: inclusion[h],
            })
            .collect()
    }

    fn stratum_of(&self, p: f64) -> usize {
        self.config.edges.partition_point(|edge| *edge <= p)
    }

    /// π_h = min(1, c·w_h) with Σ n_h π_h = budget; w_h blends 1 with √p̄_h / mean √p̄.
    fn allocate(&self, counts: &[f64], means: &[f64], budget: f64) -> Vec<f64> {
        let total: f64 = counts.iter().sum();
        if total <= budget {
            return vec![1.0; counts.len()];
        }
        let mean_root = counts.iter().zip(means).map(|(n, p)| n * p.sqrt()).sum::<f64>() / total;
        let even = if mean_root > 0.0 { self.config.even_share } else { 1.0 };
        let weights: Vec<f64> =
            means.iter().map(|p| even + (1.0 - even) * p.sqrt() / mean_root.max(f64::MIN_POSITIVE)).collect();
        let mut certain = vec![false; counts.len()];
        // Each pass makes at least one more stratum certain, or ends.
        loop {
            let sum = |of: &dyn Fn(usize) -> f64, which: bool| {
                (0..counts.len()).filter(|h| certain[*h] == which).map(of).sum::<f64>()
            };
            let left = budget - sum(&|h| counts[h], true);
            let scale = left / sum(&|h| counts[h] * weights[h], false);
            let over: Vec<usize> =
                (0..counts.len()).filter(|h| !certain[*h] && scale * weights[*h] > 1.0).collect();
            if over.is_empty() {
                return (0..counts.len())
                    .map(|h| if certain[h] { 1.0 } else { scale * weights[h] })
                    .collect();
            }
            for h in over {
                certain[h] = true;
            }
        }
    }
}

impl Selector for Audit {
    fn strategy(&self) -> Strategy {
        Strategy::Audit
    }

    /// `budget` is the *expected* number. Score: p. Best first means here: in random order, so
    /// that a round cut short is still a random part of the sample.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        if budget == 0 {
            return Ok(Vec::new());
        }
        let plan = self.plan(pool, open, budget);
        let noise = Noise::new(seed);
        let mut drawn: Vec<(f64, Selected)> = Vec::with_capacity(budget + budget / 2);
        for &index in open {
            let (subject, score) = (pool.ids()[index], pool.probabilities()[index]);
            let inclusion_probability = plan[self.stratum_of(score)].inclusion_probability;
            let luck = noise.uniform(subject);
            if luck < inclusion_probability {
                let row = Selected {
                    index,
                    subject,
                    strategy: Strategy::Audit,
                    rank: 0,
                    inclusion_probability,
                    score,
                };
                drawn.push((luck / inclusion_probability, row));
            }
        }
        drawn.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.subject.cmp(&b.1.subject)));
        Ok(drawn.into_iter().enumerate().map(|(rank, (_, row))| Selected { rank, ..row }).collect())
    }
}
