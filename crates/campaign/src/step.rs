//! The steps of a round, one file each, and the table that finds them by name.
//! A step takes its inputs from the outputs of earlier steps, writes files named
//! by what they depend on, and returns a small JSON output with their digests.

pub mod aggregate;
pub mod collect;
pub mod evaluate;
pub mod freeze;
pub mod gate;
pub mod promote;
pub mod score;
pub mod select;
pub mod train;

use serde::Serialize;
use serde_json::Value;

use crate::{
    CampaignError,
    runner::{Context, Project, Round},
};

/// How a step ended.
#[derive(Debug, Clone)]
pub enum Ended {
    /// Done; the output goes into the database.
    Done(Value),
    /// It waits for people; ask again later.
    Waiting {
        /// Votes so far.
        votes: u64,
        /// Votes wanted.
        wanted: u64,
    },
}

/// Does the step with this name.
pub(crate) async fn run(
    context: &Context,
    project: &Project,
    round: &Round,
    name: &str,
) -> Result<Ended, CampaignError> {
    match name {
        "freeze" => done(freeze::run(context, project, round).await?),
        "aggregate" => done(aggregate::run(context, project, round).await?),
        "train" => done(train::run(context, project, round).await?),
        "evaluate" => done(evaluate::run(context, project, round).await?),
        "gate" => done(gate::run(context, project, round).await?),
        "promote" => done(promote::run(context, project, round).await?),
        "score" => done(score::run(context, project, round).await?),
        "select" => done(select::run(context, project, round).await?),
        "collect" => collect::run(context, project, round).await,
        _ => {
            let reason = "is no step this version knows".to_owned();
            Err(CampaignError::Inconsistent { round: round.number, step: name.to_owned(), reason })
        }
    }
}

fn done<T: Serialize>(output: T) -> Result<Ended, CampaignError> {
    Ok(Ended::Done(serde_json::to_value(output).map_err(CampaignError::Json)?))
}

/// Runs heavy work on a thread of its own, so that the server in the same process stays awake.
pub(crate) async fn heavy<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CampaignError> + Send + 'static,
) -> Result<T, CampaignError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| CampaignError::Worker(error.to_string()))?
}
