//! The settings of the exact fold and the seven sets of them that have names.

use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// A set of settings with a name, as `lensfinder aggregate --preset` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Preset {
    /// Space Warps as it ran.
    #[serde(rename = "production")]
    Production,
    /// Galaxy Zoo Express (Beck et al. 2018): even prior, thresholds 0.99 and 0.004.
    #[serde(rename = "prior05_gzx")]
    Prior05Gzx,
    /// The real-time successor: Laplace's rule for the skills, retirement after least votes.
    #[serde(rename = "kswap")]
    KSwap,
    /// Production, but everybody is right three times in four and nobody learns.
    #[serde(rename = "fixed075")]
    Fixed075,
    /// Production, but no image is ever frozen.
    #[serde(rename = "nonhasty")]
    NonHasty,
    /// Starts at three in four, learns from test images only, never freezes.
    #[serde(rename = "unsup")]
    Unsupervised,
    /// Production, but learns from test images too and never freezes.
    #[serde(rename = "both")]
    Both,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 7] = [
        Self::Production,
        Self::Prior05Gzx,
        Self::KSwap,
        Self::Fixed075,
        Self::NonHasty,
        Self::Unsupervised,
        Self::Both,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Prior05Gzx => "prior05_gzx",
            Self::KSwap => "kswap",
            Self::Fixed075 => "fixed075",
            Self::NonHasty => "nonhasty",
            Self::Unsupervised => "unsup",
            Self::Both => "both",
        }
    }

    /// The preset with this name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }
}

/// Which votes an agent learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learning {
    /// None: training images are heard and counted, PL and PD stay.
    Nothing,
    /// Votes on training images.
    Training,
    /// Votes on test images, against the posterior.
    Test,
    /// Votes on either.
    Both,
}

/// Settings of SWAP proper. The default is [`Preset::Production`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwapRules {
    /// Posterior of an image before its first vote.
    pub prior: f64,
    /// Strictly above is detected.
    pub detected_above: f64,
    /// Strictly below is rejected, and retired if it is a test image.
    pub rejected_below: f64,
    /// No posterior falls below this.
    pub least_posterior: f64,
    /// Where PL and PD start.
    pub initial_skill: f64,
    /// The start weighs 2 + `skepticism` votes.
    pub skepticism: f64,
    /// PL and PD stay inside.
    pub skill_range: (f64, f64),
    /// Votes of an agent move an image once it heard more than so many.
    pub ignored_at_start: u32,
    /// What agents learn from.
    pub learning: Learning,
    /// Whether an image past a threshold is frozen.
    pub hasty: bool,
}

impl Default for SwapRules {
    fn default() -> Self {
        Self {
            prior: 2e-4,
            detected_above: 0.95,
            rejected_below: 1e-7,
            least_posterior: 2e-8,
            initial_skill: 0.5,
            skepticism: 2.0,
            skill_range: (0.01, 0.99),
            ignored_at_start: 0,
            learning: Learning::Training,
            hasty: true,
        }
    }
}

/// Settings of the real-time successor. The default is [`Preset::KSwap`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KSwapRules {
    /// Posterior of an image before its first vote.
    pub prior: f64,
    /// Imagined right and imagined wrong votes behind each skill: (right + γ)/(seen + 2γ).
    pub gamma: f64,
    /// Added to the denominator of Bayes' rule.
    pub epsilon: f64,
    /// A test image strictly below is retired as a non-lens …
    pub rejected_below: f64,
    /// … once it has so many votes.
    pub least_votes: u32,
    /// With so many votes a test image is retired as what most said.
    pub most_votes: u32,
}

impl Default for KSwapRules {
    fn default() -> Self {
        Self { prior: 5e-4, gamma: 1.0, epsilon: 1e-9, rejected_below: 1e-5, least_votes: 5, most_votes: 30 }
    }
}

/// Settings of [`SpaceWarps`](super::SpaceWarps).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rules", rename_all = "snake_case")]
pub enum SpaceWarpsConfig {
    /// SWAP proper.
    Swap(SwapRules),
    /// The real-time successor.
    KSwap(KSwapRules),
}

impl SpaceWarpsConfig {
    /// The settings of a preset.
    #[must_use]
    pub fn preset(preset: Preset) -> Self {
        let production = SwapRules::default();
        Self::Swap(match preset {
            Preset::KSwap => return Self::KSwap(KSwapRules::default()),
            Preset::Production => production,
            Preset::Prior05Gzx => {
                SwapRules { prior: 0.5, detected_above: 0.99, rejected_below: 0.004, ..production }
            }
            Preset::Fixed075 => SwapRules { initial_skill: 0.75, learning: Learning::Nothing, ..production },
            Preset::NonHasty => SwapRules { hasty: false, ..production },
            Preset::Unsupervised => {
                SwapRules { initial_skill: 0.75, learning: Learning::Test, hasty: false, ..production }
            }
            Preset::Both => SwapRules { learning: Learning::Both, hasty: false, ..production },
        })
    }

    /// Every setting in its range, or the first that is not.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match self {
            Self::Swap(rules) => rules.check(),
            Self::KSwap(rules) => rules.check(),
        }
    }
}

impl From<Preset> for SpaceWarpsConfig {
    fn from(preset: Preset) -> Self {
        Self::preset(preset)
    }
}

impl SwapRules {
    fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check_open("prior", self.prior)?;
        ConfigError::check_open("detected_above", self.detected_above)?;
        ConfigError::check_open("rejected_below", self.rejected_below)?;
        let ordered = self.rejected_below < self.detected_above;
        let remedy = "give a number below `detected_above`";
        ConfigError::check("rejected_below", self.rejected_below, ordered, remedy)?;
        ConfigError::check_open("least_posterior", self.least_posterior)?;
        ConfigError::check_range("skill_range", self.skill_range)?;
        let inside = self.initial_skill >= self.skill_range.0 && self.initial_skill <= self.skill_range.1;
        let remedy = "give a number inside `skill_range`";
        ConfigError::check("initial_skill", self.initial_skill, inside, remedy)?;
        let finite = self.skepticism > -2.0 && self.skepticism.is_finite();
        ConfigError::check("skepticism", self.skepticism, finite, "give a number above -2")
    }
}

impl KSwapRules {
    fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check_open("prior", self.prior)?;
        ConfigError::check_open("rejected_below", self.rejected_below)?;
        let positive = self.gamma > 0.0 && self.gamma.is_finite();
        ConfigError::check("gamma", self.gamma, positive, "give a number above 0")?;
        let small = (0.0..1e-3).contains(&self.epsilon);
        ConfigError::check("epsilon", self.epsilon, small, "give 0 or a little more")
    }
}
