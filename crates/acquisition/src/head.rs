//! The live last layer: a Bayesian correction of the champion's logit, learned from votes and
//! applied to the whole pool within a second.
//!
//! logit(x) = offset(x) + δ·z(x), where the offset is the champion's calibrated logit and z its
//! embedding, standardised over the pool, with a 1 behind it. δ starts as a Gaussian around nothing;
//! logistic regression on what people said moves it (MAP by Newton's method, then the Laplace
//! approximation: MacKay 1992; Bishop, PRML §4.4). So without any label the champion's order holds,
//! with a doubt that is larger the odder an image; the share of lenses among the labels, which
//! selection made high, does not matter, because the offset brings the pool's base rate along and
//! P(lens | image) does not depend on who chose the image.
//!
//! How far δ may go is learned too: of a few prior widths the one with the largest evidence counts.

use domain::logit;
use serde::{Deserialize, Serialize};

use crate::{cholesky::Cholesky, curvature::Problem};

/// Newton steps at most; a handful is usual.
const MAX_STEPS: usize = 60;

/// How far a label may move the logits, before anything is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeadPrior {
    /// Standard deviations of δ·z on a typical image, in nats; of several, the evidence chooses.
    pub deviations: Vec<f64>,
    /// Standard deviation of the common shift of all logits, in nats: how wrong the base rate may be.
    pub shift: f64,
}

impl Default for HeadPrior {
    fn default() -> Self {
        Self { deviations: vec![0.5, 1.0, 2.0, 4.0], shift: 1.0 }
    }
}

/// When the head over the embeddings is fitted to what people said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadMode {
    /// Never: the champion's scores stay what they are.
    Off,
    /// Before each round.
    EachRound,
    /// Every few votes, and the round's queue follows.
    #[default]
    Live,
}

/// Why no head can be fitted or used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HeadError {
    /// The lists do not belong together.
    #[error("{numbers} numbers are not {rows} embeddings of {dim}: was the pool scored by another network?")]
    Length {
        /// Numbers in the embeddings.
        numbers: usize,
        /// Length of one.
        dim: usize,
        /// Embeddings there should be.
        rows: usize,
    },
    /// There is no embedding at all.
    #[error("the pool has no embeddings: score it again with `lensfinder score`")]
    NoEmbeddings,
    /// A number out of range.
    #[error("{what} of image {index} is {value}, which is out of range: score the pool again")]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// Position of the image.
        index: usize,
        /// The number.
        value: f64,
    },
    /// A width that is none.
    #[error("head setting `{field}` is {value}: give a number of nats above 0")]
    Prior {
        /// Its name.
        field: &'static str,
        /// What was given.
        value: f64,
    },
    /// The Hessian is not positive definite, which only non-finite numbers can cause.
    #[error("the posterior of the last layer is not normalisable: score the pool again")]
    Singular,
}

/// Mean and spread of each number of the embeddings of a pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Standard {
    pub(crate) mean: Vec<f64>,
    /// 1 / standard deviation; 0 for a number that never varies.
    pub(crate) inverse_deviation: Vec<f64>,
}

impl Standard {
    /// Of embeddings of length `dim` that lie one after another.
    ///
    /// # Errors
    /// When there is none, the length does not fit or a number is not finite.
    pub fn of(embeddings: &[f32], dim: usize) -> Result<Self, HeadError> {
        if dim == 0 || embeddings.is_empty() {
            return Err(HeadError::NoEmbeddings);
        }
        let rows = embeddings.len() / dim;
        if !embeddings.len().is_multiple_of(dim) {
            return Err(HeadError::Length { numbers: embeddings.len(), dim, rows });
        }
        if let Some(i) = embeddings.iter().position(|x| !x.is_finite()) {
            let value = f64::from(embeddings[i]);
            return Err(HeadError::OutOfRange { what: "the embedding", index: i / dim, value });
        }
        let count = rows as f64;
        let mut mean = vec![0.0; dim];
        for embedding in embeddings.chunks_exact(dim) {
            mean.iter_mut().zip(embedding).for_each(|(m, &x)| *m += f64::from(x));
        }
        mean.iter_mut().for_each(|m| *m /= count);
        let mut variance = vec![0.0; dim];
        for embedding in embeddings.chunks_exact(dim) {
            for ((v, m), &x) in variance.iter_mut().zip(&mean).zip(embedding) {
                *v += (f64::from(x) - m).powi(2);
            }
        }
        let inverse = |v: &f64| if *v / count > 1e-12 { (count / v).sqrt() } else { 0.0 };
        Ok(Self { inverse_deviation: variance.iter().map(inverse).collect(), mean })
    }

    /// Length of an embedding.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    /// z and the 1 behind it.
    fn apply(&self, embedding: &[f32], row: &mut [f64]) {
        for (i, &x) in embedding.iter().enumerate() {
            row[i] = (f64::from(x) - self.mean[i]) * self.inverse_deviation[i];
        }
        row[embedding.len()] = 1.0;
    }
}

/// What people said of one image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Example<'a> {
    /// The champion's calibrated logit.
    pub offset: f64,
    /// The champion's embedding.
    pub embedding: &'a [f32],
    /// P(lens) from the votes alone.
    pub target: f32,
    /// How much the votes tell: 1 for a sure answer.
    pub weight: f32,
}

/// The posterior of δ.
#[derive(Debug, Clone)]
pub struct LiveHead {
    pub(crate) standard: Standard,
    prior: HeadPrior,
    /// MAP of δ; the shift last.
    pub(crate) map: Vec<f64>,
    pub(crate) hessian: Cholesky,
    deviation: f64,
    examples: usize,
}

impl LiveHead {
    /// Before any label: δ is nothing, as wide as the middle one of the prior's widths.
    ///
    /// # Errors
    /// When a width is not above 0.
    pub fn new(standard: Standard, prior: HeadPrior) -> Result<Self, HeadError> {
        let positive = |x: f64| x.is_finite() && x > 0.0;
        if !positive(prior.shift) {
            return Err(HeadError::Prior { field: "shift", value: prior.shift });
        }
        if let Some(&value) = prior.deviations.iter().find(|d| !positive(**d)) {
            return Err(HeadError::Prior { field: "deviations", value });
        }
        let Some(&deviation) = prior.deviations.get(prior.deviations.len() / 2) else {
            return Err(HeadError::Prior { field: "deviations", value: f64::NAN });
        };
        let width = standard.dim() + 1;
        let precision = precision(&standard, &prior, deviation);
        let mut hessian = vec![0.0; width * width];
        for (i, p) in precision.iter().enumerate() {
            hessian[i * width + i] = *p;
        }
        let hessian = Cholesky::of(hessian, width).ok_or(HeadError::Singular)?;
        Ok(Self { standard, prior, map: vec![0.0; width], hessian, deviation, examples: 0 })
    }

    /// The posterior after these labels, all there are; this head only says where the search starts.
    /// Which examples come first does not matter but to the last bits. One class only, or none, is no
    /// trouble: the prior then speaks.
    ///
    /// # Errors
    /// When an embedding has another length or a number is out of range.
    pub fn fit(&self, examples: &[Example<'_>]) -> Result<Self, HeadError> {
        let dim = self.standard.dim();
        check(examples, dim)?;
        if examples.iter().all(|example| example.weight == 0.0) {
            return Self::new(self.standard.clone(), self.prior.clone());
        }
        let width = dim + 1;
        let mut rows = vec![0.0; examples.len() * width];
        for (row, example) in rows.chunks_exact_mut(width).zip(examples) {
            self.standard.apply(example.embedding, row);
        }
        let problem = Problem::new(rows, width, examples);
        let mut start = self.map.clone();
        let mut best: Option<(f64, Self)> = None;
        for &deviation in &self.prior.deviations {
            let precision = precision(&self.standard, &self.prior, deviation);
            let (map, hessian, loss) = minimum(&problem, &precision, &start)?;
            // ln evidence = −loss + ½ Σ ln precision − ½ ln |H|, up to a constant.
            let evidence =
                0.5 * precision.iter().map(|p| p.ln()).sum::<f64>() - loss - hessian.log_determinant() / 2.0;
            start.clone_from(&map);
            if best.as_ref().is_none_or(|(most, _)| evidence > *most) {
                let (standard, prior) = (self.standard.clone(), self.prior.clone());
                let head = Self { standard, prior, map, hessian, deviation, examples: examples.len() };
                best = Some((evidence, head));
            }
        }
        best.map(|(_, head)| head).ok_or(HeadError::Singular)
    }

    /// How many labels it has learned from.
    #[must_use]
    pub const fn examples(&self) -> usize {
        self.examples
    }

    /// The width of the prior that the evidence chose, in nats on a typical image.
    #[must_use]
    pub const fn deviation(&self) -> f64 {
        self.deviation
    }

    /// δ in units of the raw embedding, then the shift: what is added to the champion's logit is
    /// `δ[..dim]·embedding + δ[dim]`.
    #[must_use]
    pub fn correction(&self) -> Vec<f64> {
        let dim = self.standard.dim();
        let mut out: Vec<f64> =
            self.map[..dim].iter().zip(&self.standard.inverse_deviation).map(|(w, d)| w * d).collect();
        let at_zero: f64 = out.iter().zip(&self.standard.mean).map(|(w, m)| w * m).sum();
        out.push(self.map[dim] - at_zero);
        out
    }
}

/// The probability a logit stands for, kept off 0 and 1 so that it can be a logit's offset.
#[must_use]
pub fn offset(probability: f64) -> f64 {
    logit(probability.clamp(1e-9, 1.0 - 1e-9))
}

/// Prior precision of each number of δ. A typical image has Σ z² = the number of features that vary.
fn precision(standard: &Standard, prior: &HeadPrior, deviation: f64) -> Vec<f64> {
    let varying = standard.inverse_deviation.iter().filter(|d| **d > 0.0).count().max(1) as f64;
    let mut out = vec![varying / (deviation * deviation); standard.dim()];
    out.push(1.0 / (prior.shift * prior.shift));
    out
}

/// MAP, the Hessian there and the loss there.
fn minimum(
    problem: &Problem<'_>,
    precision: &[f64],
    start: &[f64],
) -> Result<(Vec<f64>, Cholesky, f64), HeadError> {
    let width = precision.len();
    let mut map = start.to_vec();
    let mut loss = problem.loss(&map, precision);
    for _ in 0..MAX_STEPS {
        let (gradient, hessian) = problem.curvature(&map, precision);
        let hessian = Cholesky::of(hessian, width).ok_or(HeadError::Singular)?;
        let step = hessian.solve(&gradient);
        // Newton's decrement: twice the gain still expected, in nats.
        let gain: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
        if gain < 1e-9 {
            return Ok((map, hessian, loss));
        }
        let mut length = 1.0;
        loop {
            let next: Vec<f64> = map.iter().zip(&step).map(|(m, s)| m - length * s).collect();
            let next_loss = problem.loss(&next, precision);
            if next_loss <= loss - 1e-4 * length * gain || length < 1e-6 {
                (map, loss) = (next, next_loss);
                break;
            }
            length *= 0.5;
        }
    }
    let hessian = Cholesky::of(problem.curvature(&map, precision).1, width).ok_or(HeadError::Singular)?;
    Ok((map, hessian, loss))
}

fn check(examples: &[Example<'_>], dim: usize) -> Result<(), HeadError> {
    for (index, example) in examples.iter().enumerate() {
        if example.embedding.len() != dim {
            return Err(HeadError::Length { numbers: example.embedding.len(), dim, rows: 1 });
        }
        let wrong = |what, value| Err(HeadError::OutOfRange { what, index, value });
        if !(0.0..=1.0).contains(&example.target) {
            return wrong("the target", f64::from(example.target));
        }
        if !(example.weight.is_finite() && example.weight >= 0.0) {
            return wrong("the weight", f64::from(example.weight));
        }
        if !example.offset.is_finite() {
            return wrong("the champion's logit", example.offset);
        }
        if let Some(x) = example.embedding.iter().find(|x| !x.is_finite()) {
            return wrong("the embedding", f64::from(*x));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
