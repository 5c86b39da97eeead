//! Freeze: fixes which part of the log this round believes. Votes that come later
//! belong to the next round.

use serde::{Deserialize, Serialize};

use crate::{
    CampaignError,
    runner::{Context, Project, Round},
};

/// What is frozen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// The last entry of the log that counts.
    pub high_water_mark: i64,
}

/// Asks the store for the last entry of the log.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    _round: &Round,
) -> Result<Output, CampaignError> {
    let mark = context.store.high_water_mark(project.id).await?;
    Ok(Output { high_water_mark: mark.0 })
}
