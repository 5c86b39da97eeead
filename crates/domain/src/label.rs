//! What is held to be true of a subject.

use serde::{Deserialize, Serialize};

/// Truth as far as it is known; in manifests and databases −1, 0, 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Nobody has decided (−1).
    Unknown,
    /// A confirmed non-lens (0).
    NonLens,
    /// A lens: a mock, or a confirmed one (1).
    Lens,
}

impl Label {
    /// −1, 0 or 1.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::Unknown => -1,
            Self::NonLens => 0,
            Self::Lens => 1,
        }
    }

    /// The label with this code, if there is one.
    #[must_use]
    pub const fn from_code(code: i16) -> Option<Self> {
        match code {
            -1 => Some(Self::Unknown),
            0 => Some(Self::NonLens),
            1 => Some(Self::Lens),
            _ => None,
        }
    }
}
