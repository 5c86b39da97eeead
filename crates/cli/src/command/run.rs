//! `lensfinder run`: a project's loop, until stopped.

use std::{sync::Arc, time::Duration};

use campaign::{Advance, Context, advance, setup};

use super::tell;
use crate::{
    arguments::{Place, Run},
    failure::Failure,
    opening::open,
    terminal::Terminal,
};

/// How often the votes are counted while people look.
const POLL: Duration = Duration::from_secs(2);

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

/// Goes round after round; waits for votes unless `once`.
///
/// # Errors
/// When a step fails or the person asks to stop.
pub async fn keep_going(context: &Context, slug: &str, once: bool) -> Result<Advance, Failure> {
    let project = setup::open(context, slug).await?;
    let mut told = None;
    loop {
        context.progress.check()?;
        let state = advance(context, &project).await?;
        if let Advance::Collecting { round, .. } = state {
            if once {
                return Ok(state);
            }
            if told != Some(round) {
                tracing::info!(slug, round, "waiting for votes");
                told = Some(round);
            }
            tokio::time::sleep(POLL).await;
        }
    }
}
