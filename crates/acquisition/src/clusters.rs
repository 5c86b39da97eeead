//! k-means by linfa, with two things of our own around it: the first centres are drawn by the seed
//! (k-means++; linfa's own start costs k² and has no seed of ours), and the whole pool is assigned
//! by blocks of a matrix product.

use domain::Seed;
use linfa::{DatasetBase, traits::Fit as _};
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::{Array2, ArrayView2};
use rand::RngExt as _;
use rayon::prelude::*;

use crate::space::{Rows, Space, squared_distance};

/// Sweeps of Lloyd's algorithm at most: cells for diversity need no last digit.
const SWEEPS: u64 = 8;
/// Images assigned at a time.
const BLOCK: usize = 1024;

/// Cells of the embedding space.
pub(crate) struct Clusters {
    centres: Array2<f32>,
    /// Half the squared length of each centre.
    halves: Vec<f32>,
}

impl Clusters {
    /// About `count` cells (fewer where there are fewer distinct rows) of these rows, which are in
    /// an order that does not depend on the pool's.
    pub fn of(rows: &Rows, count: usize, seed: Seed) -> Self {
        let start = plus_plus(rows, count, seed);
        let centres = if start.len() < 2 {
            start.to_matrix()
        } else {
            let fitted = KMeans::params(start.len())
                .init_method(KMeansInit::Precomputed(start.to_matrix()))
                .n_runs(1)
                .max_n_iterations(SWEEPS)
                .tolerance(1e-2)
                .fit(&DatasetBase::from(rows.matrix()));
            // What linfa refuses (numbers too large to square) keeps the drawn centres.
            fitted.map_or_else(|_| start.to_matrix(), |model| model.centroids().clone())
        };
        let halves = centres.rows().into_iter().map(|c| 0.5 * c.dot(&c)).collect();
        Self { centres, halves }
    }

    /// How many cells.
    pub fn len(&self) -> usize {
        self.halves.len()
    }

    /// The cell of each of these images: the nearest centre.
    pub fn assign(&self, space: &Space<'_>, positions: &[usize]) -> Vec<u32> {
        let blocks = positions.par_chunks(BLOCK);
        blocks.flat_map_iter(|block| self.nearest(space.rows_here(block).matrix())).collect()
    }

    /// The cell of each row.
    pub fn assign_rows(&self, rows: &Rows) -> Vec<u32> {
        let dim = rows.dim;
        let blocks = rows.numbers.par_chunks(BLOCK * dim);
        let of = |block: &[f32]| {
            ArrayView2::from_shape((block.len() / dim, dim), block)
                .map_or_else(|_| Vec::new(), |m| self.nearest(m))
        };
        blocks.flat_map_iter(of).collect()
    }

    /// |x − c|² is least where x·c − |c|²/2 is largest.
    fn nearest(&self, rows: ArrayView2<'_, f32>) -> Vec<u32> {
        let products = rows.dot(&self.centres.t());
        let of = |row: ndarray::ArrayView1<'_, f32>| {
            let (mut best, mut at) = (f32::NEG_INFINITY, 0);
            for (k, (product, half)) in row.iter().zip(&self.halves).enumerate() {
                if product - half > best {
                    (best, at) = (product - half, k as u32);
                }
            }
            at
        };
        products.rows().into_iter().map(of).collect()
    }
}

/// First centres: each drawn in proportion to its squared distance to those before.
fn plus_plus(rows: &Rows, count: usize, seed: Seed) -> Rows {
    let (dim, mut numbers) = (rows.dim, Vec::new());
    let mut rng = seed.rng();
    let mut distances = vec![1.0_f32; rows.len()];
    while numbers.len() < count * dim {
        let total: f64 = distances.iter().map(|d| f64::from(*d)).sum();
        if total <= 0.0 {
            break;
        }
        let at = drawn(&distances, rng.random::<f64>() * total);
        let centre = rows.row(at).to_vec();
        let first = numbers.is_empty();
        for (d, row) in distances.iter_mut().zip(rows.numbers.chunks_exact(dim)) {
            let new = squared_distance(row, &centre);
            *d = if first { new } else { d.min(new) };
        }
        // By hand: rounding must not let a centre be drawn again.
        distances[at] = 0.0;
        numbers.extend(centre);
    }
    Rows { numbers, dim }
}

/// The first place where the running sum exceeds `point`; the last with a share, by rounding.
pub(crate) fn drawn(shares: &[f32], point: f64) -> usize {
    let mut sum = 0.0;
    let mut last = 0;
    for (i, share) in shares.iter().enumerate() {
        if *share > 0.0 {
            sum += f64::from(*share);
            last = i;
            if sum > point {
                break;
            }
        }
    }
    last
}
