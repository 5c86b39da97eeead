//! One expert's verdict on one image, and what can be wrong with a pile of them.

use domain::logit;

/// An image that experts graded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Review {
    /// What was claimed of it before, uncorrected.
    pub claimed: f64,
    /// What the experts say.
    pub lens: bool,
    /// The chance it had of being drawn for review, in (0, 1].
    pub inclusion: f64,
}

/// Reviews that no calibration can be learnt from.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    /// Too few.
    #[error("{given} reviews are too few to calibrate with: have at least {least} images graded")]
    TooFew {
        /// Reviews there are.
        given: usize,
        /// Reviews there should be.
        least: usize,
    },
    /// Hardly any of one kind.
    #[error(
        "{lenses} of {reviews} reviewed images are lenses: have at least {least} lenses and {least} others graded, \
         for instance by reviewing more images with {} claims",
        if lenses < least { "high" } else { "low" }
    )]
    OneKind {
        /// Lenses among the reviews.
        lenses: usize,
        /// Reviews there are.
        reviews: usize,
        /// Of either kind there should be.
        least: usize,
    },
    /// A number out of its range.
    #[error("review {at}: {field} is {value}: {remedy}")]
    Range {
        /// Position among the reviews, from 0.
        at: usize,
        /// Name of the number.
        field: &'static str,
        /// What was given.
        value: f64,
        /// What would be right.
        remedy: &'static str,
    },
    /// A setting out of its range.
    #[error(transparent)]
    Config(#[from] crate::ConfigError),
    /// A stored calibration was changed, or written by something else.
    #[error("calibration {id} does not have the content its id stands for: fit it again")]
    Content {
        /// Its id.
        id: String,
    },
}

impl Review {
    pub(super) fn check(&self, at: usize) -> Result<(), CalibrationError> {
        let wrong = |field, value, remedy| CalibrationError::Range { at, field, value, remedy };
        if !(0.0..=1.0).contains(&self.claimed) {
            return Err(wrong("claimed", self.claimed, "give a probability"));
        }
        if !(self.inclusion > 0.0 && self.inclusion <= 1.0) {
            return Err(wrong(
                "inclusion",
                self.inclusion,
                "give the chance it had of being drawn, in (0, 1]",
            ));
        }
        Ok(())
    }
}

/// A review as the fits use it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// Log-odds of what was claimed, within ±[`MOST_LOG_ODDS`].
    pub x: f64,
    /// 1 for a lens.
    pub y: f64,
    /// How many images it stands for, over the least of the sample.
    pub weight: f64,
}

/// Claims beyond (1e-6 and its mirror) are taken for this.
pub(super) const MOST_LOG_ODDS: f64 = 13.8;

/// Log-odds that are always a number.
pub(super) fn log_odds(p: f64) -> f64 {
    logit(p.clamp(1e-9, 1.0 - 1e-9)).clamp(-MOST_LOG_ODDS, MOST_LOG_ODDS)
}

/// Mean −ln of the probability given to the truth.
pub(super) fn loss(point: &Point, p: f64) -> f64 {
    let right = if point.y > 0.5 { p } else { 1.0 - p };
    -right.clamp(1e-6, 1.0).ln()
}
