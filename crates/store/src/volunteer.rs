//! Volunteers: people with an account. Passwords are hashed by the server; here
//! only the finished hash is kept.

use domain::{Timestamp, VolunteerId};

use crate::{
    Preferences, Rank, Result, Store,
    store::{on_backend, write_on_backend},
};

/// An account to be.
#[derive(Clone, PartialEq, Eq)]
pub struct NewVolunteer {
    /// Made by the caller.
    pub id: VolunteerId,
    /// The address; blanks around it and the case of its letters do not count.
    pub email: String,
    /// The name others see.
    pub display_name: String,
    /// Argon2 in PHC form.
    pub password_hash: String,
    /// BCP 47 tag of the language of the pages.
    pub language: String,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volunteer {
    /// Their id.
    pub id: VolunteerId,
    /// Their address, normalised.
    pub email: String,
    /// The name others see.
    pub display_name: String,
    /// BCP 47 tag of the language of the pages.
    pub language: String,
    /// When they signed up.
    pub created_at: Timestamp,
    /// What they may do.
    pub role: Rank,
    /// Since when the address is known to be theirs.
    pub email_verified_at: Option<Timestamp>,
    /// What they chose.
    pub preferences: Preferences,
}

/// What signing in needs.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Who it is, if the password fits.
    pub volunteer: Volunteer,
    /// Argon2 in PHC form.
    pub password_hash: String,
}

/// How much a volunteer has done; votes taken back do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VoteCounts {
    /// Ever, over all projects.
    pub total: u64,
    /// Since the moment asked for.
    pub since: u64,
}

/// The one spelling under which an address is kept and found.
pub(crate) fn normalised(email: &str) -> String {
    email.trim().to_lowercase()
}

impl Store {
    /// Makes an account.
    ///
    /// # Errors
    /// [`crate::StoreError::AddressTaken`] when the address has one.
    pub async fn create_volunteer(&self, volunteer: NewVolunteer) -> Result<Volunteer> {
        let volunteer = NewVolunteer { email: normalised(&volunteer.email), ..volunteer };
        let now = self.now();
        write_on_backend!(self, "creating an account", volunteer::create(volunteer, now))
    }

    /// The account with this address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials(&self, email: &str) -> Result<Option<Credentials>> {
        let email = normalised(email);
        on_backend!(self, read, "looking an account up", volunteer::credentials(email))
    }

    /// The volunteer with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn volunteer(&self, id: VolunteerId) -> Result<Option<Volunteer>> {
        on_backend!(self, read, "reading an account", volunteer::by_id(id))
    }

    /// Replaces the password's hash.
    ///
    /// # Errors
    /// When there is no such volunteer.
    pub async fn set_password_hash(&self, id: VolunteerId, hash: String) -> Result<()> {
        write_on_backend!(self, "changing a password", volunteer::set_password_hash(id, hash))
    }

    /// How many votes this volunteer has cast, ever and since a moment (say, midnight).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vote_counts(&self, id: VolunteerId, since: Timestamp) -> Result<VoteCounts> {
        on_backend!(self, read, "counting votes", volunteer::vote_counts(id, since))
    }
}

impl std::fmt::Debug for NewVolunteer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewVolunteer").field("id", &self.id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("volunteer", &self.volunteer.id).finish_non_exhaustive()
    }
}
