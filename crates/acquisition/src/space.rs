//! Embeddings on a common footing: centred on the pool and divided by its deviation in each
//! dimension, as rows of 32-bit floats that distances are quick on.

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::{Embeddings, Pool, SelectError, Strategy, rows};

/// Images that the mean and the deviation are taken from: evenly spaced by id.
const SAMPLED: usize = 20_000;

/// The pool's embeddings, standardised when asked for.
pub(crate) struct Space<'a> {
    embeddings: Embeddings<'a>,
    mean: Vec<f32>,
    inverse_deviation: Vec<f32>,
}

impl<'a> Space<'a> {
    /// The space that these positions span.
    pub fn of(pool: &Pool<'a>, open: &[usize], strategy: Strategy) -> Result<Self, SelectError> {
        let embeddings = pool.embeddings().ok_or(SelectError::Missing {
            strategy,
            what: "embeddings",
            remedy: "give those that the network made with the scores (`Pool::with_embeddings`)",
        })?;
        let sorted = rows::by_id(pool, open);
        let stride = sorted.len().div_ceil(SAMPLED).max(1);
        let sampled: Vec<usize> = sorted.into_iter().step_by(stride).collect();
        let count = sampled.len().max(1) as f64;
        let mut mean = vec![0.0_f64; embeddings.dim];
        for &i in &sampled {
            for (sum, &x) in mean.iter_mut().zip(embeddings.of(i)) {
                *sum += f64::from(x) / count;
            }
        }
        let mut variance = vec![0.0_f64; embeddings.dim];
        for &i in &sampled {
            for ((sum, m), &x) in variance.iter_mut().zip(&mean).zip(embeddings.of(i)) {
                *sum += (f64::from(x) - m).powi(2) / count;
            }
        }
        // A dimension that never varies tells nothing.
        let inverse = |v: &f64| if *v > 1e-12 { (1.0 / v.sqrt()) as f32 } else { 0.0 };
        let inverse_deviation = variance.iter().map(inverse).collect();
        Ok(Self { embeddings, mean: mean.iter().map(|m| *m as f32).collect(), inverse_deviation })
    }

    /// Numbers of one image.
    pub const fn dim(&self) -> usize {
        self.embeddings.dim
    }

    /// One image, written to `row`.
    pub fn write(&self, index: usize, row: &mut [f32]) {
        let standard = self.mean.iter().zip(&self.inverse_deviation);
        for ((to, x), (mean, inverse)) in row.iter_mut().zip(self.embeddings.of(index)).zip(standard) {
            *to = (x - mean) * inverse;
        }
    }

    /// Those images on this thread, for a block of a parallel loop.
    pub fn rows_here(&self, positions: &[usize]) -> Rows {
        let dim = self.dim();
        let mut numbers = vec![0.0; positions.len() * dim];
        for (row, &i) in numbers.chunks_exact_mut(dim).zip(positions) {
            self.write(i, row);
        }
        Rows { numbers, dim }
    }

    /// Those images, `[images × dim]`.
    pub fn rows(&self, positions: &[usize]) -> Rows {
        let dim = self.dim();
        let mut numbers = vec![0.0; positions.len() * dim];
        numbers
            .par_chunks_exact_mut(dim)
            .with_min_len(2048)
            .zip(positions)
            .for_each(|(row, &i)| self.write(i, row));
        Rows { numbers, dim }
    }
}

/// Rows of numbers.
pub(crate) struct Rows {
    pub numbers: Vec<f32>,
    pub dim: usize,
}

impl Rows {
    /// One of them.
    pub fn row(&self, at: usize) -> &[f32] {
        &self.numbers[at * self.dim..(at + 1) * self.dim]
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.numbers.len() / self.dim
    }

    /// Every so many-th of them.
    pub fn every(&self, stride: usize) -> Self {
        let numbers = self.numbers.chunks_exact(self.dim).step_by(stride).flatten().copied().collect();
        Self { numbers, dim: self.dim }
    }

    /// As a matrix.
    pub fn matrix(&self) -> ArrayView2<'_, f32> {
        // The length is a multiple of `dim` by construction.
        ArrayView2::from_shape((self.len(), self.dim), &self.numbers)
            .unwrap_or_else(|_| ndarray::aview2::<f32, 1>(&[]))
    }

    /// The same at length 1 each; what has no length stays.
    pub fn normalised(mut self) -> Self {
        for row in self.numbers.chunks_exact_mut(self.dim) {
            let length = dot(row, row).sqrt();
            if length > 0.0 {
                row.iter_mut().for_each(|x| *x /= length);
            }
        }
        self
    }

    /// These rows, owned by a matrix.
    pub fn to_matrix(&self) -> Array2<f32> {
        self.matrix().to_owned()
    }
}

/// Inner product in eight lanes, in an order that does not depend on the machine.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    lanes(a, b, |x, y| x * y)
}

/// Squared distance.
pub(crate) fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    lanes(a, b, |x, y| (x - y) * (x - y))
}

fn lanes(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut sums = [0.0_f32; 8];
    let (a_eights, b_eights) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_eights.remainder().iter().zip(b_eights.remainder()).map(|(x, y)| term(*x, *y)).sum();
    for (x, y) in a_eights.zip(b_eights) {
        for lane in 0..8 {
            sums[lane] += term(x[lane], y[lane]);
        }
    }
    sums.iter().sum::<f32>() + rest
}
