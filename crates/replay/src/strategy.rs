//! Strategies as a policy names them, until `acquisition` has its registry.

use acquisition::{Portfolio, PortfolioConfig, PowerBald, SelectError};
use serde::{Deserialize, Serialize};

/// A strategy with its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum StrategyConfig {
    /// Uniformly at random.
    Random,
    /// Most uncertain.
    Entropy,
    /// Highest probability.
    Greedy,
    /// See [`PowerBald`].
    PowerBald {
        /// Its exponent.
        beta: f64,
    },
    /// See [`Portfolio`].
    Portfolio(PortfolioConfig),
}

impl StrategyConfig {
    /// Whether it can be built.
    ///
    /// # Errors
    /// When a setting is wrong.
    pub fn build(&self) -> Result<(), SelectError> {
        match self {
            Self::PowerBald { beta } => PowerBald::new(*beta).map(drop),
            Self::Portfolio(config) => Portfolio::new(config.clone()).map(drop),
            Self::Random | Self::Entropy | Self::Greedy => Ok(()),
        }
    }
}
