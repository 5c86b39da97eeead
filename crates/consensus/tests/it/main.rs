//! Consensus against its promises and against the reference tables; one binary.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod aggregators;
mod live;
mod log;
mod real_crowds;
mod reducers;
mod space_warps;
mod swap_reference;
mod written;
