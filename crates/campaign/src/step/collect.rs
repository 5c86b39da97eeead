//! Collect: waits until people gave the round its votes. Never a sleeping task:
//! it looks, and says how many are still wanted.

use domain::Digest;
use serde::{Deserialize, Serialize};

use super::{Ended, done};
use crate::{
    CampaignError, priors,
    runner::{Context, Project, Round},
};

/// How the round's queue ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Output {
    /// Votes on unknown subjects in this round.
    pub votes: u64,
    /// Subjects that got all the votes they needed.
    pub done: u64,
    /// Subjects that were queued.
    pub items: u64,
    /// Digest of `priors-collected.csv`, where the live head gave its word meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priors: Option<Digest>,
}

/// Looks at the queue; closes it when it has what it wanted.
pub(crate) async fn run(context: &Context, project: &Project, round: &Round) -> Result<Ended, CampaignError> {
    let state = context.store.queue_state(project.id, round.number).await?;
    let Some(state) = state else {
        let reason = "the queue of this round is gone from the database".to_owned();
        return Err(CampaignError::Inconsistent { round: round.number, step: "collect".into(), reason });
    };
    if !state.finished() {
        return Ok(Ended::Waiting { votes: state.votes, wanted: state.votes_budget });
    }
    context.store.close_queue(project.id, round.number).await?;
    let champion = round.output::<super::score::Output>("score")?.model;
    let priors = priors::collect(context, project, round.number, &champion).await?;
    done(Output { votes: state.votes, done: state.done, items: state.items, priors })
}
