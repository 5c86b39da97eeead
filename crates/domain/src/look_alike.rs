//! What looks like an arc and is none.

use serde::{Deserialize, Serialize};

/// Something that people and networks take for a lens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookAlike {
    /// A face-on spiral galaxy whose arms curve like arcs.
    Spiral,
    /// A ring galaxy.
    Ring,
    /// Blue edge-on galaxies that happen to lie along a circle around the cluster.
    EdgeOnPair,
    /// Two galaxies with tidal tails.
    Merger,
    /// A bright star with diffraction spikes and a ghost.
    StarSpike,
    /// A satellite's trail in one exposure.
    SatelliteTrail,
}

impl LookAlike {
    /// Every kind of look-alike.
    pub const ALL: [Self; 6] =
        [Self::Spiral, Self::Ring, Self::EdgeOnPair, Self::Merger, Self::StarSpike, Self::SatelliteTrail];
}
