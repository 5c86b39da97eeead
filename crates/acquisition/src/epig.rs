//! EPIG (Bickford Smith et al. 2023): the images whose answer is expected to tell most about the
//! answers y* of target images x*: EPIG(x) = mean over x* of I(y; y*). The targets are drawn from the
//! top of the ranking, where the catalogue is decided, not from the whole pool.
//!
//! I(y; y*) needs the joint chance of two lenses:
//!
//! - From the doubt of the head with embeddings: two logits m + s·t with correlation ρ. σ(m + s·t) is
//!   expanded in Hermite polynomials, in which (Mehler) the covariance of the two probabilities is
//!   Σ ρⁿ·aₙ·aₙ*. For ρ stands the cosine of the standardised embeddings: exact for the prior of the
//!   head, an approximation afterwards.
//! - From K members: P(1,1) is the mean of p_k·p_k*, exactly as published.
//!
//! I(y; y*) cannot exceed the BALD of either image. So images are looked at by falling BALD, the first
//! `candidates` of them, and the search ends before that, exactly, when the bound falls below the last
//! place.

use domain::Seed;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    Pool, SelectError, Selected, Selector, Strategy,
    beliefs::{Beliefs, nodes},
    rows,
    selector::top,
    space::{Rows, Space, dot},
};

/// Hermite terms; ρⁿ falls fast and aₙ² adds up to the variance.
const TERMS: usize = 12;
/// Images looked at between two looks at the bound.
const CHUNK: usize = 4096;

/// Settings of [`Epig`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EpigConfig {
    /// Target images x*.
    pub targets: usize,
    /// The share of the pool, from the top of the ranking, they are drawn from, in (0, 1].
    pub region: f64,
    /// Images looked at, those with the largest BALD: what is in no doubt itself tells nothing.
    pub candidates: usize,
}

impl Default for EpigConfig {
    fn default() -> Self {
        Self { targets: 256, region: 0.01, candidates: 4096 }
    }
}

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Epig {
    config: EpigConfig,
}

impl Epig {
    /// With these settings.
    ///
    /// # Errors
    /// When there are no targets or the region is not in (0, 1].
    pub fn new(config: EpigConfig) -> Result<Self, SelectError> {
        let EpigConfig { targets, region, candidates } = config;
        SelectError::check("targets", targets as f64, targets > 0, "give 1 or more")?;
        SelectError::check("candidates", candidates as f64, candidates > 0, "give 1 or more")?;
        SelectError::check(
            "region",
            region,
            region > 0.0 && region <= 1.0,
            "give a share above 0, 1 at most",
        )?;
        Ok(Self { config })
    }

    /// Whether the pool has what it needs.
    pub(crate) fn works_on(pool: &Pool<'_>) -> bool {
        pool.members().is_some() || (pool.doubt().is_some() && pool.embeddings().is_some())
    }
}

/// Mutual information in bits of two yes/no answers with chances `p` and `q` whose joint chance of
/// two yes is p·q + `covariance`.
#[must_use]
pub fn mutual_information_bits(p: f64, q: f64, covariance: f64) -> f64 {
    let (not_p, not_q) = (1.0 - p, 1.0 - q);
    // No cell of the table may be negative.
    let covariance = covariance.clamp(-(p * q).min(not_p * not_q), (p * not_q).min(not_p * q));
    let term = |cell: f64, change: f64| {
        if cell + change > 0.0 && cell > 0.0 { (cell + change) * (change / cell).ln_1p() } else { 0.0 }
    };
    let sum = term(p * q, covariance)
        + term(not_p * not_q, covariance)
        + term(p * not_q, -covariance)
        + term(not_p * q, -covariance);
    (sum / std::f64::consts::LN_2).max(0.0)
}

/// How two images' answers hang together.
enum Joint<'a> {
    Doubt { space: Space<'a>, unit: Rows, expansions: Vec<[f64; TERMS]> },
    Members { members: &'a [Vec<f32>], targets: Vec<f64> },
}

/// What is asked about the targets.
struct Targets<'a> {
    beliefs: Beliefs<'a>,
    joint: Joint<'a>,
    mean: Vec<f64>,
    bald: Vec<f64>,
}

impl<'a> Targets<'a> {
    fn of(pool: &Pool<'a>, open: &[usize], config: EpigConfig, seed: Seed) -> Result<Self, SelectError> {
        let beliefs = Beliefs::of(pool, Strategy::Epig)?;
        let region = (config.region * open.len() as f64).ceil() as usize;
        let region = top(pool, open, region.max(config.targets), |i| pool.probabilities()[i]).chosen;
        let region: Vec<usize> = region.into_iter().map(|(i, _)| i).collect();
        let at = rows::sample(pool, &region, config.targets, seed);
        let (joint, beliefs) = match (pool.doubt(), pool.embeddings(), pool.members()) {
            (Some(doubt), Some(_), _) => {
                let space = Space::of(pool, open, Strategy::Epig)?;
                let unit = space.rows(&at).normalised();
                let of = |&i: &usize| expansion(doubt[i].logit, doubt[i].variance.sqrt());
                (Joint::Doubt { space, unit, expansions: at.iter().map(of).collect() }, beliefs)
            }
            (_, _, Some(members)) => {
                let targets = at.iter().flat_map(|&i| members.iter().map(move |m| f64::from(m[i]))).collect();
                (Joint::Members { members, targets }, Beliefs::Members(members))
            }
            _ => {
                return Err(SelectError::Missing {
                    strategy: Strategy::Epig,
                    what: "to know how two answers hang together",
                    remedy: "give embeddings beside the doubt (`Pool::with_embeddings`) or members \
                             (`Pool::with_members`)",
                });
            }
        };
        let moments: Vec<_> = at.iter().map(|&i| beliefs.moments(i)).collect();
        let (mean, bald) =
            (moments.iter().map(|m| m.mean).collect(), moments.iter().map(|m| m.bald).collect());
        Ok(Self { beliefs, joint, mean, bald })
    }

    /// No image with this BALD can have more.
    fn bound(&self, bald: f64) -> f64 {
        self.bald.iter().map(|target| target.min(bald)).sum::<f64>() / self.bald.len() as f64
    }

    fn epig(&self, index: usize, pool: &Pool<'_>) -> f64 {
        let mean = self.beliefs.moments(index).mean;
        let count = self.mean.len();
        let sum: f64 = match &self.joint {
            Joint::Doubt { space, unit, expansions } => {
                let Some(doubt) = pool.doubt() else { return 0.0 };
                let own = expansion(doubt[index].logit, doubt[index].variance.sqrt());
                let row = space.rows_here(&[index]).normalised();
                let of = |t: usize| {
                    let correlation = f64::from(dot(row.row(0), unit.row(t))).clamp(-1.0, 1.0);
                    let (mut power, mut covariance) = (1.0, 0.0);
                    for (a, b) in own.iter().zip(&expansions[t]) {
                        power *= correlation;
                        covariance += power * a * b;
                    }
                    mutual_information_bits(mean, self.mean[t], covariance)
                };
                (0..count).map(of).sum()
            }
            Joint::Members { members, targets } => {
                let own: Vec<f64> = members.iter().map(|m| f64::from(m[index])).collect();
                let k = own.len();
                let of = |t: usize| {
                    let both = own.iter().zip(&targets[t * k..(t + 1) * k]).map(|(a, b)| a * b).sum::<f64>();
                    mutual_information_bits(mean, self.mean[t], both / k as f64 - mean * self.mean[t])
                };
                (0..count).map(of).sum()
            }
        };
        sum / count.max(1) as f64
    }
}

/// aₙ = E[σ(m + s·t)·Heₙ(t)]/√n!, n from 1.
fn expansion(logit: f64, deviation: f64) -> [f64; TERMS] {
    let mut out = [0.0; TERMS];
    for (t, weight) in nodes(logit, deviation) {
        let value = weight * domain::sigmoid(logit + deviation * t);
        // Normalised: h₀ = 1, h₁ = t, √(n+1)·hₙ₊₁ = t·hₙ − √n·hₙ₋₁.
        let (mut before, mut now) = (1.0, t);
        for (n, sum) in out.iter_mut().enumerate() {
            *sum += value * now;
            let n = (n + 1) as f64;
            (before, now) = (now, (t * now - n.sqrt() * before) / (n + 1.0).sqrt());
        }
    }
    out
}

impl Selector for Epig {
    fn strategy(&self) -> Strategy {
        Strategy::Epig
    }

    /// Score: EPIG in bits. Inclusion probability: 1, given the targets that the seed drew.
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
        let beliefs = Beliefs::of(pool, Strategy::Epig)?;
        self.by_bald(pool, open, |i| beliefs.bald(i), budget, seed)
    }
}

impl Epig {
    /// The same where the BALD of each image is known already.
    pub(crate) fn by_bald(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        bald: impl Fn(usize) -> f64 + Sync,
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let targets = Targets::of(pool, open, self.config, seed)?;
        let by_bald = top(pool, open, self.config.candidates.max(budget), bald).chosen;
        let mut best: Vec<(usize, f64)> = Vec::new();
        let better = |a: &(usize, f64), b: &(usize, f64)| {
            b.1.total_cmp(&a.1).then_with(|| pool.ids()[a.0].cmp(&pool.ids()[b.0]))
        };
        for chunk in by_bald.chunks(CHUNK) {
            let last = if best.len() < budget { f64::NEG_INFINITY } else { best[budget - 1].1 };
            // Rounding of the integrals may put an image above its bound by a hair.
            if targets.bound(chunk[0].1) * (1.0 + 1e-4) + 1e-12 < last {
                break;
            }
            best.par_extend(chunk.par_iter().with_min_len(64).map(|&(i, _)| (i, targets.epig(i, pool))));
            best.sort_unstable_by(better);
            best.truncate(budget);
        }
        Ok(rows::certain(pool, Strategy::Epig, best))
    }
}

#[cfg(test)]
mod tests {
    use domain::{binary_entropy_bits, sigmoid};

    use super::*;

    #[test]
    fn mutual_information_is_what_the_table_says() {
        assert!((mutual_information_bits(0.5, 0.5, 0.25) - 1.0).abs() < 1e-12);
        assert_eq!(mutual_information_bits(0.3, 0.2, 0.0), 0.0);
        let table: [[f64; 2]; 2] = [[0.5, 0.1], [0.15, 0.25]];
        let (p, q) = (0.6, 0.65);
        let joint: f64 = table.iter().flatten().map(|x| -x * x.log2()).sum();
        let expected = binary_entropy_bits(p) + binary_entropy_bits(q) - joint;
        assert!((mutual_information_bits(p, q, 0.5 - p * q) - expected).abs() < 1e-12);
    }

    #[test]
    fn the_hermite_sum_is_the_covariance_of_two_correlated_logits() {
        let (a, b, rho) = ((-2.0, 1.5), (-0.5, 0.8), 0.6_f64);
        let step = 0.02;
        let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
        for i in -400..=400 {
            for j in -400..=400 {
                let (x, y) = (f64::from(i) * step, f64::from(j) * step);
                let weight = step * step * (-0.5 * (x * x + y * y)).exp() / std::f64::consts::TAU;
                let p = sigmoid(a.0 + a.1 * x);
                let q = sigmoid(b.0 + b.1 * (rho * x + (1.0 - rho * rho).sqrt() * y));
                both += weight * p * q;
                one += weight * p;
                other += weight * q;
            }
        }
        let (x, y) = (expansion(a.0, a.1), expansion(b.0, b.1));
        let sum: f64 = x.iter().zip(&y).enumerate().map(|(n, (a, b))| rho.powi(n as i32 + 1) * a * b).sum();
        assert!((sum - (both - one * other)).abs() < 1e-7, "{sum} {}", both - one * other);
    }
}
