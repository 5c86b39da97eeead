//! What can go wrong in the database, split into what a person can be told.

use std::sync::Arc;

/// The result of every operation of the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why the store did not do what was asked. Nothing is half done when one is returned.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database itself failed.
    #[error("{doing} failed in the database: {source}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// The driver's error (shared by every request of a failed batch).
        source: Arc<sqlx::Error>,
    },
    /// The address of the database cannot be used.
    #[error("cannot open the database {url:?}: {reason}")]
    Open {
        /// The address, without its password.
        url: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The schema could not be brought up to date.
    #[error("the database schema could not be brought up to date: {0}")]
    Migration(Arc<sqlx::migrate::MigrateError>),
    /// This SQLite can corrupt a database in WAL mode.
    #[error("SQLite {found} has a known corruption bug in WAL mode; 3.51.3 or newer is needed")]
    SqliteTooOld {
        /// The version found.
        found: String,
    },
    /// The store was closed, or its writer is gone.
    #[error("the store is closed")]
    Closed,
    /// No such thing.
    #[error("there is no {what} {id}")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// The id asked for.
        id: String,
    },
    /// Another volunteer has this address.
    #[error("this e-mail address already has an account")]
    AddressTaken,
    /// An argument makes no sense.
    #[error("{field}: {reason}")]
    Invalid {
        /// The argument.
        field: &'static str,
        /// What is wrong with it and what to do.
        reason: String,
    },
    /// The request contradicts what is stored.
    #[error("{what}: {reason}")]
    Conflict {
        /// What the request was about.
        what: &'static str,
        /// What is stored instead.
        reason: String,
    },
    /// The vote (or the renewal of a lease) is refused.
    #[error(transparent)]
    Vote(#[from] VoteRefusal),
    /// The retraction is refused.
    #[error(transparent)]
    Retraction(#[from] RetractionRefusal),
    /// What was asked about an account is refused.
    #[error(transparent)]
    Account(#[from] AccountRefusal),
    /// Someone else has claimed the step since.
    #[error("step {step:?} is no longer held under epoch {epoch}: another run has claimed it or it is over")]
    Fenced {
        /// The step's name.
        step: String,
        /// The epoch the caller holds.
        epoch: i64,
    },
    /// A stored value is outside what this program writes.
    #[error("the database holds an impossible {what}: {value:?}")]
    Corrupt {
        /// The column.
        what: &'static str,
        /// Its value.
        value: String,
    },
}

/// Why a vote is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VoteRefusal {
    /// No such assignment.
    #[error("there is no such assignment")]
    NotFound,
    /// The assignment was made to someone else.
    #[error("this assignment belongs to someone else")]
    NotYours,
    /// The lease ended before the vote came.
    #[error("the time for this image is over; ask for a new one")]
    Expired,
    /// A vote on this assignment is already in the log.
    #[error("this image was already answered")]
    AlreadyAnswered,
    /// The client's id names another entry of the log.
    #[error("this classification id is already in use")]
    IdTaken,
}

/// Why a vote is not taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RetractionRefusal {
    /// No such vote.
    #[error("there is no such vote")]
    NotFound,
    /// The vote was cast by someone else.
    #[error("this vote belongs to someone else")]
    NotYours,
    /// The vote was already taken back.
    #[error("this vote was already taken back")]
    AlreadyRetracted,
    /// The truth was shown after the vote.
    #[error("the answer was already shown, so this vote stays")]
    FeedbackShown,
    /// The vote is so old that its volunteer may know what became of the image ([`crate::OUTCOME_LAG`]).
    #[error("this vote is too old to be taken back")]
    TooLate,
    /// The client's id names another entry of the log.
    #[error("this retraction id is already in use")]
    IdTaken,
}

/// Why something about an account is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    /// The link is unknown, used, too old, or of no use any more.
    #[error("this link does not work (any more)")]
    LinkNotValid,
    /// The address is not known to be theirs.
    #[error("the address of this account is not verified")]
    NotVerified,
    /// Only an admin may do this.
    #[error("only an admin may do this")]
    NotAdmin,
    /// Nobody would be left who can give roles.
    #[error("this is the last admin; make someone else one first")]
    LastAdmin,
    /// There are as many as one account may have.
    #[error("there are as many of these as one account may have; remove one first")]
    TooMany,
}

/// What `From<sqlx::Error>` says until an operation puts its own name there.
const UNNAMED: &str = "a statement";

impl From<sqlx::Error> for StoreError {
    fn from(source: sqlx::Error) -> Self {
        Self::Database { doing: UNNAMED, source: Arc::new(source) }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(source: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(Arc::new(source))
    }
}

impl StoreError {
    /// Names the operation in an error that came straight from the driver.
    pub(crate) fn while_doing(self, doing: &'static str) -> Self {
        match self {
            Self::Database { doing: UNNAMED, source } => Self::Database { doing, source },
            other => other,
        }
    }

    /// Whether the same transaction may succeed when simply tried again
    /// (PostgreSQL: serialisation failure 40001, deadlock 40P01, or two requests of one person for
    /// images at the same moment that found the same one).
    pub(crate) fn is_transient(&self) -> bool {
        let Self::Database { source, .. } = self else { return false };
        let Some(error) = source.as_database_error() else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
            || matches!(error.constraint(), Some("assignment_once" | "assignment_of_image"))
    }

    /// Whether a UNIQUE or PRIMARY KEY constraint spoke.
    pub(crate) fn is_unique_violation(&self) -> bool {
        let Self::Database { source, .. } = self else { return false };
        source.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
    }

    pub(crate) fn invalid(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { field, reason: reason.into() }
    }

    pub(crate) fn conflict(what: &'static str, reason: impl Into<String>) -> Self {
        Self::Conflict { what, reason: reason.into() }
    }

    pub(crate) fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }

    pub(crate) fn corrupt(what: &'static str, value: impl ToString) -> Self {
        Self::Corrupt { what, value: value.to_string() }
    }
}
