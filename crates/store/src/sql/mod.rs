//! The catalogue: every SQL statement of the house, each a constant, in the order
//! of the rooms that use them. A test prepares each one on both databases.
//!
//! Portable by rule: `$1` placeholders, BIGINT and DOUBLE PRECISION, times as
//! whole microseconds bound by the caller, `ON CONFLICT`, `RETURNING`; sums are cast
//! back to BIGINT because PostgreSQL makes them NUMERIC.

/// Declares constants and the list `ALL` that the catalogue test walks.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $sql;)*
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

pub(crate) mod account;
pub(crate) mod article;
pub(crate) mod assign;
pub(crate) mod belief;
pub(crate) mod bulk;
pub(crate) mod certificate;
pub(crate) mod contribution;
pub(crate) mod feedback;
pub(crate) mod history;
pub(crate) mod log;
pub(crate) mod model;
pub(crate) mod outcomes;
pub(crate) mod placement;
pub(crate) mod posterior;
pub(crate) mod project;
pub(crate) mod queue;
pub(crate) mod quiz;
pub(crate) mod review;
pub(crate) mod round;
pub(crate) mod rules;
pub(crate) mod standing;
pub(crate) mod status;
pub(crate) mod subject;
pub(crate) mod teaching;
pub(crate) mod verify;
pub(crate) mod volunteer;
pub(crate) mod vote;

#[cfg(test)]
mod tests;

// Only SQLite: the writer's transactions, and the check at the start.
pub(crate) const SQLITE_VERSION: &str = "SELECT sqlite_version()";
pub(crate) const BEGIN_IMMEDIATE: &str = "BEGIN IMMEDIATE";
pub(crate) const COMMIT: &str = "COMMIT";
pub(crate) const ROLLBACK: &str = "ROLLBACK";
pub(crate) const SAVEPOINT: &str = "SAVEPOINT request";
pub(crate) const ROLLBACK_TO: &str = "ROLLBACK TO request";
/// Checkpoints run on a connection of their own (`sqlite::checkpoint`).
pub(crate) const NO_AUTOCHECKPOINT: &str = "PRAGMA wal_autocheckpoint = 0";
pub(crate) const CHECKPOINT: &str = "PRAGMA wal_checkpoint(PASSIVE)";
pub(crate) const RESTART_LOG: &str = "PRAGMA wal_checkpoint(RESTART)";
/// For another connection, in milliseconds.
pub(crate) const WAIT_A_MOMENT: &str = "PRAGMA busy_timeout = 50";
pub(crate) const WAIT_LONG: &str = "PRAGMA busy_timeout = 10000";
/// Bytes that the file of the log keeps when it begins anew.
pub(crate) const LOG_SIZE_LIMIT: &str = "PRAGMA journal_size_limit = 536870912";
pub(crate) const RELEASE: &str = "RELEASE request";

/// Only PostgreSQL: locks, and a read that sees one state.
pub(crate) mod postgres {
    statements! {
        /// Serialises the handing out of work in one project, without stopping votes (their
        /// foreign keys take only FOR KEY SHARE).
        LOCK_PROJECT = "SELECT id FROM project WHERE id = $1 FOR NO KEY UPDATE";
        /// The lock of `LOCK_PROJECT` and, behind it, what is left of the open queue's budget.
        LEFT = "SELECT q.votes_budget, q.taken FROM queue q JOIN project p ON p.id = q.project_id
            WHERE q.project_id = $1 AND q.round = $2 AND q.open = TRUE FOR NO KEY UPDATE OF p, q";
        /// Taken by whoever changes roles, so that two cannot take the last admin away together.
        LOCK_ROLES = "SELECT pg_advisory_xact_lock(5496972369 + $1)";
        /// Taken by every writer of the log before it draws a sequence number …
        LOCK_LOG_SHARED = "SELECT pg_advisory_xact_lock_shared(5496972370 + $1)";
        /// The same for a vote, which knows only its assignment.
        LOCK_LOG_OF = "SELECT pg_advisory_xact_lock_shared(5496972370 + project_id)
            FROM assignment WHERE id = $1";
        /// … so that whoever holds this knows that no lower number can still appear.
        LOCK_LOG_EXCLUSIVE = "SELECT pg_advisory_xact_lock(5496972370 + $1)";
    }
    /// The searches for images take a third of a millisecond; compiling them would take a hundred.
    pub(crate) const SETUP: &str = "SET jit TO off";
    pub(crate) const BEGIN: &str = "BEGIN";
    /// For leases: nothing is lost that was promised if the machine fails before they reach the disk.
    pub(crate) const BEGIN_UNHURRIED: &str = "BEGIN; SET LOCAL synchronous_commit TO OFF";
    pub(crate) const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}
