//! Sessions: who is signed in. Only the SHA-256 of a token is kept, so that a
//! stolen database signs nobody in.

use std::time::Duration;

use domain::{Digest, Timestamp, VolunteerId};

use crate::{
    Result, Store, Volunteer,
    store::{on_backend, write_on_backend},
};

/// When a session was last used is written again only when it is longer ago than this.
const WRITE_AT_MOST_EVERY: Duration = Duration::from_secs(60);

/// How somebody showed who they are. Another way in (ORCID, the China-VO passport) is one more of these,
/// a second factor a step before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignInWay {
    /// Address and password.
    #[default]
    Password,
    /// They had just made the account.
    SignUp,
    /// The link of a letter with which they chose a new password.
    Letter,
}

impl SignInWay {
    const ALL: [Self; 3] = [Self::Password, Self::SignUp, Self::Letter];

    /// As the database writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SignUp => "sign_up",
            Self::Letter => "letter",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }
}

/// Where a session began, as far as its owner needs it to know it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOrigin {
    /// How they showed who they are.
    pub way: SignInWay,
    /// A code such as `firefox`.
    pub browser: String,
    /// A code such as `android`.
    pub system: String,
}

impl Default for SessionOrigin {
    fn default() -> Self {
        Self { way: SignInWay::default(), browser: "other".to_owned(), system: "other".to_owned() }
    }
}

/// A session as its owner sees it. The digest names it: it tells nothing about the cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of what the cookie holds.
    pub digest: Digest,
    /// Where it began.
    pub origin: SessionOrigin,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

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
    pub(crate) last_seen_at: Timestamp,
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
        self.open_session(token, volunteer, SessionOrigin::default(), limits).await
    }

    /// The same, and keeps where the session began.
    ///
    /// # Errors
    /// When there is no such volunteer.
    pub async fn open_session(
        &self,
        token: Digest,
        volunteer: VolunteerId,
        origin: SessionOrigin,
        limits: SessionLimits,
    ) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "signing in", session::create(token, volunteer, origin, limits, now))
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
        if now > found.last_seen_at + WRITE_AT_MOST_EVERY {
            let idle_end = (now + limits.idle).min(found.expires_at);
            on_backend!(self, write, "prolonging a session", session::prolong(token, idle_end, now))?;
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

    /// The sessions of a volunteer that go on, the one used last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(&self, volunteer: VolunteerId) -> Result<Vec<SessionRow>> {
        let now = self.now();
        on_backend!(self, read, "reading sessions", session::all_of(volunteer, now))
    }

    /// Ends one session of this volunteer; `false` when they have no such.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session_of(&self, volunteer: VolunteerId, token: Digest) -> Result<bool> {
        write_on_backend!(self, "ending a session", session::delete_of(volunteer, token))
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
