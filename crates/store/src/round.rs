//! Rounds: one turn of the loop, kept so that a killed campaign goes on where it was.

use domain::{ProjectId, Timestamp};
use serde_json::Value;

use crate::{
    Result, Step, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// Where a round or a step stands. A round is never `Pending`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Not begun.
    Pending,
    /// Under way.
    Running,
    /// Finished.
    Done,
    /// Given up; may be tried again.
    Failed,
}

impl RunState {
    /// The word in the database and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Pending, Self::Running, Self::Done, Self::Failed]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// One turn of the loop.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// Its number in the project.
    pub number: u32,
    /// Where it stands.
    pub state: RunState,
    /// What it was begun with.
    pub spec: Value,
    /// What came of it.
    pub summary: Option<Value>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

impl Store {
    /// Begins a round with these steps. One that exists with the same specification and steps is
    /// returned as it stands; a failed one runs again.
    ///
    /// # Errors
    /// `Conflict` when it exists with another specification, or another round of the project runs.
    pub async fn begin_round(
        &self,
        project: ProjectId,
        number: u32,
        spec: Value,
        steps: Vec<String>,
    ) -> Result<Round> {
        let now = self.now();
        write_on_backend!(self, "beginning a round", round::begin(project, number, spec, steps, now))
    }

    /// The round with this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn round(&self, project: ProjectId, number: u32) -> Result<Option<Round>> {
        on_backend!(self, snapshot, "reading a round", round::by_number(project, number))
    }

    /// All rounds of a project, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rounds(&self, project: ProjectId) -> Result<Vec<Round>> {
        on_backend!(self, snapshot, "listing rounds", round::of_project(project))
    }

    /// Keeps what came of a round; replaces what was there.
    ///
    /// # Errors
    /// When there is no such round.
    pub async fn set_round_summary(&self, project: ProjectId, number: u32, summary: Value) -> Result<()> {
        write_on_backend!(self, "summing a round up", round::set_summary(project, number, summary))
    }

    /// Ends a round; ending it the same way again changes nothing.
    ///
    /// # Errors
    /// `Conflict` when it should be done and a step is not, `Invalid` for a state that is no end.
    pub async fn end_round(&self, project: ProjectId, number: u32, state: RunState) -> Result<()> {
        if !matches!(state, RunState::Done | RunState::Failed) {
            return Err(StoreError::invalid(
                "state",
                format!("a round ends done or failed, not {}", state.name()),
            ));
        }
        let now = self.now();
        write_on_backend!(self, "ending a round", round::end(project, number, state, now))
    }
}
