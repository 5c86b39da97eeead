//! Probabilities, checked at the edge, and the functions every score passes through.

use serde::{Deserialize, Serialize};

/// A number in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Probability(f64);

/// The number is no probability.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a probability lies between 0 and 1, this is {0}")]
pub struct OutOfRange(pub f64);

impl Probability {
    /// Checks the range; refuses NaN.
    ///
    /// # Errors
    /// When `p` is not in [0, 1].
    pub fn new(p: f64) -> Result<Self, OutOfRange> {
        if (0.0..=1.0).contains(&p) { Ok(Self(p)) } else { Err(OutOfRange(p)) }
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Probability {
    type Error = OutOfRange;

    fn try_from(p: f64) -> Result<Self, OutOfRange> {
        Self::new(p)
    }
}

impl From<Probability> for f64 {
    fn from(p: Probability) -> Self {
        p.0
    }
}

/// ln(p / (1 − p)); infinite at the ends.
#[must_use]
pub fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// 1 / (1 + e^−x), without overflow at either end.
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// Entropy of a yes/no question with probability `p`, in bits; 0 at 0 and 1.
#[must_use]
pub fn binary_entropy_bits(p: f64) -> f64 {
    let term = |x: f64| if x > 0.0 { -x * x.log2() } else { 0.0 };
    term(p) + term(1.0 - p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_probability() {
        for wrong in [-0.1, 1.1, f64::NAN] {
            assert!(Probability::new(wrong).is_err());
        }
    }

    #[test]
    fn sigmoid_inverts_logit() {
        for p in [1e-9, 0.2, 0.5, 0.999_999] {
            assert!((sigmoid(logit(p)) - p).abs() < 1e-12);
        }
        assert_eq!(sigmoid(-800.0), 0.0);
        assert_eq!(sigmoid(800.0), 1.0);
    }

    #[test]
    fn entropy_is_one_bit_at_one_half() {
        assert!((binary_entropy_bits(0.5) - 1.0).abs() < 1e-15);
        assert_eq!(binary_entropy_bits(0.0), 0.0);
    }
}
