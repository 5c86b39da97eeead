//! What is believed of one image.

use serde::{Deserialize, Serialize};

/// Two posteriors. Training labels come from `p_votes`, the list of candidates from `p_joint`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// Probability of a lens from people alone.
    pub p_votes: f64,
    /// Probability of a lens from people and the network, corrected by expert reviews where there
    /// are enough, and then never surer than these bear out.
    pub p_joint: f64,
    /// The same in log-odds, not corrected and not held back: for ranking.
    pub log_odds: f64,
}
