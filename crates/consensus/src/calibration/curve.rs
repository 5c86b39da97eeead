//! A calibration: a curve, how far claims may go, and an id that stands for exactly that.

use domain::{Digest, sigmoid};
use serde::{Deserialize, Serialize};

use super::{CalibrationError, isotonic, review::log_odds};

/// From claimed to actual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Curve {
    /// What is claimed.
    Identity,
    /// ln odds = intercept + slope · ln odds claimed.
    Platt {
        /// Shift of the log-odds.
        intercept: f64,
        /// Below 1 where claims are too sure.
        slope: f64,
    },
    /// Straight between steps, in log-odds.
    Isotonic {
        /// (log-odds claimed, actual probability), rising in both.
        steps: Vec<(f64, f64)>,
    },
}

/// What turns a posterior into one that may be shown and decided by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Calibration {
    curve: Curve,
    range: (f64, f64),
    reviews: u32,
    lenses: u32,
    id: String,
}

/// Without expert reviews nothing is claimed surer than this.
pub(super) const UNSUPPORTED: f64 = 0.99;
/// Nor anything less likely than this.
pub(super) const LEAST: f64 = 1e-6;

impl Default for Calibration {
    fn default() -> Self {
        Self::identity()
    }
}

impl Calibration {
    /// Before there are reviews: claims stand, up to 0.99 and down to 1e-6.
    #[must_use]
    pub fn identity() -> Self {
        Self::new(Curve::Identity, (LEAST, UNSUPPORTED), 0, 0)
    }

    /// Numbers are rounded first, so that the id does not hang on the last bit of a float.
    pub(super) fn new(curve: Curve, range: (f64, f64), reviews: u32, lenses: u32) -> Self {
        let round = |x: f64| (x * 1e9).round() / 1e9;
        let curve = match curve {
            Curve::Identity => Curve::Identity,
            Curve::Platt { intercept, slope } => {
                Curve::Platt { intercept: round(intercept), slope: round(slope) }
            }
            Curve::Isotonic { steps } => {
                Curve::Isotonic { steps: steps.into_iter().map(|(x, p)| (round(x), round(p))).collect() }
            }
        };
        let range = (round(range.0), round(range.1));
        let id = digest(&curve, range, reviews, lenses);
        Self { curve, range, reviews, lenses, id }
    }

    /// The corrected probability of one that was claimed; never falling. What is no number stays so.
    #[must_use]
    pub fn apply(&self, claimed: f64) -> f64 {
        let actual = match &self.curve {
            Curve::Identity => claimed,
            Curve::Platt { intercept, slope } => sigmoid(intercept + slope * log_odds(claimed)),
            Curve::Isotonic { steps } => isotonic::at(steps, log_odds(claimed)),
        };
        actual.clamp(self.range.0, self.range.1)
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> &Curve {
        &self.curve
    }

    /// Least and greatest probability that may be claimed.
    #[must_use]
    pub const fn range(&self) -> (f64, f64) {
        self.range
    }

    /// Reviews it was learnt from, and lenses among them.
    #[must_use]
    pub const fn reviews(&self) -> (u32, u32) {
        (self.reviews, self.lenses)
    }

    /// Stored with every posterior it made: the first 16 digits of the SHA-256 of its content.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

fn digest(curve: &Curve, range: (f64, f64), reviews: u32, lenses: u32) -> String {
    let number = |x: f64| format!("{x:.9}");
    let mut parts = vec![number(range.0), number(range.1), reviews.to_string(), lenses.to_string()];
    match curve {
        Curve::Identity => parts.push("identity".to_owned()),
        Curve::Platt { intercept, slope } => {
            parts.extend(["platt".to_owned(), number(*intercept), number(*slope)]);
        }
        Curve::Isotonic { steps } => {
            parts.push("isotonic".to_owned());
            parts.extend(steps.iter().flat_map(|(x, p)| [number(*x), number(*p)]));
        }
    }
    Digest::of_parts(parts).to_string()[..16].to_owned()
}

/// As it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    curve: Curve,
    least: f64,
    most: f64,
    reviews: u32,
    lenses: u32,
}

impl From<Calibration> for Written {
    fn from(it: Calibration) -> Self {
        let (least, most) = it.range;
        Self { id: it.id, curve: it.curve, least, most, reviews: it.reviews, lenses: it.lenses }
    }
}

impl TryFrom<Written> for Calibration {
    type Error = CalibrationError;

    fn try_from(it: Written) -> Result<Self, CalibrationError> {
        let rising = match &it.curve {
            Curve::Identity => true,
            Curve::Platt { intercept, slope } => intercept.is_finite() && *slope > 0.0,
            Curve::Isotonic { steps } => {
                steps.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1)
                    && steps.iter().all(|(x, p)| x.is_finite() && *p > 0.0 && *p < 1.0)
            }
        };
        let ranged = it.least > 0.0 && it.least < it.most && it.most < 1.0;
        let read = Self::new(it.curve, (it.least, it.most), it.reviews, it.lenses);
        if rising && ranged && read.id == it.id {
            Ok(read)
        } else {
            Err(CalibrationError::Content { id: it.id })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_reviews_nothing_is_certain() {
        let none = Calibration::default();
        assert_eq!(none.apply(0.3), 0.3);
        assert_eq!((none.apply(1.0), none.apply(0.0)), (0.99, 1e-6));
    }

    #[test]
    fn what_is_written_reads_back_and_what_was_changed_does_not() {
        let curve = Curve::Isotonic { steps: vec![(-3.123_456_789_012, 0.01), (2.0, 0.7)] };
        for curve in [Curve::Identity, Curve::Platt { intercept: -0.3, slope: 1.0 / 3.0 }, curve] {
            let one = Calibration::new(curve, (1e-6, 0.99), 200, 80);
            let text = serde_json::to_string(&one).unwrap();
            assert_eq!(serde_json::from_str::<Calibration>(&text).unwrap(), one);
            let forged = text.replace("\"reviews\":200", "\"reviews\":900");
            let error = serde_json::from_str::<Calibration>(&forged).unwrap_err().to_string();
            assert!(error.contains("fit it again"), "{error}");
        }
    }

    #[test]
    fn other_content_has_another_id() {
        let ids = [
            Calibration::identity(),
            Calibration::new(Curve::Platt { intercept: 0.0, slope: 0.5 }, (1e-6, 0.99), 20, 10),
            Calibration::new(Curve::Platt { intercept: 0.0, slope: 0.6 }, (1e-6, 0.99), 20, 10),
        ]
        .map(|calibration| calibration.id().to_owned());
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0].len() == 16);
    }
}
