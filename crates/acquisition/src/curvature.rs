//! The penalised likelihood of the last layer, its slope and its curvature, by matrix products.

use domain::sigmoid;
use ndarray::{Array1, Array2, ArrayView1, Axis};

use crate::head::Example;

/// −ln posterior of δ, up to a constant: Σ w·(ln(1 + eˣ) − t·x) + ½ Σ precision·δ², x = offset + row·δ.
pub(crate) struct Problem<'a> {
    rows: Array2<f64>,
    examples: &'a [Example<'a>],
}

impl<'a> Problem<'a> {
    /// `rows` holds one standardised embedding of `width` numbers for each example.
    pub(crate) fn new(rows: Vec<f64>, width: usize, examples: &'a [Example<'a>]) -> Self {
        let rows = Array2::from_shape_vec((examples.len(), width), rows)
            .expect("one row of `width` numbers was made for each example");
        Self { rows, examples }
    }

    fn logits(&self, delta: &[f64]) -> Array1<f64> {
        let mut logits = self.rows.dot(&ArrayView1::from(delta));
        logits.iter_mut().zip(self.examples).for_each(|(x, example)| *x += example.offset);
        logits
    }

    pub(crate) fn loss(&self, delta: &[f64], precision: &[f64]) -> f64 {
        let prior: f64 = delta.iter().zip(precision).map(|(d, p)| 0.5 * p * d * d).sum();
        let each = self.logits(delta).into_iter().zip(self.examples).map(|(x, example)| {
            f64::from(example.weight)
                * (x.max(0.0) - x * f64::from(example.target) + (-x.abs()).exp().ln_1p())
        });
        prior + each.sum::<f64>()
    }

    /// Gradient and Hessian (row-major, symmetric).
    pub(crate) fn curvature(&self, delta: &[f64], precision: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut slopes = self.logits(delta);
        let mut bent = self.rows.clone();
        for ((slope, mut row), example) in
            slopes.iter_mut().zip(bent.axis_iter_mut(Axis(0))).zip(self.examples)
        {
            let (p, weight) = (sigmoid(*slope), f64::from(example.weight));
            *slope = weight * (p - f64::from(example.target));
            row *= weight * p * (1.0 - p);
        }
        let mut gradient = self.rows.t().dot(&slopes);
        let mut hessian = self.rows.t().dot(&bent);
        for (i, precision) in precision.iter().enumerate() {
            gradient[i] += precision * delta[i];
            hessian[[i, i]] += precision;
        }
        let width = precision.len();
        let flat = (0..width * width).map(|at| hessian[[at / width, at % width]]).collect();
        (gradient.to_vec(), flat)
    }
}
