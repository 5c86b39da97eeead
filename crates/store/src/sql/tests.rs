//! Every statement is one that the database of the current schema accepts.

use sqlx::{Connection as _, Executor as _, Row as _, SqlSafeStr as _};

use super::{
    account, article, assign, belief, certificate, contribution, feedback, history, log, model, outcomes,
    placement, posterior, postgres, project, queue, quiz, review, round, rules, standing, status, subject,
    teaching, verify, volunteer, vote,
};

const ROOMS: &[(&str, &[(&str, &str)])] = &[
    ("article", article::ALL),
    ("account", account::ALL),
    ("assign", assign::ALL),
    ("belief", belief::ALL),
    ("certificate", certificate::ALL),
    ("contribution", contribution::ALL),
    ("feedback", feedback::ALL),
    ("history", history::ALL),
    ("log", log::ALL),
    ("model", model::ALL),
    ("outcomes", outcomes::ALL),
    ("placement", placement::ALL),
    ("posterior", posterior::ALL),
    ("project", project::ALL),
    ("queue", queue::ALL),
    ("quiz", quiz::ALL),
    ("review", review::ALL),
    ("round", round::ALL),
    ("rules", rules::ALL),
    ("standing", standing::ALL),
    ("status", status::ALL),
    ("subject", subject::ALL),
    ("teaching", teaching::ALL),
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

/// The searches of a request walk one index in its order: no sorting, no pass over the pool.
#[tokio::test]
async fn searches_for_images_walk_an_index_of_open_ones() {
    let mut connection = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
    sqlx::migrate!("../../migrations/sqlite").run(&mut connection).await.unwrap();
    for (sql, index) in [
        (assign::CROWD, "belief_for_crowd"),
        (assign::EXPERTS, "belief_for_experts"),
        (assign::RETIRED, "belief_retired"),
        (assign::RETIRED_RANGE, "belief_retired"),
        (assign::OVER, "assignment_open"),
        (assign::CROWD, "assignment_of_image"),
        (assign::CROWD, "assignment_let_go"),
        (assign::CROWD_END, "belief_for_crowd"),
        (assign::CROWD_ALL, "belief_for_crowd"),
        (assign::EXPERTS, "assignment_of_image"),
        (assign::RETIRED, "assignment_of_image"),
        (assign::LAST_TRAINING, "PRIMARY KEY"),
        (assign::TRAINING_AT, "PRIMARY KEY"),
        (assign::TRAINING_AT, "assignment_of_image"),
        (assign::TRAINING_AMONG, "PRIMARY KEY"),
        (outcomes::RETESTED, "assignment_retested"),
        (queue::STATE, "belief_unfinished"),
        (rules::OF_VOLUNTEER, "log_entry_of_volunteer"),
        (rules::LESSONS_BEFORE, "log_entry_of_volunteer"),
        (history::PAGE, "log_entry_of_volunteer"),
        (history::PAGE, "decision_by_subject"),
        (history::PAGE, "feedback_by_assignment"),
        (history::ASCENDING, "log_entry_of_volunteer"),
        (history::TOLD_PAGE, "log_entry_told"),
        (history::TOLD, "log_entry_told"),
        (history::CANDIDATE_PAGE, "log_entry_said_lens"),
        (history::CANDIDATES, "log_entry_said_lens"),
        (history::BETWEEN, "log_entry_of_volunteer"),
        (rules::CURRENT, "anchor_by_project"),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = sqlx::query(explain).fetch_all(&mut connection).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{index} is not used:\n{plan:#?}");
        let over_the_pool = |step: &&String| step.starts_with("SCAN c") && !step.contains("INDEX");
        assert_eq!(plan.iter().find(over_the_pool), None, "{plan:#?}");
    }
}

/// What everybody may ask for, and what runs every few minutes, walks an index too.
#[tokio::test]
async fn lists_and_sums_walk_their_indexes() {
    let mut connection = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
    sqlx::migrate!("../../migrations/sqlite").run(&mut connection).await.unwrap();
    for (sql, index) in [
        (article::PUBLIC_PAGE, "article_public"),
        (article::PAGE, "article_by_change"),
        (contribution::ENTRIES, "log_entry_by_project"),
        (contribution::FOUND, "belief_retired"),
        (contribution::FOUND, "log_entry_lens"),
        (feedback::OPEN_PAGE, "feedback_open"),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = sqlx::query(explain).fetch_all(&mut connection).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{index} is not used:\n{plan:#?}");
        let sorts = plan.iter().any(|step| step.contains("USE TEMP B-TREE FOR ORDER BY"));
        assert!(!sorts, "the whole list is sorted:\n{plan:#?}");
    }
}
