//! The truth of a simulated survey, which the loop never reads: only reports and the
//! simulated crowd open its `truth.csv`. (That of a training set is no secret.)

use std::{collections::HashMap, path::Path};

use serde::Deserialize;
use simulate::Kind;

use crate::{CampaignError, selection_log::read_csv};

/// One line of `truth.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Truth {
    /// Id in the dataset.
    pub id: String,
    /// What was drawn.
    pub kind: Kind,
    /// Effective Einstein radius in arcsec, for lenses.
    pub theta_e_arcsec: Option<f64>,
    /// Signal to noise of the arcs in the better of g and r, for lenses.
    pub arc_sn: Option<f64>,
}

impl Truth {
    /// Whether it is a lens.
    #[must_use]
    pub fn is_lens(&self) -> bool {
        self.kind == Kind::Lens
    }
}

/// Reads the truth of a simulated dataset, by id.
///
/// # Errors
/// When the dataset has no `truth.csv` (it is not a simulated one), or a line is wrong.
pub fn read(dataset_dir: &Path) -> Result<HashMap<String, Truth>, CampaignError> {
    let rows: Vec<Truth> = read_csv(&dataset_dir.join("truth.csv"))?;
    Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
}
