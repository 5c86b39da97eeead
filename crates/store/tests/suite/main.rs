//! The store as its users see it, each sentence on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod accounts;
mod articles;
mod assigning;
mod certificates;
mod crash;
mod crowd;
mod history;
mod letters;
mod live;
mod log;
mod models;
mod on_record;
mod people;
mod pictures;
mod placements;
mod posteriors;
mod projects;
mod queues;
mod ranking;
mod replaying;
mod rounds;
mod routing;
mod schema;
mod status;
mod teaching;
mod twenty_thousand;
mod upgrade;
mod voting;
mod withdrawn;
