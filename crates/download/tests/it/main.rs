//! The download against a server that behaves like the Legacy Surveys' viewer,
//! and one that does not.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod bricks_on_disk;
mod fetching;
mod manners;
mod sky_server;
mod trouble;
