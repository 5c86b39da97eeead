//! Every strategy by name, as configurations write it: `{ name = "power_bald", beta = 1.0 }`.

use std::str::FromStr;

use serde::{Deserialize, Serialize, de::value::MapDeserializer};

use crate::{
    Audit, AuditConfig, Badge, Bald, Direct, DirectConfig, Ens, EnsConfig, Entropy, Epig, EpigConfig,
    ExpectedImprovement, Greedy, KCenter, LeastConfidence, Margin, Portfolio, PortfolioConfig, PowerBald,
    PriorShift, Random, Relabel, SelectError, Selector, Similarity, SimilarityConfig, SoftRankBald, Strategy,
    Typiclust, TypiclustConfig, Ucb, Variation,
};

/// A strategy with its settings; what is left out has a default, a misspelt key is refused and an
/// unknown name is answered with all there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
#[expect(clippy::empty_enum_variants_with_brackets, reason = "serde refuses unknown keys only with braces")]
pub enum StrategyConfig {
    /// See [`Random`].
    Random {},
    /// See [`Entropy`].
    Entropy {
        /// From the share of lenses the probabilities assume to that of the pool.
        #[serde(default)]
        shift: Option<PriorShift>,
    },
    /// See [`Margin`].
    Margin {},
    /// See [`LeastConfidence`].
    LeastConfidence {},
    /// See [`Bald`].
    Bald {},
    /// See [`PowerBald`].
    PowerBald {
        /// Its exponent.
        #[serde(default = "one")]
        beta: f64,
    },
    /// See [`SoftRankBald`].
    SoftRankBald {
        /// Its exponent.
        #[serde(default = "one")]
        beta: f64,
    },
    /// See [`Variation`].
    Variation {},
    /// See [`Ucb`].
    Ucb {
        /// Deviations on top of the mean.
        #[serde(default = "one")]
        kappa: f64,
    },
    /// See [`ExpectedImprovement`].
    ExpectedImprovement {
        /// f*; left out: what greedy would stop at.
        #[serde(default)]
        incumbent: Option<f64>,
    },
    /// See [`Epig`].
    Epig(EpigConfig),
    /// See [`Direct`].
    Direct(DirectConfig),
    /// See [`Greedy`].
    Greedy {},
    /// See [`Ens`].
    Ens(EnsConfig),
    /// See [`Typiclust`].
    Typiclust(TypiclustConfig),
    /// See [`KCenter`].
    KCenter {},
    /// See [`Badge`].
    Badge {},
    /// See [`Similarity`].
    Similarity(SimilarityConfig),
    /// See [`Audit`].
    Audit(AuditConfig),
    /// See [`Relabel`].
    Relabel {},
    /// See [`Portfolio`].
    Portfolio(PortfolioConfig),
}

const fn one() -> f64 {
    1.0
}

impl StrategyConfig {
    /// The strategy itself.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn build(&self) -> Result<Box<dyn Selector + Send + Sync>, SelectError> {
        Ok(match self {
            Self::Random {} => Box::new(Random),
            Self::Entropy { shift } => Box::new(Entropy::new(*shift)?),
            Self::Margin {} => Box::new(Margin),
            Self::LeastConfidence {} => Box::new(LeastConfidence),
            Self::Bald {} => Box::new(Bald),
            Self::PowerBald { beta } => Box::new(PowerBald::new(*beta)?),
            Self::SoftRankBald { beta } => Box::new(SoftRankBald::new(*beta)?),
            Self::Variation {} => Box::new(Variation),
            Self::Ucb { kappa } => Box::new(Ucb::new(*kappa)?),
            Self::ExpectedImprovement { incumbent } => Box::new(ExpectedImprovement::new(*incumbent)?),
            Self::Epig(config) => Box::new(Epig::new(*config)?),
            Self::Direct(config) => Box::new(Direct::new(*config)?),
            Self::Greedy {} => Box::new(Greedy),
            Self::Ens(config) => Box::new(Ens::new(*config)?),
            Self::Typiclust(config) => Box::new(Typiclust::new(*config)?),
            Self::KCenter {} => Box::new(KCenter),
            Self::Badge {} => Box::new(Badge),
            Self::Similarity(config) => Box::new(Similarity::new(config.clone())),
            Self::Audit(config) => Box::new(Audit::new(config.clone())?),
            Self::Relabel {} => Box::new(Relabel),
            Self::Portfolio(config) => Box::new(Portfolio::new(config.clone())?),
        })
    }

    /// Which one it is.
    #[must_use]
    pub const fn strategy(&self) -> Strategy {
        match self {
            Self::Random {} => Strategy::Random,
            Self::Entropy { .. } => Strategy::Entropy,
            Self::Margin {} => Strategy::Margin,
            Self::LeastConfidence {} => Strategy::LeastConfidence,
            Self::Bald {} => Strategy::Bald,
            Self::PowerBald { .. } => Strategy::PowerBald,
            Self::SoftRankBald { .. } => Strategy::SoftRankBald,
            Self::Variation {} => Strategy::Variation,
            Self::Ucb { .. } => Strategy::Ucb,
            Self::ExpectedImprovement { .. } => Strategy::ExpectedImprovement,
            Self::Epig(_) => Strategy::Epig,
            Self::Direct(_) => Strategy::Direct,
            Self::Greedy {} => Strategy::Greedy,
            Self::Ens(_) => Strategy::Ens,
            Self::Typiclust(_) => Strategy::Typiclust,
            Self::KCenter {} => Strategy::KCenter,
            Self::Badge {} => Strategy::Badge,
            Self::Similarity(_) => Strategy::Similarity,
            Self::Audit(_) => Strategy::Audit,
            Self::Relabel {} => Strategy::Relabel,
            Self::Portfolio(_) => Strategy::Portfolio,
        }
    }
}

/// A strategy by its name alone, with the usual settings.
impl FromStr for StrategyConfig {
    type Err = crate::UnknownStrategy;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known: Strategy = name.parse()?;
        let fields = MapDeserializer::<_, serde::de::value::Error>::new([("name", known.name())].into_iter());
        Self::deserialize(fields).map_err(|_| crate::UnknownStrategy(name.to_owned()))
    }
}
