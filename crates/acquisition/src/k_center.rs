//! k-center greedy (core-set, Sener and Savarese 2018): again and again the image farthest from
//! everything known and chosen. Covers the pool, outliers first; with no labels it begins next to
//! the middle of the pool.
//!
//! Looks at a sub-sample of 20,000 images (twice the budget if that is more), at 2,048 labels and
//! places 4,096 centres one after the other at most; more budget goes to the farthest of the rest in
//! one pass. So the cost does not grow with the pool beyond drawing the sub-sample.

use domain::Seed;

use crate::{
    Pool, SelectError, Selected, Selector, Strategy, rows,
    space::{Rows, Space, squared_distance},
};

const SAMPLED: usize = 20_000;
const LABELS: usize = 2_048;
const CENTRES: usize = 4_096;

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct KCenter;

/// Squared distances to what is covered.
struct Cover<'a> {
    rows: &'a Rows,
    distances: Vec<f32>,
}

impl Cover<'_> {
    fn add(&mut self, centre: &[f32]) {
        let rows = self.rows;
        // Alone: a thousand short errands cost more to hand out than to run.
        for (d, row) in self.distances.iter_mut().zip(rows.numbers.chunks_exact(rows.dim)) {
            *d = d.min(squared_distance(row, centre));
        }
    }

    /// The farthest, the first by id among equals; nothing chosen (−1) comes again.
    fn farthest(&self) -> Option<(usize, f32)> {
        let mut best: Option<(usize, f32)> = None;
        for (i, &d) in self.distances.iter().enumerate() {
            if d >= 0.0 && best.is_none_or(|(_, most)| d > most) {
                best = Some((i, d));
            }
        }
        best
    }
}

impl Selector for KCenter {
    fn strategy(&self) -> Strategy {
        Strategy::KCenter
    }

    /// Score: the distance to what was known and chosen before. Inclusion probability: 1, given the
    /// sub-sample that the seed drew.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let space = Space::of(pool, open, Strategy::KCenter)?;
        let sampled = rows::sample(pool, open, SAMPLED.max(2 * budget), seed.child("sample"));
        let rows = space.rows(&sampled);
        let labels: Vec<usize> = pool.labelled().iter().map(|label| label.index).collect();
        let known = space.rows(&rows::sample(pool, &labels, LABELS, seed.child("labels")));
        let mut cover = Cover { rows: &rows, distances: vec![f32::INFINITY; rows.len()] };
        for at in 0..known.len() {
            cover.add(known.row(at));
        }
        let mut chosen = Vec::with_capacity(budget.min(rows.len()));
        if known.len() == 0 && budget > 0 {
            // The standardised middle is 0.
            let middle = vec![0.0; space.dim()];
            let near = |at: usize| squared_distance(rows.row(at), &middle);
            if let Some(at) = (0..rows.len()).min_by(|a, b| near(*a).total_cmp(&near(*b))) {
                chosen.push((sampled[at], 0.0));
                cover.add(rows.row(at));
                cover.distances[at] = -1.0;
            }
        }
        while chosen.len() < budget.min(CENTRES) {
            let Some((at, distance)) = cover.farthest() else { break };
            chosen.push((sampled[at], f64::from(distance).sqrt()));
            cover.add(rows.row(at));
            cover.distances[at] = -1.0;
        }
        let mut rest: Vec<(usize, f32)> =
            cover.distances.iter().copied().enumerate().filter(|(_, d)| *d >= 0.0).collect();
        rest.sort_by(|a, b| b.1.total_cmp(&a.1));
        let missing = budget.saturating_sub(chosen.len());
        chosen.extend(rest.into_iter().take(missing).map(|(at, d)| (sampled[at], f64::from(d).sqrt())));
        Ok(rows::certain(pool, Strategy::KCenter, chosen))
    }
}
