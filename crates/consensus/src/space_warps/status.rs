//! Where the posterior of an image stands in SWAP.

use serde::{Deserialize, Serialize};

/// Where the posterior stands against the two thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Between the thresholds.
    Undecided,
    /// Above the upper one.
    Detected,
    /// Below the lower one.
    Rejected,
}

impl Status {
    /// `undecided`, `detected` or `rejected`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Detected => "detected",
            Self::Rejected => "rejected",
        }
    }

    /// Strictly above or strictly below a threshold, as in SWAP.
    #[must_use]
    pub fn of(posterior: f64, detected_above: f64, rejected_below: f64) -> Self {
        if posterior < rejected_below {
            Self::Rejected
        } else if posterior > detected_above {
            Self::Detected
        } else {
            Self::Undecided
        }
    }
}
