//! `lensfinder run`: a project's loop, until stopped.

use std::{sync::Arc, time::Duration};

use campaign::{Advance, Context, Project, advance, live::Follower, setup};

use super::tell;
use crate::{
    arguments::{Place, Run},
    failure::Failure,
    opening::open,
    terminal::Terminal,
};

/// How often the votes are counted while people look.
const POLL: Duration = Duration::from_secs(2);
/// How often the live head looks for new votes, at most.
const FOLLOW: Duration = Duration::from_millis(500);
/// It rests this many times as long as it worked, so that the web app keeps the processor.
const REST: u32 = 3;

/// How long it rests after something went wrong.
const AFTER_TROUBLE: Duration = Duration::from_secs(30);

/// Runs the command.
pub async fn run(wish: Run, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let context = open(&place, terminal).await?;
    let state = keep_going(&context, &wish.slug, wish.once).await?;
    if let Advance::Collecting { round, votes, wanted } = state {
        let value = serde_json::json!({"round": round, "votes": votes, "wanted": wanted});
        tell(json, &value, &format!("round {round} asks people: {votes} of {wanted} votes"))?;
    }
    Ok(())
}

/// Goes round after round; waits for votes unless `once`, and lets the live head follow them.
///
/// # Errors
/// When a step fails or the person asks to stop.
pub async fn keep_going(context: &Context, slug: &str, once: bool) -> Result<Advance, Failure> {
    let project = setup::open(context, slug).await?;
    loop {
        context.progress.check()?;
        let state = advance(context, &project).await?;
        if let Advance::Collecting { round, .. } = state {
            if once {
                return Ok(state);
            }
            tracing::info!(slug, round, "waiting for votes");
            tokio::select! {
                ended = collect(context, &project) => ended?,
                failed = follow(context, &project, round) => failed?,
            }
        }
    }
}

/// Counts votes until the round has what it wanted.
async fn collect(context: &Context, project: &Project) -> Result<(), Failure> {
    while let Advance::Collecting { .. } = advance(context, project).await? {
        context.progress.check()?;
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// Ranks the pool anew with every handful of votes on a round, for ever; without a live head it only waits.
/// What goes wrong here (a damaged image that should join the queue) must not keep people from voting: it is
/// told and tried again later.
///
/// # Errors
/// When the round's files cannot be read.
async fn follow(context: &Context, project: &Project, round: u32) -> Result<(), Failure> {
    let Some(mut follower) = Follower::open(context, project, round).await? else {
        return std::future::pending().await;
    };
    loop {
        let begun = tokio::time::Instant::now();
        match follower.follow().await {
            Ok(Some(reranking)) => tracing::debug!(round, ?reranking, "pool ranked anew"),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(round, %error, "the queue does not follow the votes; tried again later");
                tokio::time::sleep(AFTER_TROUBLE).await;
            }
        }
        tokio::time::sleep(FOLLOW.max(begun.elapsed() * REST)).await;
    }
}
