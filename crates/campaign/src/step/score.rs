//! Score: the champion scores the whole survey, shard by shard. Shards it has scored
//! before are left alone, so a round without a new champion costs nothing.

use domain::Digest;
use finder::Model;
use serde::{Deserialize, Serialize};
use survey::Dataset;

use super::{heavy, promote};
use crate::{
    CampaignError,
    runner::{Context, Project, Round},
};

/// Where the scores are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// Who scored.
    pub model: String,
    /// How many images.
    pub rows: u64,
    /// Digest over all score files.
    pub scores: Digest,
}

/// Scores what is not scored yet.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
) -> Result<Output, CampaignError> {
    let champion = round.output::<promote::Output>("promote")?.champion;
    let (context, spec) = (context.clone(), project.spec.clone());
    heavy(move || {
        let model = Model::load(&context.workspace.model(&spec.model_name, &champion), context.device)
            .map_err(CampaignError::from_finder)?
            .with_base_rate(spec.base_rate)
            .map_err(CampaignError::from_finder)?;
        let survey = Dataset::open(&context.workspace.dataset(&spec.survey))?;
        let out = context.workspace.scores(&spec.survey, &champion);
        let report = finder::score_dataset(&model, &survey, &out, context.progress.as_ref())
            .map_err(CampaignError::from_finder)?;
        Ok(Output { model: champion, rows: report.rows, scores: report.digest })
    })
    .await
}
