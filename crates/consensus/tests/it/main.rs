//! Consensus against its promises and against the reference tables; one binary.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod crowd_methods;
mod house;
mod live;
mod log;
mod monitors;
mod offline_swap;
mod reducers;
mod space_warps;
mod written;
