//! Freeze: fixes which part of the log and which expert reviews this round believes. What comes
//! later belongs to the next round.

use domain::Digest;
use serde::{Deserialize, Serialize};

use crate::{
    CampaignError, review,
    runner::{Context, Project, Round},
};

/// What is frozen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// The last entry of the log that counts.
    pub high_water_mark: i64,
    /// Expert grades.
    pub reviews: usize,
    /// Digest of `reviews.csv`.
    pub reviews_digest: Digest,
}

/// Asks the store for the last entry of the log.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let mark = context.store.high_water_mark(project.id).await?;
    let (reviews, reviews_digest) = review::freeze(context, project, round.number).await?;
    Ok(Output { high_water_mark: mark.0, reviews, reviews_digest })
}
