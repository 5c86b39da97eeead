//! What a volunteer said about one image.

use serde::{Deserialize, Serialize};

/// One of the three answers on the classify page. `Unsure` is an answer, never a truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// "No lens here."
    NoLens,
    /// "I see something but cannot decide."
    Unsure,
    /// "There is a lens."
    Lens,
}

impl Answer {
    /// All answers in the order of the keys 1, 2, 3.
    pub const ALL: [Self; 3] = [Self::NoLens, Self::Unsure, Self::Lens];

    /// The stable code written to databases and files: 0, 1, 2.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::NoLens => 0,
            Self::Unsure => 1,
            Self::Lens => 2,
        }
    }

    /// The answer with this code, if there is one.
    #[must_use]
    pub const fn from_code(code: i16) -> Option<Self> {
        match code {
            0 => Some(Self::NoLens),
            1 => Some(Self::Unsure),
            2 => Some(Self::Lens),
            _ => None,
        }
    }

    /// The name used in the API and in exports: `no_lens`, `unsure`, `lens`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoLens => "no_lens",
            Self::Unsure => "unsure",
            Self::Lens => "lens",
        }
    }
}
