//! Selection against its promises, by property and by simulation; one binary.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod completeness;
mod coverage;
mod inclusion;
mod made;
mod selection;
mod strategies;
