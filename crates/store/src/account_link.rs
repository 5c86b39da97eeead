//! Links that work once: of letters (is this address yours? a new password) and, as long as there is
//! no admin, of the server's console. Only the SHA-256 of a link's secret is kept.

use std::time::Duration;

use domain::{Digest, Timestamp, VolunteerId};

use crate::{
    Result, Store, Volunteer,
    store::{on_backend, write_on_backend},
};

/// What a letter's link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Shows that an address is this person's; makes it the address of their account.
    Verify,
    /// Lets them choose a new password.
    Reset,
}

impl LinkPurpose {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
        }
    }
}

/// A link to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// SHA-256 of the secret in the link.
    pub digest: Digest,
    /// Whose.
    pub volunteer: VolunteerId,
    /// What it does.
    pub purpose: LinkPurpose,
    /// Where the letter goes.
    pub email: String,
    /// How long it works.
    pub lifetime: Duration,
}

/// What a link turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLink {
    /// Whose.
    pub volunteer: Volunteer,
    /// The address the letter went to.
    pub email: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

impl Store {
    /// Keeps a link; earlier ones of the same person and purpose go on working until they expire.
    ///
    /// # Errors
    /// When there is no such volunteer.
    pub async fn create_link(&self, link: NewLink) -> Result<()> {
        let link = NewLink { email: crate::volunteer::normalised(&link.email), ..link };
        let now = self.now();
        write_on_backend!(self, "keeping a link", account_link::create(link, now))
    }

    /// Looks at a link without using it. `None`: unknown, used, too old.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link(&self, digest: Digest, purpose: LinkPurpose) -> Result<Option<FoundLink>> {
        let now = self.now();
        on_backend!(self, read, "looking at a link", account_link::find(digest, purpose, now))
    }

    /// Uses a link of [`LinkPurpose::Verify`]: its address is now the account's, and known to be theirs.
    ///
    /// # Errors
    /// [`crate::AccountRefusal::LinkNotValid`] when it is unknown, used or too old;
    /// [`crate::StoreError::AddressTaken`] when somebody else has the address by now.
    pub async fn verify_address(&self, digest: Digest) -> Result<Volunteer> {
        let now = self.now();
        write_on_backend!(self, "verifying an address", account_link::verify(digest, now))
    }

    /// Uses a link of [`LinkPurpose::Reset`]: the password is another, every session and every token
    /// for scripts ends, and no other such link works any more.
    ///
    /// # Errors
    /// [`crate::AccountRefusal::LinkNotValid`] when it is unknown, used or too old, or the account has
    /// another address by now.
    pub async fn reset_password(&self, digest: Digest, hash: String) -> Result<Volunteer> {
        let now = self.now();
        write_on_backend!(self, "resetting a password", account_link::reset(digest, hash, now))
    }

    /// Keeps the link that makes whoever opens it the first admin, in place of any before. `false`,
    /// and nothing happens, when there is an admin.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_claim(&self, digest: Digest, lifetime: Duration) -> Result<bool> {
        let now = self.now();
        write_on_backend!(self, "opening the claim", account_link::open_claim(digest, lifetime, now))
    }

    /// Makes this volunteer the first admin.
    ///
    /// # Errors
    /// [`crate::AccountRefusal::LinkNotValid`] when the link is unknown, used or too old, or there is an admin.
    pub async fn claim_admin(&self, digest: Digest, volunteer: VolunteerId) -> Result<Volunteer> {
        let now = self.now();
        write_on_backend!(self, "claiming the role of admin", account_link::claim(digest, volunteer, now))
    }

    /// Forgets links that no longer work; says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired_links(&self) -> Result<u64> {
        let now = self.now();
        write_on_backend!(self, "clearing links", account_link::delete_expired(now))
    }
}
