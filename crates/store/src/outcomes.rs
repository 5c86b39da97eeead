//! How many images stand where: the part of the public numbers that votes decide.

use domain::ProjectId;

use crate::{Result, Store, store::on_backend};

/// What became of the survey subjects that people were asked about, over all rounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Queued at some time, and undecided.
    pub open: u64,
    /// Above the upper threshold: lenses, by what is believed now.
    pub detected: u64,
    /// Below the lower one: retired.
    pub rejected: u64,
    /// Undecided after all votes the crowd may give.
    pub contested: u64,
    /// Votes on subjects detected or rejected.
    pub settled_votes: u64,
    /// Subjects somebody was asked about again after they were settled.
    pub retested: u64,
}

impl Store {
    /// How many images stand where. Reads every belief of the project: not for every request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outcomes(&self, project: ProjectId) -> Result<Outcomes> {
        on_backend!(self, snapshot, "counting outcomes", outcomes::of(project))
    }
}
