//! Tokens with which a person's own scripts speak to the API. Only the SHA-256 is kept.

use std::time::Duration;

use domain::{Digest, Timestamp, VolunteerId};

use crate::{
    Result, Store, Volunteer,
    store::{on_backend, write_on_backend},
};

/// Tokens one person may have at once.
pub(crate) const MOST: u64 = 20;
/// The time of the last use is written again only when it is older than this.
const WRITE_AT_MOST_EVERY: Duration = Duration::from_secs(60);

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenScope {
    /// Read what its owner may read.
    Read,
    /// Also ask for images and answer.
    Work,
}

impl TokenScope {
    /// As the database writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Work => "work",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Read, Self::Work].into_iter().find(|scope| scope.name() == name)
    }
}

/// A token to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiToken {
    /// SHA-256 of the secret.
    pub digest: Digest,
    /// Whose.
    pub volunteer: VolunteerId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
    /// How long it works.
    pub lifetime: Duration,
}

/// A token as its owner sees it. The digest names it: it tells nothing about the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// SHA-256 of the secret.
    pub digest: Digest,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Store {
    /// Keeps a token.
    ///
    /// # Errors
    /// [`crate::AccountRefusal::TooMany`] when this person has enough.
    pub async fn create_api_token(&self, token: NewApiToken) -> Result<ApiToken> {
        let now = self.now();
        write_on_backend!(self, "keeping a token", api_token::create(token, now))
    }

    /// Whose token this is and what it may do; `None` when it is unknown or over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_token(&self, digest: Digest) -> Result<Option<(Volunteer, TokenScope)>> {
        let now = self.now();
        let found = on_backend!(self, read, "reading a token", api_token::find(digest, now))?;
        let Some((volunteer, token)) = found else { return Ok(None) };
        if token.last_used_at.is_none_or(|last| now > last + WRITE_AT_MOST_EVERY) {
            on_backend!(self, write, "noting the use of a token", api_token::used(digest, now))?;
        }
        Ok(Some((volunteer, token.scope)))
    }

    /// A person's tokens, the newest first; those that are over, too, until they are swept out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_tokens(&self, volunteer: VolunteerId) -> Result<Vec<ApiToken>> {
        on_backend!(self, read, "reading tokens", api_token::all_of(volunteer))
    }

    /// Ends a token of this person; `false` when they have no such.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_api_token(&self, volunteer: VolunteerId, digest: Digest) -> Result<bool> {
        write_on_backend!(self, "ending a token", api_token::delete(volunteer, digest))
    }

    /// Forgets tokens that are over; says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired_api_tokens(&self) -> Result<u64> {
        let now = self.now();
        write_on_backend!(self, "clearing tokens", api_token::delete_expired(now))
    }
}
