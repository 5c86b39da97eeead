//! `lensfinder crowd`: simulated volunteers vote in a project of a running server.

use std::sync::Arc;

use campaign::setup;
use domain::Seed;

use super::tell;
use crate::{
    arguments::{Crowd as Wish, Place},
    crowd::{Crowd, CrowdConfig},
    demo::truth::crowd_truth,
    failure::Failure,
    opening::open,
    terminal::Terminal,
};

/// Runs the command.
pub async fn run(wish: Wish, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let context = open(&place, terminal.clone()).await?;
    let project = setup::open(&context, &wish.slug).await?;
    let truth = crowd_truth(&context, &project).await?;
    let config = CrowdConfig { volunteers: wish.volunteers, max_votes: wish.votes, ..CrowdConfig::default() };
    let crowd = Crowd::new(config, Seed::root(wish.seed))?;
    let report = crowd.run(&wish.url, &wish.slug, &truth, terminal.as_ref()).await?;
    let words = format!(
        "{} simulated votes, the truth was told after {} of them",
        report.votes, report.training_seen
    );
    tell(json, &report, &words)
}
