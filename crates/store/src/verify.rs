//! The check that everything kept beside the log is what the log gives.

use domain::ProjectId;

use crate::{Result, Store, store::on_backend};

/// What a recount found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Entries of the log.
    pub entries: u64,
    /// Votes not taken back.
    pub votes: u64,
    /// Every count that differs, in words; empty when all is well.
    pub mismatches: Vec<String>,
}

impl Store {
    /// Recounts the log of a project and compares queues, budgets, leases and participation, then
    /// replays it and compares every belief, every volunteer's record and every decision, to the
    /// last bit.
    ///
    /// # Errors
    /// When the database fails; a difference is no error but an entry in the list.
    pub async fn verify(&self, project: ProjectId) -> Result<Verification> {
        let rules = self.rules_cache();
        on_backend!(self, snapshot, "verifying a project", verify::verify(project, rules))
    }
}
