//! What a Bayesian last layer believes of one image's logit.

use serde::{Deserialize, Serialize};

/// A Gaussian belief about the logit of P(lens).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// Its mean.
    pub logit: f64,
    /// Its variance.
    pub variance: f64,
}
