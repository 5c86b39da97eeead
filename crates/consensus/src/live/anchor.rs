//! What the last refit learnt of the crowd as a whole, frozen until the next: every weight given
//! to a vote in between follows from it, so that the live state can be replayed from the log.

use serde::{Deserialize, Serialize};

use super::{ANSWERS, Counts, HouseSettings, LiveMethod, STATES, Settings};
use crate::{ConfigError, calibration::Calibration};

/// The crowd as the last refit saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// P(answer | state) of somebody nothing is known of, rows lens, plain, look-alike; columns
    /// no lens, unsure, lens.
    pub mean: Counts,
    /// Votes this counts as, by state.
    pub concentration: [f64; STATES],
    /// Each vote's log-likelihood is multiplied by it.
    pub tempering: f64,
    /// Share of look-alikes among the images that are no lenses.
    pub look_alike_share: f64,
    /// What expert reviews correct `p_joint` by; the identity before there are enough of them.
    /// `p_votes` stays as it is: it is what networks learn from.
    #[serde(default)]
    pub calibration: Calibration,
}

impl Anchor {
    /// Before the first refit: what the settings say.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let house = match &settings.method {
            LiveMethod::House(house) => house.clone(),
            LiveMethod::Majority(_) | LiveMethod::Swap(_) => HouseSettings::default(),
        };
        Self {
            mean: house.start,
            concentration: [house.concentration; STATES],
            tempering: house.tempering,
            look_alike_share: settings.look_alike_share,
            calibration: Calibration::identity(),
        }
    }

    /// Imagined votes of one state, by answer.
    #[must_use]
    pub fn imagined(&self, state: usize) -> [f64; ANSWERS] {
        self.mean[state].map(|share| share * self.concentration[state])
    }

    /// Whether weights can be computed from it; what was read from a database is not trusted.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for share in self.mean.into_iter().flatten() {
            ConfigError::check_open("anchor.mean", share)?;
        }
        for votes in self.concentration {
            let some = votes > 0.0 && votes.is_finite();
            ConfigError::check("anchor.concentration", votes, some, "refit the votes")?;
        }
        let part = self.tempering > 0.0 && self.tempering <= 1.0;
        ConfigError::check("anchor.tempering", self.tempering, part, "refit the votes")?;
        ConfigError::check_open("anchor.look_alike_share", self.look_alike_share)
    }
}

impl Default for Anchor {
    fn default() -> Self {
        Self::of(&Settings::default())
    }
}
