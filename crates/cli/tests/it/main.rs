//! The shipped program, from outside.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod killed_loop;
mod program;
mod real_images;
