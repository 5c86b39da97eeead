//! The HTTP API, seen by a client: one file per concern, each test against a server of its own on
//! SQLite and on PostgreSQL.

mod access;
mod accounts;
mod bodies;
mod classifications;
mod durability;
mod events;
mod experts;
mod numbers;
mod openapi;
mod outline;
mod reading;
mod schedule;
mod secrecy;
mod silence;
mod test_server;
mod undo;
