//! A Bayesian last layer: logistic regression on stored embeddings with the
//! Laplace approximation of its posterior. Refitted in milliseconds as votes come
//! in; its samples tell what the network does not know (BALD).
//!
//! MAP by Newton's method with step halving, then a Gaussian with the full
//! inverse Hessian (MacKay 1992; Bishop, PRML §4.5). Embeddings are standardised
//! by the images it is fitted on, so that one prior precision suits all.

use domain::{Seed, sigmoid};
use rand_distr::{Distribution as _, StandardNormal};
use rayon::prelude::*;

use crate::cholesky::Cholesky;

/// Prior precision of the intercept: wide, because rarity is not evidence against a feature.
const INTERCEPT_PRECISION: f64 = 0.01;
const MAX_STEPS: usize = 100;

/// Why no head can be fitted or used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HeadError {
    /// The lists do not belong together.
    #[error("{numbers} numbers are no whole number of embeddings of {dim} for {rows} targets")]
    Length {
        /// Numbers in the embeddings.
        numbers: usize,
        /// Length of one.
        dim: usize,
        /// Targets given.
        rows: usize,
    },
    /// Nothing to learn from.
    #[error("no example has a weight above 0")]
    Empty,
    /// A number out of range.
    #[error("{what} of example {index} is {value}, which is out of range")]
    OutOfRange {
        /// Target, weight or embedding.
        what: &'static str,
        /// The example.
        index: usize,
        /// The number.
        value: f64,
    },
    /// The prior precision is not above 0.
    #[error("the prior precision must be finite and above 0, is {0}")]
    Prior(f64),
    /// The Hessian is not positive definite, which only non-finite numbers can cause.
    #[error("the posterior is not normalisable; are the embeddings finite?")]
    Singular,
}

/// The posterior of the last layer.
#[derive(Debug, Clone)]
pub struct LaplaceHead {
    dim: usize,
    mean: Vec<f64>,
    inverse_deviation: Vec<f64>,
    /// Weights of the standardised embedding, then the intercept.
    map: Vec<f64>,
    hessian: Cholesky,
}

/// What the head says about one image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeadPrediction {
    /// Mean of the logit under the posterior.
    pub logit: f64,
    /// Its variance.
    pub variance: f64,
    /// P(lens), the posterior averaged out (MacKay's probit approximation).
    pub probability: f64,
}

impl LaplaceHead {
    /// Fits on `targets.len()` embeddings of length `dim` that lie one after another. Targets may
    /// be soft; weights count examples. Works with one class only: the prior then speaks.
    ///
    /// # Errors
    /// When lengths do not fit, a number is out of range or no example counts.
    pub fn fit(
        embeddings: &[f32],
        dim: usize,
        targets: &[f32],
        weights: &[f32],
        prior_precision: f64,
    ) -> Result<Self, HeadError> {
        check(embeddings, dim, targets, weights)?;
        if !(prior_precision.is_finite() && prior_precision > 0.0) {
            return Err(HeadError::Prior(prior_precision));
        }
        let (mean, inverse_deviation) = moments(embeddings, dim, weights)?;
        let width = dim + 1;
        let mut rows = vec![0.0; targets.len() * width];
        for (row, embedding) in rows.chunks_exact_mut(width).zip(embeddings.chunks_exact(dim)) {
            standardise(embedding, &mean, &inverse_deviation, row);
        }
        let problem = Problem { rows: &rows, width, targets, weights, prior_precision };
        let mut map = vec![0.0; width];
        let mut loss = problem.loss(&map);
        for _ in 0..MAX_STEPS {
            let (gradient, hessian) = problem.curvature(&map);
            let step = Cholesky::of(hessian, width).ok_or(HeadError::Singular)?.solve(&gradient);
            // Newton's decrement: twice the gain still expected.
            let gain: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
            if gain < 1e-12 {
                break;
            }
            let mut length = 1.0;
            loop {
                let next: Vec<f64> = map.iter().zip(&step).map(|(m, s)| m - length * s).collect();
                let next_loss = problem.loss(&next);
                if next_loss <= loss - 1e-4 * length * gain || length < 1e-6 {
                    (map, loss) = (next, next_loss);
                    break;
                }
                length *= 0.5;
            }
        }
        let hessian = Cholesky::of(problem.curvature(&map).1, width).ok_or(HeadError::Singular)?;
        Ok(Self { dim, mean, inverse_deviation, map, hessian })
    }

    /// Mean, variance and probability of each embedding.
    ///
    /// # Errors
    /// When the numbers are no whole number of embeddings.
    pub fn predict(&self, embeddings: &[f32]) -> Result<Vec<HeadPrediction>, HeadError> {
        self.check_len(embeddings)?;
        let of = |embedding: &[f32]| {
            let mut row = vec![0.0; self.dim + 1];
            standardise(embedding, &self.mean, &self.inverse_deviation, &mut row);
            let logit = dot(&row, &self.map);
            // xᵀH⁻¹x = |L⁻¹x|².
            let variance = self.hessian.forward(&row).iter().map(|x| x * x).sum::<f64>();
            let shrink = (1.0 + std::f64::consts::PI * variance / 8.0).sqrt();
            HeadPrediction { logit, variance, probability: sigmoid(logit / shrink) }
        };
        Ok(embeddings.par_chunks_exact(self.dim).map(of).collect())
    }

    /// `k` heads drawn from the posterior, each one's P(lens) for every embedding: `[k][images]`.
    ///
    /// # Errors
    /// When the numbers are no whole number of embeddings.
    pub fn sample_probabilities(
        &self,
        embeddings: &[f32],
        k: usize,
        seed: Seed,
    ) -> Result<Vec<Vec<f32>>, HeadError> {
        self.check_len(embeddings)?;
        let heads: Vec<Vec<f64>> = (0..k).map(|index| self.draw(seed.index(index as u64))).collect();
        Ok(heads
            .iter()
            .map(|head| {
                // Fold the standardisation into the weights: one dot product per image.
                let slopes: Vec<f64> = head.iter().zip(&self.inverse_deviation).map(|(w, d)| w * d).collect();
                let intercept = head[self.dim] - dot(&slopes, &self.mean);
                let of = |embedding: &[f32]| {
                    let sum: f64 = embedding.iter().zip(&slopes).map(|(&x, w)| f64::from(x) * w).sum();
                    sigmoid(sum + intercept) as f32
                };
                embeddings.par_chunks_exact(self.dim).map(of).collect()
            })
            .collect())
    }

    /// MAP + L⁻ᵀ·ε has covariance (L·Lᵀ)⁻¹ = H⁻¹.
    fn draw(&self, seed: Seed) -> Vec<f64> {
        let mut rng = seed.rng();
        let noise: Vec<f64> = (0..=self.dim).map(|_| StandardNormal.sample(&mut rng)).collect();
        self.map.iter().zip(self.hessian.backward(&noise)).map(|(m, e)| m + e).collect()
    }

    fn check_len(&self, embeddings: &[f32]) -> Result<(), HeadError> {
        if embeddings.len().is_multiple_of(self.dim) {
            Ok(())
        } else {
            Err(HeadError::Length {
                numbers: embeddings.len(),
                dim: self.dim,
                rows: embeddings.len() / self.dim,
            })
        }
    }
}

/// The penalised likelihood.
struct Problem<'a> {
    rows: &'a [f64],
    width: usize,
    targets: &'a [f32],
    weights: &'a [f32],
    prior_precision: f64,
}

impl Problem<'_> {
    fn precision(&self, index: usize) -> f64 {
        if index + 1 == self.width { INTERCEPT_PRECISION } else { self.prior_precision }
    }

    fn examples(&self) -> impl Iterator<Item = (&[f64], f64, f64)> {
        let numbers = self.targets.iter().zip(self.weights).map(|(&t, &w)| (f64::from(t), f64::from(w)));
        self.rows.chunks_exact(self.width).zip(numbers).map(|(row, (t, w))| (row, t, w))
    }

    /// Negative log posterior.
    fn loss(&self, head: &[f64]) -> f64 {
        let prior: f64 = head.iter().enumerate().map(|(i, w)| 0.5 * self.precision(i) * w * w).sum();
        let each = self.examples().map(|(row, t, w)| {
            let x = dot(row, head);
            w * (x.max(0.0) - x * t + (-x.abs()).exp().ln_1p())
        });
        prior + each.sum::<f64>()
    }

    /// Gradient and Hessian (row-major, symmetric).
    fn curvature(&self, head: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let width = self.width;
        let mut gradient: Vec<f64> = head.iter().enumerate().map(|(i, w)| self.precision(i) * w).collect();
        let mut hessian = vec![0.0; width * width];
        for (row, t, w) in self.examples() {
            let p = sigmoid(dot(row, head));
            let (slope, bend) = (w * (p - t), w * p * (1.0 - p));
            for i in 0..width {
                gradient[i] += slope * row[i];
                let scaled = bend * row[i];
                for (place, x) in hessian[i * width..=i * width + i].iter_mut().zip(row) {
                    *place += scaled * x;
                }
            }
        }
        for i in 0..width {
            hessian[i * width + i] += self.precision(i);
            for j in 0..i {
                hessian[j * width + i] = hessian[i * width + j];
            }
        }
        (gradient, hessian)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn standardise(embedding: &[f32], mean: &[f64], inverse_deviation: &[f64], row: &mut [f64]) {
    for (i, &x) in embedding.iter().enumerate() {
        row[i] = (f64::from(x) - mean[i]) * inverse_deviation[i];
    }
    row[embedding.len()] = 1.0;
}

/// Weighted mean and 1/deviation per feature; 0 for a feature that never varies.
fn moments(embeddings: &[f32], dim: usize, weights: &[f32]) -> Result<(Vec<f64>, Vec<f64>), HeadError> {
    let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
    if total <= 0.0 {
        return Err(HeadError::Empty);
    }
    let mut mean = vec![0.0; dim];
    let mut variance = vec![0.0; dim];
    for (embedding, &w) in embeddings.chunks_exact(dim).zip(weights) {
        for (m, &x) in mean.iter_mut().zip(embedding) {
            *m += f64::from(w) * f64::from(x) / total;
        }
    }
    for (embedding, &w) in embeddings.chunks_exact(dim).zip(weights) {
        for ((v, m), &x) in variance.iter_mut().zip(&mean).zip(embedding) {
            *v += f64::from(w) * (f64::from(x) - m).powi(2) / total;
        }
    }
    let inverse = variance.iter().map(|v| if *v > 1e-12 { 1.0 / v.sqrt() } else { 0.0 }).collect();
    Ok((mean, inverse))
}

fn check(embeddings: &[f32], dim: usize, targets: &[f32], weights: &[f32]) -> Result<(), HeadError> {
    let rows = targets.len();
    if dim == 0 || embeddings.len() != rows * dim || weights.len() != rows {
        return Err(HeadError::Length { numbers: embeddings.len(), dim, rows });
    }
    let wrong = |what, index, value: f32| Err(HeadError::OutOfRange { what, index, value: f64::from(value) });
    if let Some((i, &t)) = targets.iter().enumerate().find(|(_, t)| !(0.0..=1.0).contains(*t)) {
        return wrong("target", i, t);
    }
    if let Some((i, &w)) = weights.iter().enumerate().find(|(_, w)| !(w.is_finite() && **w >= 0.0)) {
        return wrong("weight", i, w);
    }
    if let Some((i, &x)) = embeddings.iter().enumerate().find(|(_, x)| !x.is_finite()) {
        return wrong("embedding", i / dim, x);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;

    use super::*;

    /// Two features; lenses where the first is high. The second says nothing.
    fn drawn(count: usize) -> (Vec<f32>, Vec<f32>) {
        let mut rng = Seed::root(5).rng();
        let (mut embeddings, mut targets) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let (x, y): (f64, f64) = (rng.random_range(-2.0..2.0), rng.random_range(-2.0..2.0));
            embeddings.extend([x as f32, y as f32]);
            targets.push(f32::from(rng.random::<f64>() < sigmoid(2.0 * x - 0.5)));
        }
        (embeddings, targets)
    }

    fn fitted(count: usize) -> LaplaceHead {
        let (embeddings, targets) = drawn(count);
        LaplaceHead::fit(&embeddings, 2, &targets, &vec![1.0; count], 1e-3).unwrap()
    }

    #[test]
    fn finds_the_line_the_labels_came_from() {
        let head = fitted(20_000);
        let logits = head.predict(&[0.0, 0.0, 1.0, 0.0, 0.0, 1.0]).unwrap();
        assert!((logits[0].logit + 0.5).abs() < 0.06, "{logits:?}");
        assert!((logits[1].logit - 1.5).abs() < 0.12, "{logits:?}");
        assert!((logits[2].logit + 0.5).abs() < 0.1, "{logits:?}");
    }

    #[test]
    fn doubt_shrinks_with_examples_and_grows_with_distance() {
        let at = |head: &LaplaceHead, x: f32| head.predict(&[x, 0.0]).unwrap()[0].variance;
        let (few, many) = (fitted(100), fitted(10_000));
        assert!(at(&few, 0.0) > 20.0 * at(&many, 0.0));
        assert!(at(&few, 10.0) > 10.0 * at(&few, 0.0));
    }

    #[test]
    fn samples_have_the_moments_that_are_predicted() {
        let head = fitted(60);
        let one = [0.7_f32, -0.3];
        let expected = head.predict(&one).unwrap()[0];
        let samples = head.sample_probabilities(&one, 4000, Seed::root(9)).unwrap();
        let logits: Vec<f64> = samples.iter().map(|p| domain::logit(f64::from(p[0]))).collect();
        let mean = logits.iter().sum::<f64>() / 4000.0;
        let variance = logits.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4000.0;
        assert!((mean - expected.logit).abs() < 4.0 * (expected.variance / 4000.0).sqrt());
        assert!((variance / expected.variance - 1.0).abs() < 0.1, "{variance} {expected:?}");
    }

    #[test]
    fn the_gradient_vanishes_at_the_map() {
        let (embeddings, targets) = drawn(200);
        let head = LaplaceHead::fit(&embeddings, 2, &targets, &[1.0; 200], 0.5).unwrap();
        let mut rows = vec![0.0; 600];
        for (row, embedding) in rows.chunks_exact_mut(3).zip(embeddings.chunks_exact(2)) {
            standardise(embedding, &head.mean, &head.inverse_deviation, row);
        }
        let problem =
            Problem { rows: &rows, width: 3, targets: &targets, weights: &[1.0; 200], prior_precision: 0.5 };
        let (gradient, _) = problem.curvature(&head.map);
        assert!(gradient.iter().all(|g| g.abs() < 1e-5), "{gradient:?}");
        // And the gradient itself is the slope of the loss.
        let (at, step) = ([0.3, -0.2, 0.1], 1e-6);
        let (gradient, _) = problem.curvature(&at);
        for i in 0..3 {
            let (mut up, mut down) = (at, at);
            up[i] += step;
            down[i] -= step;
            let slope = (problem.loss(&up) - problem.loss(&down)) / (2.0 * step);
            assert!((slope - gradient[i]).abs() < 1e-4);
        }
    }

    #[test]
    fn one_class_only_or_separable_classes_are_no_trouble() {
        let (embeddings, _) = drawn(50);
        let head = LaplaceHead::fit(&embeddings, 2, &[0.0; 50], &[1.0; 50], 1.0).unwrap();
        let p = head.predict(&embeddings).unwrap();
        assert!(p.iter().all(|p| p.probability < 0.2 && p.variance.is_finite()));
        let targets: Vec<f32> = embeddings.chunks_exact(2).map(|x| f32::from(x[0] > 0.0)).collect();
        assert!(LaplaceHead::fit(&embeddings, 2, &targets, &[1.0; 50], 1.0).is_ok());
    }

    #[test]
    fn weights_count_examples() {
        let (embeddings, targets) = drawn(40);
        let twice = |v: &[f32]| [v, v].concat();
        let a = LaplaceHead::fit(&embeddings, 2, &targets, &[2.0; 40], 1.0).unwrap();
        let b = LaplaceHead::fit(&twice(&embeddings), 2, &twice(&targets), &[1.0; 80], 1.0).unwrap();
        let (a, b) = (a.predict(&[0.4, 0.1]).unwrap()[0], b.predict(&[0.4, 0.1]).unwrap()[0]);
        assert!((a.logit - b.logit).abs() < 1e-9 && (a.variance - b.variance).abs() < 1e-9);
    }

    #[test]
    fn wrong_input_is_named() {
        assert_eq!(LaplaceHead::fit(&[], 2, &[], &[], 1.0).unwrap_err(), HeadError::Empty);
        assert!(LaplaceHead::fit(&[1.0, 2.0, 3.0], 2, &[1.0], &[1.0], 1.0).is_err());
        let error = LaplaceHead::fit(&[1.0, f32::NAN], 2, &[1.0], &[1.0], 1.0).unwrap_err().to_string();
        assert!(error.contains("embedding of example 0"), "{error}");
        assert!(fitted(10).predict(&[1.0]).is_err());
    }
}
