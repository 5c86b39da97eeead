//! What tests of several crates share: a fresh database per test, on SQLite and on
//! a private PostgreSQL, a clock that stands still, and builders for the things a
//! database test needs. Development only; nothing shipped depends on it.

mod builders;
mod clock;
mod postgres;
mod stores;

pub use builders::{
    answer_all, project, queue, queue_items, settings, slots, survey_subjects, training_subjects, volunteer,
};
pub use clock::FixedClock;
pub use postgres::PostgresDatabase;
pub use stores::{TestStore, both_stores, postgres_store, sqlite_store};
