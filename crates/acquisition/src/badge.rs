//! BADGE (Ash et al. 2020), for two classes and a linear last layer: the gradient an image would
//! make if the model's own answer were right is g = (p − [p > ½])·embedding; the batch is drawn as
//! the first centres of k-means++ on them: each in proportion to its squared distance to those
//! before it (the first: to the origin), so unsure and unlike each other.
//!
//! Looks at the 20,000 images with the longest gradients (twice the budget if that is more): the
//! others are all next to the origin and to each other. After 4,096 draws the distances stay.

use domain::Seed;
use rand::RngExt as _;

use crate::{
    Pool, SelectError, Selected, Selector, Strategy,
    clusters::drawn,
    rows,
    selector::top,
    space::{Rows, dot, squared_distance},
};

const LISTED: usize = 20_000;
const CENTRES: usize = 4_096;

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Badge;

impl Selector for Badge {
    fn strategy(&self) -> Strategy {
        Strategy::Badge
    }

    /// Score: the length of the gradient. Inclusion probability: the chance at its step, given those
    /// before (the images outside the list had none).
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let embeddings = pool.embeddings().ok_or(SelectError::Missing {
            strategy: Strategy::Badge,
            what: "embeddings",
            remedy: "give those that the network made with the scores (`Pool::with_embeddings`)",
        })?;
        let factor = |i: usize| {
            let p = pool.probabilities()[i];
            (p - if p > 0.5 { 1.0 } else { 0.0 }) as f32
        };
        let length = |i: usize| {
            let row = embeddings.of(i);
            f64::from(factor(i).abs() * dot(row, row).sqrt())
        };
        let list = top(pool, open, LISTED.max(2 * budget), length).chosen;
        let at = rows::by_id(pool, &list.iter().map(|(i, _)| *i).collect::<Vec<_>>());
        let gradient = |&i: &usize| embeddings.of(i).iter().map(move |x| x * factor(i));
        let rows = Rows { numbers: at.iter().flat_map(gradient).collect(), dim: embeddings.dim };
        let mut distances: Vec<f32> = (0..at.len()).map(|r| dot(rows.row(r), rows.row(r))).collect();
        let mut left = vec![true; at.len()];
        let mut rng = seed.rng();
        let mut chosen = Vec::with_capacity(budget.min(at.len()));
        while chosen.len() < budget.min(at.len()) {
            let total: f64 = distances.iter().map(|d| f64::from(*d)).sum();
            let (row, chance) = if total > 0.0 {
                let row = drawn(&distances, rng.random::<f64>() * total);
                (row, f64::from(distances[row]) / total)
            } else {
                // All that is left lies on what was drawn: evenly.
                let open: Vec<usize> = (0..at.len()).filter(|r| left[*r]).collect();
                (open[rng.random_range(0..open.len())], 1.0 / open.len() as f64)
            };
            if chosen.len() < CENTRES {
                let centre = rows.row(row);
                for (d, other) in distances.iter_mut().zip(rows.numbers.chunks_exact(rows.dim)) {
                    *d = d.min(squared_distance(other, centre));
                }
            }
            distances[row] = 0.0;
            left[row] = false;
            chosen.push((at[row], length(at[row]), chance));
        }
        Ok(rows::with_chance(pool, Strategy::Badge, chosen))
    }
}
