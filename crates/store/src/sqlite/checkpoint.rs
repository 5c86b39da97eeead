//! Moves what was committed from SQLite's log file into the database file, on a connection of its
//! own, so that no vote waits for it. SQLite would do it inside a commit now and then.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::Row as _;

use super::Conn;
use crate::{Result, sql};

/// How often it is looked whether there is something to move.
const PAUSE: Duration = Duration::from_millis(250);

/// Transactions worth a checkpoint when there is no quiet moment: the disk is busy with it for a while.
const WORTH_IT: u64 = 1024;

/// The log starts again from its beginning only after a checkpoint has caught up with the writer.
const ATTEMPTS: u32 = 4;

/// Pages in the log (256 MB) beyond which the writer waits for it to be emptied.
const MOST_PAGES: i64 = 65_536;

/// What writer and checkpointer tell each other.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Transactions committed since the last checkpoint.
    pub commits: AtomicU64,
    /// Pages in the log after it.
    pub pages: AtomicU64,
}

impl Progress {
    /// Whether the writer should empty the log itself.
    pub(super) fn is_overgrown(&self) -> bool {
        self.pages.load(Ordering::Relaxed) > MOST_PAGES as u64
    }
}

/// Runs until the writer is gone.
pub(super) async fn serve(mut connection: Conn, progress: std::sync::Weak<Progress>) {
    let mut seen = 0;
    loop {
        tokio::time::sleep(PAUSE).await;
        let Some(progress) = progress.upgrade() else { return };
        let commits = progress.commits.load(Ordering::Relaxed);
        // A quiet moment is the best one.
        let is_quiet = commits > 0 && commits == seen;
        seen = commits;
        if commits < WORTH_IT && !is_quiet {
            continue;
        }
        progress.commits.store(0, Ordering::Relaxed);
        seen = 0;
        if let Err(error) = catch_up(&mut connection, &progress).await {
            tracing::warn!(%error, "a checkpoint failed; it is tried again");
        }
    }
}

async fn catch_up(connection: &mut Conn, progress: &Arc<Progress>) -> Result<()> {
    for _ in 0..ATTEMPTS {
        let row = sqlx::query(sql::CHECKPOINT).fetch_one(&mut *connection).await?;
        let (in_log, moved): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
        let all = in_log == moved;
        progress.pages.store(if all { 0 } else { in_log.max(0) as u64 }, Ordering::Relaxed);
        if all {
            break;
        }
    }
    Ok(())
}
