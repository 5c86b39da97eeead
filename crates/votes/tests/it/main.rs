//! Votes through files, from outside the crate.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod arranging;
mod frames;
mod label_studio;
mod round_trip;
mod support;
mod swap_log;
mod truths;
mod zooniverse;
