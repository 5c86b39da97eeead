//! Sessions: who is signed in. Only the SHA-256 of a token is kept, so that a
//! stolen database signs nobody in.

use std::time::Duration;

use domain::{Digest, Timestamp, VolunteerId};

use crate::{
    Result, Store, Volunteer,
    store::{on_backend, write_on_backend},
};

/// A session's idle end is written again only when it moves by more than this.
const WRITE_AT_MOST_EVERY: Duration = Duration::from_secs(60);

/// When a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// After this long without a request.
    pub idle: Duration,
    /// After this long in any case.
    pub absolute: Duration,
}

/// A session as found: whose it is, and until when.
pub(crate) struct FoundSession {
    pub(crate) volunteer: Volunteer,
    pub(crate) idle_expires_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl Store {
    /// Signs a volunteer in; `token` is the SHA-256 of what the cookie holds.
    ///
    /// # Errors
    /// When there is no such volunteer.
    pub async fn create_session(
        &self,
        token: Digest,
        volunteer: VolunteerId,
        limits: SessionLimits,
    ) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "signing in", session::create(token, volunteer, limits, now))
    }

    /// Who is signed in under this token; the idle end moves on. `None` when the session is
    /// unknown or over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token: Digest, limits: SessionLimits) -> Result<Option<Volunteer>> {
        let now = self.now();
        let found = on_backend!(self, read, "reading a session", session::find(token, now))?;
        let Some(found) = found else { return Ok(None) };
        let idle_end = (now + limits.idle).min(found.expires_at);
        if idle_end > found.idle_expires_at + WRITE_AT_MOST_EVERY {
            on_backend!(self, write, "prolonging a session", session::prolong(token, idle_end))?;
        }
        Ok(Some(found.volunteer))
    }

    /// Signs out.
    ///
    /// # Errors
    /// When the database fails; an unknown session is none.
    pub async fn delete_session(&self, token: Digest) -> Result<()> {
        write_on_backend!(self, "signing out", session::delete(token))
    }

    /// Signs a volunteer out everywhere; says how many sessions ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sessions_of(&self, volunteer: VolunteerId) -> Result<u64> {
        write_on_backend!(self, "signing out everywhere", session::delete_all_of(volunteer))
    }

    /// Forgets sessions that are over; says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired_sessions(&self) -> Result<u64> {
        let now = self.now();
        write_on_backend!(self, "clearing sessions", session::delete_expired(now))
    }
}
