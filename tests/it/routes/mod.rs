//! The HTTP API, seen by a client: one file per concern, each test against a server of its own on
//! SQLite and on PostgreSQL.

mod access;
mod accounts;
mod articles;
mod bodies;
mod classifications;
mod conventions;
mod durability;
mod events;
mod experts;
mod independence;
mod letters;
mod made_up_sky;
mod mail_links;
mod numbers;
mod openapi;
mod outline;
mod own_work;
mod people;
mod placing;
mod ranking;
mod reading;
mod schedule;
mod secrecy;
mod silence;
mod staff;
mod teaching;
mod test_server;
mod undo;
