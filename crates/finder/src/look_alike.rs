//! What a non-lens may be that looks like a lens: the kinds the simulator draws. The network is asked
//! for them while it trains, so that it learns to tell them apart; the published searches that did so
//! were purer (González et al. 2025, arXiv:2501.15679).

use std::{collections::HashMap, path::Path};

use serde::{Deserialize, Serialize};

use crate::FinderError;

/// Kinds of non-lenses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookAlike {
    /// Nothing that looks like an arc.
    Plain,
    /// A spiral galaxy.
    Spiral,
    /// A ring galaxy.
    Ring,
    /// Two galaxies seen edge-on.
    EdgeOnPair,
    /// Galaxies that merge.
    Merger,
    /// A bright star's spikes.
    StarSpike,
    /// The trail of a satellite.
    SatelliteTrail,
}

impl LookAlike {
    /// All of them; the order is that of the network's output.
    pub const ALL: [Self; 7] = [
        Self::Plain,
        Self::Spiral,
        Self::Ring,
        Self::EdgeOnPair,
        Self::Merger,
        Self::StarSpike,
        Self::SatelliteTrail,
    ];

    /// The kinds of a simulated training set's non-lenses, by id, as `truth.csv` beside the dataset has
    /// them; empty where there is no such table. Other kinds are left out.
    ///
    /// # Errors
    /// When there is a table that does not read.
    pub fn of_dataset(dir: &Path) -> Result<HashMap<String, Self>, FinderError> {
        let path = dir.join("truth.csv");
        if !path.exists() {
            return Ok(HashMap::new());
        }
        let mut reader = csv::Reader::from_path(&path).map_err(|e| FinderError::malformed(&path, e))?;
        let mut kinds = HashMap::new();
        for row in reader.deserialize() {
            let Row { id, kind } = row.map_err(|e| FinderError::malformed(&path, e))?;
            if let Ok(kind) = serde_json::from_value(kind.into()) {
                kinds.insert(id, kind);
            }
        }
        Ok(kinds)
    }

    /// Place among [`Self::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        Self::ALL.iter().position(|kind| *kind == self).unwrap_or(0)
    }
}

/// One row of a truth table; other columns are not looked at.
#[derive(Deserialize)]
struct Row {
    id: String,
    kind: String,
}
