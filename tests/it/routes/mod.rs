//! The HTTP API, seen by a client: one file per concern, each test against a server of its own on
//! SQLite and on PostgreSQL.

mod access;
mod accounts;
mod bodies;
mod classifications;
mod durability;
mod events;
mod numbers;
mod openapi;
mod outline;
mod reading;
mod secrecy;
mod silence;
mod test_server;
mod undo;
