//! TypiClust (Hacohen et al. 2022): best where labels are few. The embeddings are parted into as
//! many cells as there are labels and looks; cells with the fewest labels, then the largest, give
//! their most typical image (1 / mean distance to its 20 nearest in the cell).
//!
//! A sub-sample of 20,000 images (four times the budget if that is more) and 256 cells at most:
//! the cost beyond that does not grow with the pool. A budget larger than the number of cells goes
//! round them again.

use domain::Seed;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    Pool, SelectError, Selected, Selector, Strategy,
    clusters::Clusters,
    rows,
    space::{Rows, Space, squared_distance},
};

/// Images looked at, at least if there are so many.
const SAMPLED: usize = 20_000;
/// Images that the cells are fitted on, at most.
const FITTED: usize = 5_000;
/// Images of a cell that distances are taken to, at most.
const COMPARED: usize = 500;

/// Settings of [`Typiclust`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypiclustConfig {
    /// Cells at most.
    pub clusters: usize,
    /// Nearest images that make one typical.
    pub neighbours: usize,
}

impl Default for TypiclustConfig {
    fn default() -> Self {
        Self { clusters: 256, neighbours: 20 }
    }
}

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typiclust {
    config: TypiclustConfig,
}

impl Typiclust {
    /// With these settings.
    ///
    /// # Errors
    /// When there are no cells or no neighbours.
    pub fn new(config: TypiclustConfig) -> Result<Self, SelectError> {
        for (field, value) in [("clusters", config.clusters), ("neighbours", config.neighbours)] {
            SelectError::check(field, value as f64, value > 0, "give 1 or more")?;
        }
        Ok(Self { config })
    }
}

/// 1 / mean distance to the `neighbours` nearest of the other `members`.
fn typicality(rows: &Rows, of: u32, members: &[u32], neighbours: usize) -> f64 {
    let others = members.iter().filter(|other| **other != of);
    let mut distances: Vec<f32> = others
        .map(|&other| squared_distance(rows.row(of as usize), rows.row(other as usize)).sqrt())
        .collect();
    if distances.is_empty() {
        return 0.0;
    }
    if distances.len() > neighbours {
        distances.select_nth_unstable_by(neighbours - 1, f32::total_cmp);
        distances.truncate(neighbours);
    }
    distances.sort_unstable_by(f32::total_cmp);
    let mean = distances.iter().map(|d| f64::from(*d)).sum::<f64>() / distances.len() as f64;
    1.0 / mean.max(1e-9)
}

impl Selector for Typiclust {
    fn strategy(&self) -> Strategy {
        Strategy::Typiclust
    }

    /// Score: typicality. Inclusion probability: 1, given the sub-sample that the seed drew.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let space = Space::of(pool, open, Strategy::Typiclust)?;
        if budget == 0 || open.is_empty() {
            return Ok(Vec::new());
        }
        let sampled = rows::sample(pool, open, SAMPLED.max(4 * budget), seed.child("sample"));
        let rows = space.rows(&sampled);
        let known: Vec<usize> = pool.labelled().iter().map(|label| label.index).collect();
        let cells = (known.len() + budget).min(self.config.clusters).min(rows.len());
        let fitted = rows.every(rows.len().div_ceil(FITTED).max(1));
        let clusters = Clusters::of(&fitted, cells, seed.child("centres"));
        let mut members = vec![Vec::new(); clusters.len()];
        for (row, cell) in clusters.assign_rows(&rows).into_iter().enumerate() {
            members[cell as usize].push(row as u32);
        }
        let mut covered = vec![0_usize; clusters.len()];
        for cell in clusters.assign(&space, &known) {
            covered[cell as usize] += 1;
        }
        let neighbours = self.config.neighbours;
        let mut typical: Vec<Vec<(u32, f64)>> = members
            .par_iter()
            .map(|members| {
                let stride = members.len().div_ceil(COMPARED).max(1);
                let compared: Vec<u32> = members.iter().copied().step_by(stride).collect();
                let of = |&row: &u32| (row, typicality(&rows, row, &compared, neighbours));
                let mut scored: Vec<(u32, f64)> = members.iter().map(of).collect();
                // Worst first, to be taken from the end; rows are by id.
                scored.sort_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
                scored
            })
            .collect();
        let mut cells: Vec<(usize, usize, usize)> =
            (0..members.len()).map(|c| (covered[c], usize::MAX - members[c].len(), c)).collect();
        let mut chosen = Vec::with_capacity(budget.min(rows.len()));
        // The cell with the fewest, then the largest, again and again.
        let mut heap: std::collections::BinaryHeap<_> = cells.drain(..).map(std::cmp::Reverse).collect();
        while chosen.len() < budget {
            let Some(std::cmp::Reverse((count, size, cell))) = heap.pop() else { break };
            let Some((row, score)) = typical[cell].pop() else { continue };
            chosen.push((sampled[row as usize], score));
            heap.push(std::cmp::Reverse((count + 1, size, cell)));
        }
        Ok(rows::certain(pool, Strategy::Typiclust, chosen))
    }
}
