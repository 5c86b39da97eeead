//! Time as an argument.

use chrono::{DateTime, SubsecRound, Utc};

/// A moment in UTC, to the microsecond (PostgreSQL keeps no more).
pub type Timestamp = DateTime<Utc>;

/// Whoever can say what time it is. The binary passes the system's clock, tests their own.
pub trait Clock: Send + Sync {
    /// Now, truncated to microseconds.
    fn now(&self) -> Timestamp;
}

/// Cuts a moment down to what both databases can hold.
#[must_use]
pub fn truncate_to_micros(at: Timestamp) -> Timestamp {
    at.trunc_subsecs(6)
}
