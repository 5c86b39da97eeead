//! Reading the log of votes and retractions: the truth everything else is a fold of.

use domain::{LogEntry, ProjectId};
use serde::{Deserialize, Serialize};

use crate::{Result, Store, store::on_backend};

/// Entries fetched at once when the whole log is read.
const PAGE: u32 = 10_000;

/// The place of an entry in the log. Grows, with gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogSeq(pub i64);

impl LogSeq {
    /// Before the first entry.
    pub const START: Self = Self(0);
}

impl Store {
    /// The place of the last entry of a project. No entry at or below it can appear later: on
    /// PostgreSQL this waits for the votes in flight.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn high_water_mark(&self, project: ProjectId) -> Result<LogSeq> {
        on_backend!(self, write, "freezing the log", log::high_water_mark(project))
    }

    /// Up to `limit` entries after one place and up to another, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_page(
        &self,
        project: ProjectId,
        after: LogSeq,
        up_to: LogSeq,
        limit: u32,
    ) -> Result<Vec<(LogSeq, LogEntry)>> {
        on_backend!(self, read, "reading the log", log::page(project, after, up_to, limit))
    }

    /// All entries up to a place, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log(&self, project: ProjectId, up_to: LogSeq) -> Result<Vec<LogEntry>> {
        let mut entries = Vec::new();
        let mut after = LogSeq::START;
        loop {
            let page = self.log_page(project, after, up_to, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(entries) };
            after = *last;
            entries.extend(page.into_iter().map(|(_, entry)| entry));
        }
    }
}
