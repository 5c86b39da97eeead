//! What people change about their own account, to the point of deleting it.

use domain::{Digest, Timestamp, VolunteerId};

use crate::{
    Preferences, Result, Store, Volunteer,
    store::{on_backend, write_on_backend},
};

/// What to change; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// The name others see.
    pub display_name: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Every choice about the site.
    pub preferences: Option<Preferences>,
}

/// Something they wrote to the leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFeedback {
    /// `site` or `image`.
    pub about: String,
    /// The words.
    pub text: String,
    /// The page it was written on.
    pub page: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// One go at an entry quiz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnQuizAttempt {
    /// The project's slug.
    pub project: String,
    /// Right answers, once it was finished.
    pub score: Option<u32>,
    /// Whether they were enough.
    pub passed: bool,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Store {
    /// Everything somebody wrote to the leads, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_feedback(&self, id: VolunteerId) -> Result<Vec<OwnFeedback>> {
        on_backend!(self, read, "reading somebody's feedback", own_account::feedback(id))
    }

    /// Somebody's goes at entry quizzes, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_quiz_attempts(&self, id: VolunteerId) -> Result<Vec<OwnQuizAttempt>> {
        on_backend!(self, read, "reading somebody's quizzes", own_account::quiz_attempts(id))
    }

    /// Changes an account.
    ///
    /// # Errors
    /// [`crate::AccountRefusal::NotVerified`] when they enter the ranking without a verified address;
    /// when there is no such volunteer.
    pub async fn change_account(&self, id: VolunteerId, change: AccountChange) -> Result<Volunteer> {
        write_on_backend!(self, "changing an account", own_account::change(id, change))
    }

    /// Replaces the password's hash and ends every session but the one that is kept.
    ///
    /// # Errors
    /// When there is no such volunteer.
    pub async fn change_password(&self, id: VolunteerId, hash: String, keep: Digest) -> Result<()> {
        write_on_backend!(self, "changing a password", own_account::change_password(id, hash, keep))
    }

    /// Deletes an account: address, name, password, choices, sessions, links, tokens and placed pictures
    /// go, feedback loses its author. The votes stay under the id, which leads to nobody any more.
    ///
    /// # Errors
    /// [`crate::AccountRefusal::LastAdmin`]; when there is no such volunteer.
    pub async fn delete_account(&self, id: VolunteerId) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "deleting an account", own_account::delete(id, now))
    }
}
