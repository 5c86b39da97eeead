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
    /// Where the model disagrees with itself, at random in proportion.
    PowerBald,
    /// The stratified sample that measures completeness.
    Audit,
    /// The two answers nearest to each other.
    Margin,
    /// The least certain best answer.
    LeastConfidence,
    /// Where the model disagrees with itself.
    Bald,
    /// At random in proportion to the rank by disagreement.
    SoftRankBald,
    /// Largest standard deviation of the probability.
    Variation,
    /// Highest mean plus deviations.
    Ucb,
    /// Largest expected gain over what greedy stops at.
    ExpectedImprovement,
    /// What tells most about the images at the top.
    Epig,
    /// Around the best cut between the classes.
    Direct,
    /// Highest probability now plus what it lets one find later.
    Ens,
    /// Typical images of parts not seen yet.
    Typiclust,
    /// Farthest from everything known.
    KCenter,
    /// At random far apart in the gradients of the last layer.
    Badge,
    /// Most like the examples.
    Similarity,
    /// Images whose votes conflict, again.
    Relabel,
    /// Several at once; its rows carry the names of its parts.
    Portfolio,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Random,
        Self::Entropy,
        Self::Greedy,
        Self::PowerBald,
        Self::Audit,
        Self::Margin,
        Self::LeastConfidence,
        Self::Bald,
        Self::SoftRankBald,
        Self::Variation,
        Self::Ucb,
        Self::ExpectedImprovement,
        Self::Epig,
        Self::Direct,
        Self::Ens,
        Self::Typiclust,
        Self::KCenter,
        Self::Badge,
        Self::Similarity,
        Self::Relabel,
        Self::Portfolio,
    ];

    /// The name in databases and files, e.g. `power_bald`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Entropy => "entropy",
            Self::Greedy => "greedy",
            Self::PowerBald => "power_bald",
            Self::Audit => "audit",
            Self::Margin => "margin",
            Self::LeastConfidence => "least_confidence",
            Self::Bald => "bald",
            Self::SoftRankBald => "soft_rank_bald",
            Self::Variation => "variation",
            Self::Ucb => "ucb",
            Self::ExpectedImprovement => "expected_improvement",
            Self::Epig => "epig",
            Self::Direct => "direct",
            Self::Ens => "ens",
            Self::Typiclust => "typiclust",
            Self::KCenter => "k_center",
            Self::Badge => "badge",
            Self::Similarity => "similarity",
            Self::Relabel => "relabel",
            Self::Portfolio => "portfolio",
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
#[error("{0:?} is no selection strategy; there are {names}", names = names())]
pub struct UnknownStrategy(pub String);

/// All names, for messages.
fn names() -> String {
    Strategy::ALL.map(Strategy::name).join(", ")
}

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
/// - `power_bald`, `soft_rank_bald`: the chance to be among the chosen given everybody else's
///   luck (Kool et al. 2019), under a portfolio's caps too; 1/probability is an unbiased weight
///   over the images the strategy was offered.
/// - `badge`: the chance of this image at its step, given those drawn before it: the q of
///   [`crate::lure()`], not a chance to be in the batch.
/// - all others: 1. The choice follows from the pool (and the sub-sample of it that the seed drew,
///   where a strategy looks at one) without chance. Every other image had 0, so no weighting of
///   these rows speaks for the rest of the pool.
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
