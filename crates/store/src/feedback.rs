//! What people write to the leads: about the site, or about an image they answered or hold. Never
//! shown to other volunteers.

use domain::{AssignmentId, Timestamp, VolunteerId};

use crate::{
    ImageRef, Result, Store,
    store::{on_backend, write_on_backend},
};

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackAbout {
    /// The site.
    Site,
    /// An image: one handed to its author.
    Image(AssignmentId),
}

/// Feedback to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeedback {
    /// What it is about.
    pub about: FeedbackAbout,
    /// The words.
    pub text: String,
    /// The page it was written on.
    pub page: Option<String>,
    /// Who wrote it, if they were signed in. Needed for an image.
    pub author: Option<VolunteerId>,
}

/// What the leads see.
#[derive(Debug, Clone, PartialEq)]
pub struct Feedback {
    /// Grows with time.
    pub id: i64,
    /// Whether it is about an image.
    pub on_image: bool,
    /// The words.
    pub text: String,
    /// The page it was written on.
    pub page: Option<String>,
    /// The author's name; none for guests and for people who left.
    pub author: Option<String>,
    /// The image's id in its dataset.
    pub subject: Option<String>,
    /// The image.
    pub image: Option<ImageRef>,
    /// When it came.
    pub at: Timestamp,
    /// When somebody dealt with it.
    pub done_at: Option<Timestamp>,
}

/// Which feedback is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FeedbackFilter {
    /// Only about images (`true`) or only about the site.
    pub on_image: Option<bool>,
    /// Only what is done (`true`) or only what is not.
    pub done: Option<bool>,
}

impl Store {
    /// Keeps what somebody wrote; returns its id.
    ///
    /// # Errors
    /// A vote's refusal for an image that was never theirs, or went back unanswered.
    pub async fn add_feedback(&self, feedback: NewFeedback) -> Result<i64> {
        let now = self.now();
        write_on_backend!(self, "keeping feedback", feedback::add(feedback, now))
    }

    /// The next `limit` pieces before this id, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feedback(
        &self,
        filter: FeedbackFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Feedback>> {
        on_backend!(self, read, "reading feedback", feedback::page(filter, before, limit))
    }

    /// How many pieces nobody has dealt with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feedback_waiting(&self) -> Result<u64> {
        on_backend!(self, read, "counting feedback", feedback::waiting())
    }

    /// Marks a piece as done, or as not done after all.
    ///
    /// # Errors
    /// `NotFound` when there is no such piece.
    pub async fn set_feedback_done(&self, id: i64, done: bool, by: VolunteerId) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "marking feedback", feedback::set_done(id, done, by, now))
    }
}
