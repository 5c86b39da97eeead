//! What a strategy hands out: the row that is logged with every impression.

use std::{fmt, str::FromStr};

use domain::SubjectId;
use serde::{Deserialize, Serialize};

/// Which rule chose an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Uniformly at random.
    Random,
    /// Most uncertain at the pool's base rate.
    Entropy,
    /// Highest probability.
    Greedy,
    /// Where the members disagree, at random in proportion.
    PowerBald,
    /// The stratified sample that measures completeness.
    Audit,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Random, Self::Entropy, Self::Greedy, Self::PowerBald, Self::Audit];

    /// The name in databases and files, e.g. `power_bald`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Entropy => "entropy",
            Self::Greedy => "greedy",
            Self::PowerBald => "power_bald",
            Self::Audit => "audit",
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No strategy has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no selection strategy; there are random, entropy, greedy, power_bald and audit")]
pub struct UnknownStrategy(pub String);

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(name: &str) -> Result<Self, UnknownStrategy> {
        Self::ALL.into_iter().find(|s| s.name() == name).ok_or_else(|| UnknownStrategy(name.to_owned()))
    }
}

/// One chosen image.
///
/// What `inclusion_probability` is a probability *of* differs by strategy, and is only ever to
/// be used together with it:
///
/// - `audit`: the chance, fixed before the draw, that this image enters the audit; each image
///   of the whole pool independently. Valid on its own: audit rows and nothing else go into
///   [`crate::horvitz_thompson`].
/// - `random`: n/N among the images the strategy was offered.
/// - `power_bald`: the chance to be among the n chosen given the first value that was not
///   chosen (Kool et al. 2019); 1/probability is an unbiased weight over the images the
///   strategy was offered.
/// - `greedy`, `entropy`: 1. The choice follows from the pool without chance. Every other image
///   had 0, so no weighting of these rows speaks for the rest of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Selected {
    /// Position in the pool that was given.
    pub index: usize,
    /// The image.
    pub subject: SubjectId,
    /// Which rule chose it.
    pub strategy: Strategy,
    /// Place among those its rule chose, from 0.
    pub rank: usize,
    /// See above; in (0, 1].
    pub inclusion_probability: f64,
    /// What the rule ranked by (for the audit the probability of a lens).
    pub score: f64,
}
