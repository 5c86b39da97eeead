//! The settings of SWAP, their ranges, and two sets of them.

use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// Settings of [`Swap`](crate::Swap). The default is [`SwapConfig::house`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SwapConfig {
    /// Where `p_votes` starts, the same for every image.
    pub prior: f64,
    /// An image strictly above is detected.
    pub detected_above: f64,
    /// An image strictly below is rejected, and retired unless it is a training image.
    pub rejected_below: f64,
    /// No posterior falls below this.
    pub least_posterior: f64,
    /// PL of a newcomer.
    pub initial_pl: f64,
    /// PD of a newcomer.
    pub initial_pd: f64,
    /// A newcomer's numbers weigh 2 + `skepticism` votes.
    pub skepticism: f64,
    /// PL and PD stay inside.
    pub skill_range: (f64, f64),
    /// Decided training images before somebody's votes move a posterior.
    pub min_training: u32,
    /// Whether an image past a threshold is frozen (stage 1 of Space Warps).
    pub hasty: bool,
    /// The image's own prior, for `p_joint`, is kept inside.
    pub joint_prior_range: (f64, f64),
}

impl SwapConfig {
    /// Space Warps as it ran (Marshall et al. 2016), stage 1, without the drawn trajectories.
    #[must_use]
    pub const fn production() -> Self {
        Self {
            prior: 2e-4,
            detected_above: 0.95,
            rejected_below: 1e-7,
            least_posterior: 2e-8,
            initial_pl: 0.5,
            initial_pd: 0.5,
            skepticism: 2.0,
            skill_range: (0.01, 0.99),
            min_training: 1,
            hasty: true,
            joint_prior_range: (1e-6, 0.9),
        }
    }

    /// Galaxy Zoo Express (Beck et al. 2018): even prior, thresholds 0.99 and 0.004.
    #[must_use]
    pub const fn galaxy_zoo_express() -> Self {
        Self { prior: 0.5, detected_above: 0.99, rejected_below: 0.004, ..Self::production() }
    }

    /// For rounds in which few people look at images that were selected for them: `p_votes`
    /// starts at one in ten, nothing is frozen, and newcomers are heard at once, as somewhat
    /// better than chance. Starting them at the crowd's mean on training images instead was
    /// tried and claims more than it has (`examples/crowd.rs`: log loss 0.108 against 0.096,
    /// the same ranking): training images are easier than look-alikes.
    #[must_use]
    pub const fn house() -> Self {
        Self {
            prior: 0.1,
            detected_above: 0.95,
            rejected_below: 0.004,
            initial_pl: 0.65,
            initial_pd: 0.75,
            min_training: 0,
            hasty: false,
            ..Self::production()
        }
    }

    /// Imagined votes behind a newcomer's PL and PD.
    #[must_use]
    pub fn pseudo_counts(&self) -> f64 {
        2.0 + self.skepticism
    }

    /// Every setting in its range, or the first that is not.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check_open("prior", self.prior)?;
        ConfigError::check_open("detected_above", self.detected_above)?;
        ConfigError::check_open("rejected_below", self.rejected_below)?;
        ConfigError::check(
            "rejected_below",
            self.rejected_below,
            self.rejected_below < self.detected_above,
            "give a number below `detected_above`",
        )?;
        ConfigError::check_open("least_posterior", self.least_posterior)?;
        ConfigError::check(
            "least_posterior",
            self.least_posterior,
            self.least_posterior < self.rejected_below,
            "give a number below `rejected_below`, or nothing is ever rejected",
        )?;
        ConfigError::check_range("skill_range", self.skill_range)?;
        for (field, value) in [("initial_pl", self.initial_pl), ("initial_pd", self.initial_pd)] {
            let inside = value >= self.skill_range.0 && value <= self.skill_range.1;
            ConfigError::check(field, value, inside, "give a number inside `skill_range`")?;
        }
        let finite = self.skepticism >= 0.0 && self.skepticism.is_finite();
        ConfigError::check("skepticism", self.skepticism, finite, "give 0 or more")?;
        ConfigError::check_range("joint_prior_range", self.joint_prior_range)
    }
}

impl Default for SwapConfig {
    fn default() -> Self {
        Self::house()
    }
}
