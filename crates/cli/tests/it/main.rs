//! The shipped program, from outside.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod accounts;
mod aggregate;
mod catalogue;
mod coordinates;
mod download;
mod evaluate;
mod experiment;
mod index;
mod killed_loop;
mod lens;
mod live_head;
mod loop_safety;
mod program;
mod real_images;
mod score;
mod simulate;
mod solve;

#[expect(dead_code, reason = "the download crate's own tests need more of it")]
#[path = "../../../download/tests/it/sky_server.rs"]
mod sky_server;

#[path = "../../../plates/tests/starfield/mod.rs"]
mod starfield;
