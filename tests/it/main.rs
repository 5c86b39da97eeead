//! Integration tests.

mod crowd;
mod routes;
