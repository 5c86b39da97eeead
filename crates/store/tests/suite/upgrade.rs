//! A database from before the live consensus: its log is folded when it is opened.

use std::{sync::Arc, time::Duration};

use domain::Answer;
use sqlx::{AssertSqlSafe, Database, Executor, migrate::Migration};
use store::{Store, TrainingPick};
use testkit::FixedClock;
use uuid::Uuid;

/// Three subjects queued, one of them answered by two people, one held, and a training image, which
/// shows the same as another. `u_12` is an id, `d_1` a digest: the two databases write bytes differently.
const CONTENTS: &str = "
    INSERT INTO project OVERRIDING SYSTEM VALUE VALUES (1, 'p', 'P', '', '{}', TRUE, NULL, 0);
    INSERT INTO subject (id, project_id, external_id, role, label, image_digest, image_width, image_height)
        OVERRIDING SYSTEM VALUE
        VALUES (1, 1, 'a', 'survey', -1, d_1, 9, 9), (2, 1, 'b', 'survey', -1, d_2, 9, 9),
               (3, 1, 'c', 'survey', -1, d_3, 9, 9), (4, 1, 'k', 'training_lens', 1, d_2, 9, 9),
               (5, 1, 'l', 'training_lens', 1, d_4, 9, 9);
    INSERT INTO volunteer VALUES (u_01, 'a@x', 'a', '', 'en', 0), (u_02, 'b@x', 'b', '', 'en', 0);
    INSERT INTO queue VALUES (1, 0, 100, 3, 6, d_0, TRUE, 0, NULL);
    INSERT INTO queue_item VALUES (1, 0, 1, 0, 'audit', 0.5, 'v', 1, 0, 1, 0, FALSE),
        (1, 0, 2, 1, 'entropy', 0.5, 'v', 0, 0, 0, 1, FALSE),
        (1, 0, 3, 2, 'entropy', 0.5, 'v', 0, 0, 0, 0, FALSE);
    INSERT INTO assignment VALUES
        (u_11, 1, u_01, 4, 0, TRUE, 'training', NULL, NULL, NULL, 'answered', 0, 9),
        (u_12, 1, u_01, 1, 0, FALSE, 'audit', 0, 0.5, 'v', 'answered', 0, 9),
        (u_13, 1, u_02, 1, 0, FALSE, 'audit', 0, 0.5, 'v', 'answered', 0, 9),
        (u_14, 1, u_02, 2, 0, FALSE, 'entropy', 1, 0.5, 'v', 'open', 0, 9),
        (u_15, 1, u_02, 4, 0, TRUE, 'training', NULL, NULL, NULL, 'open', 0, 9);
    INSERT INTO log_entry OVERRIDING SYSTEM VALUE VALUES
        (1, u_21, 1, 0, u_11, 4, u_01, 2, NULL, NULL, TRUE, NULL, 1),
        (2, u_22, 1, 0, u_12, 1, u_01, 2, NULL, NULL, FALSE, NULL, 2),
        (3, u_23, 1, 0, u_13, 1, u_02, 0, NULL, NULL, FALSE, NULL, 3);
    INSERT INTO tally VALUES (1, 4, 0, 0, 1), (1, 1, 1, 0, 1);
    INSERT INTO participation VALUES (u_01, 1, 2), (u_02, 1, 1);
";

/// The contents as this database writes them.
fn contents(id: impl Fn(&str) -> String, digest: impl Fn(&str) -> String, overriding: &str) -> String {
    let mut text = CONTENTS.replace(" OVERRIDING SYSTEM VALUE", overriding);
    for n in ["01", "02", "11", "12", "13", "14", "15", "21", "22", "23"] {
        text = text.replace(&format!("u_{n}"), &id(n));
    }
    for n in ["0", "1", "2", "3", "4"] {
        text = text.replace(&format!("d_{n}"), &digest(n));
    }
    text
}

/// As if this program's first release had made it.
async fn older<C>(url: &str, first: &Migration, contents: String, bytes: &str)
where
    C: sqlx::Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
    C::Database: Database,
{
    let mut connection = C::connect(url).await.unwrap();
    let checksum: String = first.checksum.iter().map(|byte| format!("{byte:02x}")).collect();
    let ledger = format!(
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
            installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
            checksum {bytes} NOT NULL, execution_time BIGINT NOT NULL);
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES ({}, '{}', TRUE, {}, 0)",
        first.version,
        first.description,
        if bytes == "BLOB" { format!("x'{checksum}'") } else { format!("'\\x{checksum}'") },
    );
    for statements in [first.sql.as_str().to_owned(), contents, ledger] {
        connection.execute(sqlx::raw_sql(AssertSqlSafe(statements))).await.unwrap();
    }
    connection.close().await.unwrap();
}

async fn opens(url: &str) {
    let store = Store::connect(url, Arc::new(FixedClock::default())).await.unwrap();
    let project = store.project("p").await.unwrap().unwrap().id;
    assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    let rows = store.beliefs(project, None, 9).await.unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!((rows[0].tally.total(), rows[0].round, rows[1].open_leases), (2, Some(0), 1));
    assert!(rows[2].wanted > 0, "one nobody voted on is asked about: {:?}", rows[2]);
    let ada = domain::VolunteerId(Uuid::from_u128(1));
    assert_eq!(store.volunteer_record(project, ada).await.unwrap().unwrap().n_right, 1);
    let state = store.queue_state(project, 0).await.unwrap().unwrap();
    assert_eq!((state.items, state.votes), (3, 2));

    // She has had the picture of the second subject as a training image, under its other name.
    let mut slots = testkit::slots(1, 4);
    slots[0].training = Some(TrainingPick { lens: true, pick: 0 });
    let held = store.assign(project, ada, slots, Duration::from_secs(9)).await.unwrap().assignments;
    let shown: Vec<i64> = held.iter().map(|one| one.subject.0).collect();
    assert_eq!(shown, [5, 3]);
    testkit::answer_all(&store, ada, &held, Answer::NoLens).await;
    assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    store.close().await;
}

#[tokio::test]
async fn beliefs_of_an_older_sqlite_database_are_folded_from_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("old.sqlite").display());
    let first = sqlx::migrate!("../../migrations/sqlite").migrations[0].clone();
    let id = |n: &str| format!("x'{n:0>32}'");
    let digest = |n: &str| format!("x'{n:0>64}'");
    let made = format!("{url}?mode=rwc");
    older::<sqlx::SqliteConnection>(&made, &first, contents(id, digest, ""), "BLOB").await;
    opens(&url).await;
}

#[tokio::test]
async fn beliefs_of_an_older_postgresql_database_are_folded_from_its_log() {
    let Some(database) = testkit::PostgresDatabase::create().await else { return };
    let first = sqlx::migrate!("../../migrations/postgres").migrations[0].clone();
    let id = |n: &str| format!("'{n:0>32}'");
    let digest = |n: &str| format!("'\\x{n:0>64}'");
    let text = contents(id, digest, " OVERRIDING SYSTEM VALUE");
    let text = text + "SELECT setval(pg_get_serial_sequence('log_entry', 'seq'), 3);";
    older::<sqlx::PgConnection>(database.url(), &first, text, "BYTEA").await;
    opens(database.url()).await;
}
