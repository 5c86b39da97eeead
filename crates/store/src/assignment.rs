//! Assignments: one image handed to one person for a while. The row is both the
//! lease (nobody is asked more often than needed) and the record of the impression
//! (what was shown, why, and with which probability).

use std::time::Duration;

use domain::{AssignmentId, ProjectId, SubjectId, Timestamp, VolunteerId};

use crate::{
    ImageRef, Result, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// Slots one request may fill at most.
const MOST_SLOTS: usize = 100;

/// One image wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The id the assignment will have: random, so that it tells nothing.
    pub id: AssignmentId,
    /// Whether this one should train; decided by the caller, before the volunteer sees anything.
    pub training: Option<TrainingPick>,
    /// Whether the truth of this one is not told after the vote, if it turns out a training image.
    pub silent: bool,
}

/// Which training image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrainingPick {
    /// A lens or a non-lens; when the volunteer has had all of one kind, the other is taken.
    pub lens: bool,
    /// Any random number: it draws places among them until one is found that the volunteer may get.
    /// Every image is as likely as any other.
    pub pick: u64,
}

/// An image in someone's hands. Nothing here tells a training image from an unknown one.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// What it shows (not for the browser).
    pub subject: SubjectId,
    /// The image.
    pub image: ImageRef,
    /// When it was handed out.
    pub assigned_at: Timestamp,
    /// Until when a vote is taken.
    pub expires_at: Timestamp,
}

/// What was handed out.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// In the order of the slots that could be filled.
    pub assignments: Vec<Assignment>,
    /// A slot that wanted an unknown image found none for this volunteer.
    pub nothing_left: bool,
}

impl Store {
    /// Hands images to a volunteer, in one transaction.
    ///
    /// A queued subject is open while its leases are fewer than the votes it still wants (the
    /// consensus says how many); of the best open ones, by worth times uncertainty, each slot gets
    /// the one on which this volunteer's answer is expected to tell most. Experts get contested
    /// subjects first, of any round. A small share of slots gets a retired subject again (strategy
    /// `retest`). The record of a re-test, and of a contested subject of another round, names the model
    /// whose score it has but no rank and no probability: nobody drew it from a list. Nobody gets a picture again that they hold or answered, be
    /// it under another subject; one that they let go comes after all others. The votes and open leases
    /// of a round never exceed its budget. Leases that are over free their place here. When there is
    /// no unknown image for this volunteer, no training image comes either: it would be known for one.
    ///
    /// On PostgreSQL the leases themselves are not waited for to reach the disk (a vote is): after a
    /// power failure an image may have to be asked for again.
    ///
    /// # Errors
    /// `Invalid` for too many slots, `NotFound` for an unknown volunteer or project.
    pub async fn assign(
        &self,
        project: ProjectId,
        volunteer: VolunteerId,
        slots: Vec<Slot>,
        lease: Duration,
    ) -> Result<Assigned> {
        if slots.len() > MOST_SLOTS {
            return Err(StoreError::invalid(
                "slots",
                format!("at most {MOST_SLOTS} at once, not {}", slots.len()),
            ));
        }
        let (rules, now) = (self.rules_cache(), self.now());
        write_on_backend!(
            self,
            write_unhurried,
            "handing out images",
            assign::assign(project, volunteer, slots, lease, rules, now)
        )
    }

    /// What a volunteer holds now, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_assignments(
        &self,
        project: ProjectId,
        volunteer: VolunteerId,
    ) -> Result<Vec<Assignment>> {
        let now = self.now();
        on_backend!(self, read, "reading assignments", assign::open_of(project, volunteer, now))
    }

    /// Gives a volunteer more time, counted from now; returns the new end.
    ///
    /// # Errors
    /// [`crate::VoteRefusal`] as for a vote on this assignment.
    pub async fn renew(
        &self,
        assignment: AssignmentId,
        volunteer: VolunteerId,
        lease: Duration,
    ) -> Result<Timestamp> {
        let now = self.now();
        write_on_backend!(self, "renewing a lease", assign::renew(assignment, volunteer, lease, now))
    }
}
