//! How the live head of a project follows its votes.

use acquisition::{HeadMode, HeadPrior, LiveHead, Standard};
use serde::{Deserialize, Serialize};

use crate::CampaignError;

/// What learns from votes between two networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LiveSettings {
    /// When the pool is ranked anew.
    pub head: HeadMode,
    /// How far votes may move the champion's word.
    pub prior: HeadPrior,
    /// Images that one re-ranking brings into the queue, at most: each needs a preview.
    pub most_new: usize,
    /// A retired image comes back when the head contradicts the score it was judged with by this many
    /// nats, and by two standard deviations of its own doubt.
    pub contradiction: f64,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self { head: HeadMode::Live, prior: HeadPrior::default(), most_new: 32, contradiction: 2.0 }
    }
}

impl LiveSettings {
    pub(super) fn check(&self) -> Result<(), CampaignError> {
        let wrong = |reason: String| Err(CampaignError::Setting { field: "live", reason });
        if !(self.contradiction.is_finite() && self.contradiction > 0.0) {
            return wrong(format!("contradiction is {}: give nats above 0", self.contradiction));
        }
        let any = Standard::of(&[0.0, 1.0], 1);
        match any.and_then(|any| LiveHead::new(any, self.prior.clone())) {
            Ok(_) => Ok(()),
            Err(error) => wrong(error.to_string()),
        }
    }
}
