//! Votes and their undoing: entries of the append-only log.

use std::time::Duration;

use domain::{Answer, AssignmentId, ClassificationId, Label, SubjectId, Timestamp, VolunteerId};
use serde_json::Value;

use crate::{Assignment, Outline, Result, Role, Store, StoreError, store::write_on_backend};

/// What a volunteer says about an image they hold.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVote {
    /// Made by the client, so that a repeated request is recognised.
    pub id: ClassificationId,
    /// The image.
    pub assignment: AssignmentId,
    /// Who says it.
    pub volunteer: VolunteerId,
    /// What is said.
    pub answer: Answer,
    /// How long the image was looked at.
    pub seconds: Option<f64>,
    /// How it was looked at (zoom, stretch), as the client tells it.
    pub view: Option<Value>,
    /// Where the arc is said to be.
    pub mark: Option<Mark>,
    /// Whether the truth will be told if this is a training image that is not silent. Then the
    /// vote stays.
    pub feedback: bool,
}

/// A place on an image, as shares of its width and height from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// To the right, 0 to 1.
    pub x: f64,
    /// Down, 0 to 1.
    pub y: f64,
}

/// A vote that is in the log, on the disk.
#[derive(Debug, Clone, PartialEq)]
pub struct VoteReceipt {
    /// Its id.
    pub id: ClassificationId,
    /// What was looked at.
    pub subject: SubjectId,
    /// What the subject is for; its truth for feedback is [`Role::truth`].
    pub role: Role,
    /// What the project knows of the subject.
    pub label: Label,
    /// What a training subject is, in words for people.
    pub training_kind: Option<String>,
    /// Where there is something to see, if the truth is told and it is known.
    pub outline: Option<Outline>,
    /// What was said.
    pub answer: Answer,
    /// Whether feedback was promised and this is a training image that is not silent.
    pub feedback: bool,
    /// When it was taken.
    pub at: Timestamp,
    /// The same id had come before; nothing was written now.
    pub repeated: bool,
}

/// A vote to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRetraction {
    /// Made by the client, so that a repeated request is recognised.
    pub id: ClassificationId,
    /// The vote.
    pub of: ClassificationId,
    /// Whose vote it must be.
    pub volunteer: VolunteerId,
    /// How long the image is theirs again.
    pub lease: Duration,
}

impl Store {
    /// Appends a vote to the log and takes it into the belief about its subject, the record of its
    /// volunteer, the counts of its round and the decisions, in one transaction and O(1); returns
    /// after its COMMIT. The same id again returns the same receipt, marked as repeated, even after
    /// it was taken back.
    ///
    /// # Errors
    /// [`crate::VoteRefusal`], with nothing written.
    pub async fn record_vote(&self, vote: NewVote) -> Result<VoteReceipt> {
        if vote.seconds.is_some_and(|seconds| !seconds.is_finite() || seconds < 0.0) {
            return Err(StoreError::invalid("seconds", "must be a number not below 0"));
        }
        let inside = |share: f64| (0.0..=1.0).contains(&share);
        if vote.mark.is_some_and(|mark| !inside(mark.x) || !inside(mark.y)) {
            return Err(StoreError::invalid("mark", "lies on the image, from 0 to 1"));
        }
        let (rules, now) = (self.rules_cache(), self.now());
        write_on_backend!(self, "recording a vote", vote::record(vote, rules, now))
    }

    /// Appends a retraction to the log and hands the same image to the volunteer again. Every
    /// belief and record is then what it would be without the vote, to the last bit: if the image
    /// was a known one, the volunteer's votes since weigh differently. The same id again gives the
    /// same answer.
    ///
    /// # Errors
    /// [`crate::RetractionRefusal`], with nothing written.
    pub async fn retract(&self, retraction: NewRetraction) -> Result<Assignment> {
        let (rules, now) = (self.rules_cache(), self.now());
        write_on_backend!(self, "taking a vote back", vote::retract(retraction, rules, now))
    }
}
