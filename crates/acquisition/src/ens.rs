//! ENS (efficient nonmyopic search, Jiang et al. 2017): the chance of a lens now plus what the
//! answer is expected to let one find with the rest of the budget T:
//! u(x) = p(x) + Σ_y P(y)·[sum of the T − b largest probabilities once y is known], b the batch.
//! It explores while budget is left and is greedy when it runs out, without a knob between.
//!
//! What an answer changes: the k nearest images x′ in the embeddings, p′ = (w·p + y)/(w + 1). The
//! probabilities of the pool are the state (a head or network has put the labels in already), so it
//! works with no labels and with one class.
//!
//! Only the images with the highest probability, four times T and 20,000 at least, 50,000 at most,
//! are looked at, and neighbours are sought in their own cell of √n cells: n log n in the pool, and
//! bounded beyond it.

use domain::Seed;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    Pool, SelectError, Selected, Selector, Strategy,
    clusters::Clusters,
    rows,
    selector::top,
    space::{Rows, Space, squared_distance},
};

const LEAST: usize = 20_000;
const MOST: usize = 50_000;
/// Images that the cells are fitted on, at most.
const FITTED: usize = 5_000;

/// Settings of [`Ens`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnsConfig {
    /// Images that will be looked at altogether, those with labels included.
    pub budget: usize,
    /// k.
    pub neighbours: usize,
    /// w: what a probability weighs against one neighbour's answer.
    pub prior_weight: f64,
}

impl Default for EnsConfig {
    fn default() -> Self {
        Self { budget: 5_000, neighbours: 20, prior_weight: 4.0 }
    }
}

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ens {
    config: EnsConfig,
}

impl Ens {
    /// With these settings.
    ///
    /// # Errors
    /// When there are no neighbours or the weight is not above 0.
    pub fn new(config: EnsConfig) -> Result<Self, SelectError> {
        let EnsConfig { neighbours, prior_weight, .. } = config;
        SelectError::check("neighbours", neighbours as f64, neighbours > 0, "give 1 or more")?;
        let valid = prior_weight > 0.0 && prior_weight.is_finite();
        SelectError::check("prior_weight", prior_weight, valid, "give a finite number above 0")?;
        Ok(Self { config })
    }

    /// Looks left after this batch.
    fn later(&self, pool: &Pool<'_>, budget: usize) -> usize {
        self.config.budget.saturating_sub(pool.labelled().len()).saturating_sub(budget)
    }
}

/// Probabilities from the highest down, and what changes in them.
struct Ranked {
    p: Vec<f64>,
    /// Sum of the first n.
    sums: Vec<f64>,
}

impl Ranked {
    fn of(p: Vec<f64>) -> Self {
        let mut sums = Vec::with_capacity(p.len() + 1);
        sums.push(0.0);
        let mut sum = 0.0;
        for x in &p {
            sum += x;
            sums.push(sum);
        }
        Self { p, sums }
    }

    /// Sum of the `count` largest when the ranks in `gone` (rising) are taken out and `new` (falling)
    /// put in.
    fn largest(&self, count: usize, gone: &[usize], new: &[f64]) -> f64 {
        let left = self.p.len() - gone.len();
        // Rank of the m-th that stays.
        let rank = |m: usize| {
            let mut at = m;
            for &g in gone {
                if g > at {
                    break;
                }
                at += 1;
            }
            at
        };
        let stay = count.min(left);
        let end = if stay == 0 { 0 } else { rank(stay - 1) + 1 };
        let out: f64 = gone.iter().take_while(|g| **g < end).map(|g| self.p[*g]).sum();
        let mut sum = self.sums[end] - out;
        let mut stay = stay;
        for (put, x) in new.iter().enumerate() {
            if put + stay < count {
                sum += x;
            } else if stay > 0 && *x > self.p[rank(stay - 1)] {
                stay -= 1;
                sum += x - self.p[rank(stay)];
            } else {
                break;
            }
        }
        sum
    }

    /// u of the image at this rank.
    fn utility(&self, at: usize, near: &[u32], later: usize, weight: f64) -> f64 {
        let p = self.p[at];
        let mut gone: Vec<usize> = near.iter().map(|n| *n as usize).chain([at]).collect();
        gone.sort_unstable();
        // Neighbours by rank are by falling p, and the update keeps that order.
        let after = |answer: f64| -> f64 {
            let new: Vec<f64> = gone
                .iter()
                .filter(|g| **g != at)
                .map(|g| (weight * self.p[*g] + answer) / (weight + 1.0))
                .collect();
            self.largest(later, &gone, &new)
        };
        p + p * after(1.0) + (1.0 - p) * after(0.0)
    }
}

/// The k nearest rows of each row, in its own cell.
fn neighbours(rows: &Rows, k: usize, seed: Seed) -> Vec<Vec<u32>> {
    let cells = (rows.len() as f64).sqrt().ceil() as usize;
    let stride = rows.len().div_ceil(FITTED).max(1);
    let sampled = rows.every(stride);
    let clusters = Clusters::of(&sampled, cells.min(sampled.len() / 4).max(1), seed);
    let cell = clusters.assign_rows(rows);
    let mut members = vec![Vec::new(); clusters.len()];
    for (row, c) in cell.iter().enumerate() {
        members[*c as usize].push(row as u32);
    }
    // A cell that most images fall in would be quadratic again: evenly spaced ones stand for it.
    let most = 4 * cells + k;
    for list in &mut members {
        let stride = list.len().div_ceil(most).max(1);
        *list = list.iter().copied().step_by(stride).collect();
    }
    let of = |row: usize| {
        let mut near: Vec<(f32, u32)> = members[cell[row] as usize]
            .iter()
            .filter(|other| **other as usize != row)
            .map(|&other| (squared_distance(rows.row(row), rows.row(other as usize)), other))
            .collect();
        let order = |a: &(f32, u32), b: &(f32, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if near.len() > k {
            near.select_nth_unstable_by(k, order);
            near.truncate(k);
        }
        near.into_iter().map(|(_, other)| other).collect()
    };
    (0..rows.len()).into_par_iter().with_min_len(256).map(of).collect()
}

impl Selector for Ens {
    fn strategy(&self) -> Strategy {
        Strategy::Ens
    }

    /// Score: u. Inclusion probability: 1, given the cells whose first centres the seed drew.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let space = Space::of(pool, open, Strategy::Ens)?;
        let later = self.later(pool, budget);
        let listed = (4 * (later + budget)).clamp(LEAST, MOST).max(budget);
        let list = top(pool, open, listed, |i| pool.probabilities()[i]).chosen;
        if later == 0 || budget == 0 || list.is_empty() {
            return Ok(rows::certain(pool, Strategy::Ens, list.into_iter().take(budget)));
        }
        let at: Vec<usize> = list.iter().map(|(i, _)| *i).collect();
        let near = neighbours(&space.rows(&at), self.config.neighbours, seed);
        let ranked = Ranked::of(list.iter().map(|(_, p)| *p).collect());
        let later = later.min(at.len() - 1);
        let weight = self.config.prior_weight;
        let of = |rank: usize| (at[rank], ranked.utility(rank, &near[rank], later, weight));
        let mut utilities: Vec<(usize, f64)> =
            (0..at.len()).into_par_iter().with_min_len(1024).map(of).collect();
        // Stable: equal utilities stay by probability, then by id.
        utilities.sort_by(|a, b| b.1.total_cmp(&a.1));
        utilities.truncate(budget);
        Ok(rows::certain(pool, Strategy::Ens, utilities))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// u by literally updating, sorting and summing.
    fn literal(p: &[f64], at: usize, near: &[u32], later: usize, weight: f64) -> f64 {
        let after = |answer: f64| {
            let mut new: Vec<f64> = (0..p.len())
                .filter(|i| *i != at)
                .map(|i| {
                    if near.contains(&(i as u32)) { (weight * p[i] + answer) / (weight + 1.0) } else { p[i] }
                })
                .collect();
            new.sort_by(|a, b| b.total_cmp(a));
            new.iter().take(later).sum::<f64>()
        };
        p[at] + p[at] * after(1.0) + (1.0 - p[at]) * after(0.0)
    }

    #[test]
    fn the_utility_is_the_literal_one() {
        let p = vec![0.9, 0.7, 0.5, 0.45, 0.4, 0.2, 0.1, 0.05, 0.01];
        let ranked = Ranked::of(p.clone());
        let lists: [&[u32]; 5] = [&[], &[1], &[4, 7, 8], &[0, 1, 2, 3], &[8, 5]];
        for later in 0..=9 {
            for near in lists {
                for at in (0..9).filter(|at| !near.contains(&(*at as u32))) {
                    for weight in [0.5, 4.0] {
                        let (found, expected) =
                            (ranked.utility(at, near, later, weight), literal(&p, at, near, later, weight));
                        assert!(
                            (found - expected).abs() < 1e-12,
                            "{at} {near:?} {later}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }
}
