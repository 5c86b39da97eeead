//! Steps of a round: who works on which, since when, and what came out. Each claim
//! raises the step's epoch; whoever holds an older one can no longer write.

use std::time::Duration;

use domain::{Digest, ProjectId, Timestamp};
use serde_json::Value;

use crate::{Result, RunState, Store, store::write_on_backend};

/// One step of a round.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name, unique in the round.
    pub name: String,
    /// Its place, from 0.
    pub position: u32,
    /// Where it stands.
    pub state: RunState,
    /// How often it was claimed.
    pub attempt: u32,
    /// The number of the last claim; older ones are fenced off.
    pub epoch: i64,
    /// Who claimed it last.
    pub owner: Option<String>,
    /// Until when nobody else may claim it.
    pub lease_until: Option<Timestamp>,
    /// Over everything the step reads.
    pub input_digest: Option<Digest>,
    /// What came out.
    pub output: Option<Value>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// When the last attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// Do it, and write under this epoch.
    Work {
        /// To be given back with every write.
        epoch: i64,
        /// 1 for the first try.
        attempt: u32,
        /// What an earlier try read; when it differs from now, its leftovers are of no use.
        previous_input: Option<Digest>,
    },
    /// It is done.
    Done {
        /// What came out.
        output: Value,
        /// What it had read.
        input: Digest,
    },
    /// Someone else is at it.
    Busy {
        /// Who.
        owner: String,
        /// Until when, unless they ask for more.
        until: Timestamp,
    },
    /// An earlier step is not done.
    Waiting {
        /// Which.
        on: String,
    },
}

/// Which step.
pub(crate) struct StepAt {
    pub(crate) project: ProjectId,
    pub(crate) round: u32,
    pub(crate) name: String,
}

impl Store {
    /// Asks for the right to do a step. It is given when the step is pending or failed, when its
    /// lease is over, or when the same `owner` held it (a killed run comes back under its old name).
    ///
    /// # Errors
    /// `NotFound` when there is no such step.
    pub async fn claim_step(
        &self,
        project: ProjectId,
        round: u32,
        name: &str,
        owner: &str,
        lease: Duration,
        input: Digest,
    ) -> Result<Claim> {
        let (at, owner) = (StepAt { project, round, name: name.to_owned() }, owner.to_owned());
        let now = self.now();
        write_on_backend!(self, "claiming a step", step::claim(at, owner, lease, input, now))
    }

    /// Says that the work goes on, and keeps others away for another `lease`.
    ///
    /// # Errors
    /// `Fenced` when someone else has claimed the step since.
    pub async fn heartbeat(
        &self,
        project: ProjectId,
        round: u32,
        name: &str,
        epoch: i64,
        lease: Duration,
    ) -> Result<()> {
        let at = StepAt { project, round, name: name.to_owned() };
        let until = self.now() + lease;
        write_on_backend!(self, "prolonging a step", step::heartbeat(at, epoch, until))
    }

    /// Writes down what came out. The same output under the same epoch again changes nothing.
    ///
    /// # Errors
    /// `Fenced` when someone else has claimed the step since.
    pub async fn complete_step(
        &self,
        project: ProjectId,
        round: u32,
        name: &str,
        epoch: i64,
        output: Value,
    ) -> Result<()> {
        let at = StepAt { project, round, name: name.to_owned() };
        let now = self.now();
        write_on_backend!(self, "completing a step", step::complete(at, epoch, output, now))
    }

    /// Writes down why the attempt failed; the step may be claimed again at once.
    ///
    /// # Errors
    /// `Fenced` when someone else has claimed the step since.
    pub async fn fail_step(
        &self,
        project: ProjectId,
        round: u32,
        name: &str,
        epoch: i64,
        error: &str,
    ) -> Result<()> {
        let (at, error) = (StepAt { project, round, name: name.to_owned() }, error.to_owned());
        let now = self.now();
        write_on_backend!(self, "failing a step", step::fail(at, epoch, error, now))
    }
}
