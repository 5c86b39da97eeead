//! Moves what was committed from SQLite's log file into the database file, on a connection of its
//! own, so that no vote waits for it. SQLite would do it inside a commit now and then.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use sqlx::Row as _;

use super::Conn;
use crate::{Result, sql};

/// How often it is looked whether there is something to move.
const PAUSE: Duration = Duration::from_millis(250);

/// Requests (a dozen pages each) worth a checkpoint when there is no quiet moment: the disk is busy with it for
/// a while.
const WORTH_IT: u64 = 1024;

/// Passes until it has caught up with the writer, at most.
const ATTEMPTS: u32 = 4;

/// Pages in the log (256 MB) beyond which the writer sees to it that it begins anew: votes wait for some 20 ms
/// then, so not too often; but looking a page up takes longer the longer the log is.
const MOST_PAGES: u64 = 65_536;

/// What writer and checkpointer tell each other.
#[derive(Debug)]
pub(super) struct Progress {
    /// Requests committed since the last checkpoint.
    pub committed: AtomicU64,
    /// Pages in the log after it, moved or not.
    pages: AtomicU64,
    most_pages: u64,
}

impl Default for Progress {
    fn default() -> Self {
        Self::with_limit(MOST_PAGES)
    }
}

impl Progress {
    pub(super) fn with_limit(most_pages: u64) -> Self {
        Self { committed: AtomicU64::default(), pages: AtomicU64::default(), most_pages }
    }

    /// Whether the log should begin anew.
    pub(super) fn is_overgrown(&self) -> bool {
        self.pages.load(Ordering::Relaxed) > self.most_pages
    }
}

/// Makes the writer, whose connection this is, begin the log anew. What is moved already is not enough for
/// that: nobody may be reading in it either, and among many readers there is always one. So those who came
/// before are waited for, a moment; who comes after reads the database file. If it was too short a moment,
/// the next checkpoint says again that the log is long.
pub(super) async fn begin_anew(connection: &mut Conn, progress: &Progress) {
    progress.pages.store(0, Ordering::Relaxed);
    for statement in [sql::WAIT_A_MOMENT, sql::RESTART_LOG, sql::WAIT_LONG] {
        if let Err(error) = sqlx::query(statement).fetch_optional(&mut *connection).await {
            tracing::warn!(%error, "the log of the database could not begin anew");
        }
    }
}

/// Runs until the writer is gone.
pub(super) async fn serve(mut connection: Conn, progress: std::sync::Weak<Progress>) {
    let mut seen = 0;
    loop {
        tokio::time::sleep(PAUSE).await;
        let Some(progress) = progress.upgrade() else { return };
        let committed = progress.committed.load(Ordering::Relaxed);
        // A quiet moment is the best one.
        let is_quiet = committed > 0 && committed == seen;
        seen = committed;
        if committed < WORTH_IT && !is_quiet {
            continue;
        }
        progress.committed.store(0, Ordering::Relaxed);
        seen = 0;
        if let Err(error) = catch_up(&mut connection, &progress).await {
            tracing::warn!(%error, "a checkpoint failed; it is tried again");
        }
    }
}

pub(super) async fn catch_up(connection: &mut Conn, progress: &Progress) -> Result<()> {
    for _ in 0..ATTEMPTS {
        let row = sqlx::query(sql::CHECKPOINT).fetch_one(&mut *connection).await?;
        let (in_log, moved): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
        progress.pages.store(in_log.max(0).cast_unsigned(), Ordering::Relaxed);
        if in_log == moved {
            break;
        }
    }
    Ok(())
}
