//! The whole pool through the live head: a matrix product in blocks, shared among the cores.

use domain::sigmoid;
use ndarray::{Array1, Array2, ArrayView2};
use rayon::prelude::*;

use crate::{
    Doubt,
    head::{HeadError, LiveHead},
};

/// Images in a block: its product stays in the second-level cache.
const BLOCK: usize = 1024;

/// What a live head says of every image, in the order of the pool.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reranked {
    /// Mean and variance of the logit.
    pub doubts: Vec<Doubt>,
    /// P(lens) at the mean logit.
    pub probabilities: Vec<f64>,
}

impl LiveHead {
    /// Corrects the champion's calibrated logits. The probability is that of the mean logit, not the
    /// doubt averaged out: the champion's was calibrated with all its faults in it, and to average again
    /// would lift every rare thing. Without labels each probability is the champion's.
    ///
    /// # Errors
    /// When the numbers do not belong together.
    pub fn rerank(&self, offsets: &[f64], embeddings: &[f32]) -> Result<Reranked, HeadError> {
        let dim = self.standard.dim();
        if embeddings.len() != offsets.len() * dim {
            return Err(HeadError::Length { numbers: embeddings.len(), dim, rows: offsets.len() });
        }
        let (matrix, constants) = self.folded();
        let blocks: Vec<Reranked> = embeddings
            .par_chunks(BLOCK * dim)
            .zip(offsets.par_chunks(BLOCK))
            .map(|(embeddings, offsets)| block(embeddings, offsets, &matrix, &constants))
            .collect::<Result<_, _>>()?;
        let mut out = Reranked {
            doubts: Vec::with_capacity(offsets.len()),
            probabilities: Vec::with_capacity(offsets.len()),
        };
        for block in blocks {
            out.doubts.extend(block.doubts);
            out.probabilities.extend(block.probabilities);
        }
        Ok(out)
    }

    /// One product gives L⁻¹z (whose square is the variance) and δ·z, with the standardisation folded
    /// in: `embedding · matrix + constants`.
    fn folded(&self) -> (Array2<f32>, Array1<f32>) {
        let dim = self.standard.dim();
        let width = dim + 1;
        let mut columns: Vec<Vec<f64>> = self.hessian.inverse_rows();
        columns.push(self.map.clone());
        let mut matrix = Array2::<f32>::zeros((dim, width + 1));
        let mut constants = Array1::<f32>::zeros(width + 1);
        for (c, column) in columns.iter().enumerate() {
            let mut constant = column[dim];
            for i in 0..dim {
                let weight = column[i] * self.standard.inverse_deviation[i];
                constant -= weight * self.standard.mean[i];
                matrix[[i, c]] = weight as f32;
            }
            constants[c] = constant as f32;
        }
        (matrix, constants)
    }
}

fn block(
    embeddings: &[f32],
    offsets: &[f64],
    matrix: &Array2<f32>,
    constants: &Array1<f32>,
) -> Result<Reranked, HeadError> {
    let (dim, width) = (matrix.nrows(), matrix.ncols());
    let wrong = HeadError::Length { numbers: embeddings.len(), dim, rows: offsets.len() };
    let embeddings = ArrayView2::from_shape((offsets.len(), dim), embeddings).map_err(|_| wrong)?;
    let product = embeddings.dot(matrix);
    let mut out = Reranked::default();
    for (row, &offset) in product.rows().into_iter().zip(offsets) {
        let sum = |column: usize| row[column] + constants[column];
        let variance: f32 = (0..width - 1).map(|column| sum(column).powi(2)).sum();
        let logit = offset + f64::from(sum(width - 1));
        let doubt = Doubt { logit, variance: f64::from(variance) };
        out.doubts.push(doubt);
        out.probabilities.push(sigmoid(logit));
    }
    Ok(out)
}
