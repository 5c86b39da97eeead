//! Everybody with an account, for admins: finding people, giving roles, and the record of who gave
//! whom which.

use domain::{Timestamp, VolunteerId};

use crate::{
    Rank, Result, Store, Volunteer,
    store::{on_backend, write_on_backend},
};

/// Whom to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleQuery {
    /// Part of the name or the address; empty for everybody.
    pub text: String,
    /// Only people with this role.
    pub role: Option<Rank>,
    /// Only people who come after this one: when they signed up, and their id.
    pub after: Option<(Timestamp, VolunteerId)>,
    /// At most so many.
    pub limit: u32,
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub volunteer: Volunteer,
    /// Votes cast and not taken back, over all projects.
    pub votes: u64,
}

/// How a role came to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankCause {
    /// An admin, in the web app.
    Admin,
    /// The link of the console.
    Link,
    /// The command line.
    CommandLine,
    /// The account was deleted.
    Deletion,
}

impl RankCause {
    const ALL: [Self; 4] = [Self::Admin, Self::Link, Self::CommandLine, Self::Deletion];

    /// As the database writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Link => "link",
            Self::CommandLine => "command_line",
            Self::Deletion => "deletion",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

/// A role to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRank {
    /// To whom.
    pub volunteer: VolunteerId,
    /// Which.
    pub role: Rank,
    /// The admin who gives it; `None` for the command line.
    pub by: Option<VolunteerId>,
    /// In a few words.
    pub reason: String,
}

/// One change of somebody's role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankChange {
    /// Its place in the record.
    pub seq: i64,
    /// Whose role.
    pub volunteer: VolunteerId,
    /// Their name as it is now.
    pub name: String,
    /// The admin who did it, and their name as it is now.
    pub by: Option<(VolunteerId, String)>,
    /// How.
    pub cause: RankCause,
    /// Before.
    pub from: Rank,
    /// After.
    pub to: Rank,
    /// In a few words.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// People, those who signed up last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people(&self, query: PeopleQuery) -> Result<Vec<Person>> {
        on_backend!(self, read, "reading people", people::page(query))
    }

    /// Whether anybody can give roles.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_admin(&self) -> Result<bool> {
        on_backend!(self, read, "looking for an admin", people::has_admin())
    }

    /// Gives a role; giving the one they have changes nothing. Who gives it must still be an admin at
    /// that moment; roles above [`Rank::Volunteer`] need a verified address, unless the command line
    /// gives them.
    ///
    /// # Errors
    /// When there is no such person, or as [`crate::AccountRefusal`] says.
    pub async fn set_rank(&self, new: NewRank) -> Result<Volunteer> {
        let now = self.now();
        write_on_backend!(self, "giving a role", people::set_rank(new, now))
    }

    /// Changes of roles before a place of the record, the latest first; of one person if asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rank_changes(
        &self,
        of: Option<VolunteerId>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RankChange>> {
        on_backend!(self, read, "reading changes of roles", people::changes(of, before, limit))
    }
}
