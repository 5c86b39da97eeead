//! Every statement is one that the database of the current schema accepts.

use sqlx::{Connection as _, Executor as _, SqlSafeStr as _};

use super::{
    assign, belief, log, model, outcomes, posterior, postgres, project, queue, review, round, rules, status, subject,
    verify, volunteer, vote,
};

const ROOMS: &[(&str, &[(&str, &str)])] = &[
    ("assign", assign::ALL),
    ("belief", belief::ALL),
    ("log", log::ALL),
    ("model", model::ALL),
    ("outcomes", outcomes::ALL),
    ("posterior", posterior::ALL),
    ("project", project::ALL),
    ("queue", queue::ALL),
    ("review", review::ALL),
    ("round", round::ALL),
    ("rules", rules::ALL),
    ("status", status::ALL),
    ("subject", subject::ALL),
    ("verify", verify::ALL),
    ("volunteer", volunteer::ALL),
    ("vote", vote::ALL),
];

#[tokio::test]
async fn every_statement_is_understood_by_sqlite() {
    let mut connection = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
    sqlx::migrate!("../../migrations/sqlite").run(&mut connection).await.unwrap();
    for (room, statements) in ROOMS {
        for (name, sql) in *statements {
            let prepared = (&mut connection).prepare(sql.into_sql_str()).await;
            assert!(prepared.is_ok(), "{room}::{name}: {:?}\n{sql}", prepared.err());
        }
    }
}

#[tokio::test]
async fn every_statement_is_understood_by_postgresql() {
    let Some(server) = testkit::PostgresDatabase::create().await else { return };
    let mut connection = sqlx::PgConnection::connect(server.url()).await.unwrap();
    sqlx::migrate!("../../migrations/postgres").run(&mut connection).await.unwrap();
    for (room, statements) in ROOMS.iter().chain(&[("postgres", postgres::ALL)]) {
        for (name, sql) in *statements {
            let prepared = (&mut connection).prepare(sql.into_sql_str()).await;
            assert!(prepared.is_ok(), "{room}::{name}: {:?}\n{sql}", prepared.err());
        }
    }
}
