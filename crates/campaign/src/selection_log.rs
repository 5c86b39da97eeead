//! What was chosen in a round and what the network thought of it then: the file
//! `selection.csv`. The network that gave these scores had not seen the votes they
//! led to, so they may serve as priors.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{CampaignError, workspace::write_atomically};

/// One chosen subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    /// Id in the dataset.
    pub id: String,
    /// Place in the queue, from 0.
    pub rank: u32,
    /// Which strategy chose it.
    pub strategy: String,
    /// With what probability it was chosen.
    pub inclusion_probability: f64,
    /// The network's calibrated probability when it was chosen.
    pub probability: f64,
    /// The network's version.
    pub model: String,
}

/// Writes rows as CSV, whole or not at all.
///
/// # Errors
/// When the disk refuses.
pub fn write_csv<T: Serialize>(path: &Path, rows: &[T]) -> Result<domain::Digest, CampaignError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(|source| CampaignError::Csv { path: path.into(), source })?;
    }
    let bytes = writer.into_inner().map_err(|error| CampaignError::File {
        path: path.into(),
        source: std::io::Error::other(error.to_string()),
    })?;
    write_atomically(path, &bytes)?;
    Ok(domain::Digest::of(&bytes))
}

/// Reads rows that [`write_csv`] wrote.
///
/// # Errors
/// When the file is missing or a row is not what it should be.
pub fn read_csv<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>, CampaignError> {
    let fail = |source| CampaignError::Csv { path: path.into(), source };
    let mut reader = csv::Reader::from_path(path).map_err(fail)?;
    reader.deserialize().collect::<Result<_, _>>().map_err(fail)
}
