//! Integration tests.

mod routes;
