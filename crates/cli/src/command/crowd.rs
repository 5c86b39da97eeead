//! `lensfinder crowd`: simulated volunteers vote in a project of a running server.

use std::sync::Arc;

use campaign::setup;
use domain::{Progress as _, Seed};

use super::tell;
use crate::{
    arguments::{Crowd as Wish, Place},
    crowd::{Crowd, CrowdConfig, CrowdReport},
    demo::truth::crowd_truth,
    failure::Failure,
    opening::open,
    terminal::Terminal,
};

/// Votes after which the truth is read again.
const SLICE: u64 = 50;

/// Runs the command.
pub async fn run(wish: Wish, place: Place, terminal: Arc<Terminal>, json: bool) -> Result<(), Failure> {
    let context = open(&place, terminal.clone()).await?;
    let project = setup::open(&context, &wish.slug).await?;
    let config = CrowdConfig { volunteers: wish.volunteers, ..CrowdConfig::default() };
    let crowd = Crowd::new(config, Seed::root(wish.seed))?;
    let mut report = CrowdReport::default();
    terminal.begin("simulated volunteers look", 0);
    loop {
        // The live head brings images into the queue while people look; the crowd must know them too.
        let truth = crowd_truth(&context, &project).await?;
        let most = SLICE.min(wish.votes.map_or(u64::MAX, |votes| votes.saturating_sub(report.votes)));
        let part = crowd.run(&wish.url, &wish.slug, &truth, terminal.as_ref(), most).await?;
        let is_over = part.votes < most;
        report.add(&part);
        if is_over || wish.votes.is_some_and(|votes| report.votes >= votes) {
            break;
        }
    }
    terminal.end();
    let words = format!(
        "{} simulated votes, the truth was told after {} of them",
        report.votes, report.training_seen
    );
    tell(json, &report, &words)
}
