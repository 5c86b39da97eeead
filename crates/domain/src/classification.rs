//! The append-only log of what volunteers said: the truth from which every
//! posterior, skill and rank is recomputed.

use serde::{Deserialize, Serialize};

use crate::{Answer, AssignmentId, ClassificationId, SubjectId, Timestamp, VolunteerId};

/// One vote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// Made by the client.
    pub id: ClassificationId,
    /// What was looked at.
    pub subject: SubjectId,
    /// Who looked.
    pub volunteer: VolunteerId,
    /// The impression this answers.
    pub assignment: AssignmentId,
    /// What was said.
    pub answer: Answer,
    /// When the server took it.
    pub at: Timestamp,
}

/// An undo: one more entry, after which the state is what it would be without the vote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retraction {
    /// Made by the client.
    pub id: ClassificationId,
    /// The vote taken back.
    pub of: ClassificationId,
    /// When the server took it.
    pub at: Timestamp,
}

/// One entry of the log, in the order of its sequence number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LogEntry {
    /// A vote.
    Vote(Classification),
    /// A vote taken back.
    Retraction(Retraction),
}
