//! A database from before the live consensus: its log is folded when it is opened.

use std::sync::Arc;

use domain::Answer;
use sqlx::{Connection as _, Executor as _};
use store::Store;
use testkit::FixedClock;
use uuid::Uuid;

const FIRST: &str = include_str!("../../../../migrations/sqlite/20261121000000_first.sql");

/// Three subjects queued, one of them answered by two people, one held, and a training image.
const CONTENTS: &str = "
    INSERT INTO project VALUES (1, 'p', 'P', '', '{}', 1, NULL, 0);
    INSERT INTO subject (id, project_id, external_id, role, label, image_digest, image_width, image_height)
        VALUES (1, 1, 'a', 'survey', -1, zeroblob(32), 9, 9), (2, 1, 'b', 'survey', -1, zeroblob(32), 9, 9),
               (3, 1, 'c', 'survey', -1, zeroblob(32), 9, 9), (4, 1, 'k', 'training_lens', 1, zeroblob(32), 9, 9);
    INSERT INTO volunteer VALUES (x'00000000000000000000000000000001', 'a@x', 'a', '', 'en', 0),
        (x'00000000000000000000000000000002', 'b@x', 'b', '', 'en', 0);
    INSERT INTO queue VALUES (1, 0, 100, 3, 6, zeroblob(32), 1, 0, NULL);
    INSERT INTO queue_item VALUES (1, 0, 1, 0, 'audit', 0.5, 'v', 1, 0, 1, 0, 0),
        (1, 0, 2, 1, 'entropy', 0.5, 'v', 0, 0, 0, 1, 0), (1, 0, 3, 2, 'entropy', 0.5, 'v', 0, 0, 0, 0, 0);
    INSERT INTO assignment VALUES
        (x'10000000000000000000000000000001', 1, x'00000000000000000000000000000001', 4, 0, 1, 'training', NULL, NULL, NULL, 'answered', 0, 9),
        (x'10000000000000000000000000000002', 1, x'00000000000000000000000000000001', 1, 0, 0, 'audit', 0, 0.5, 'v', 'answered', 0, 9),
        (x'10000000000000000000000000000003', 1, x'00000000000000000000000000000002', 1, 0, 0, 'audit', 0, 0.5, 'v', 'answered', 0, 9),
        (x'10000000000000000000000000000004', 1, x'00000000000000000000000000000002', 2, 0, 0, 'entropy', 1, 0.5, 'v', 'open', 0, 9);
    INSERT INTO log_entry VALUES
        (1, x'20000000000000000000000000000001', 1, 0, x'10000000000000000000000000000001', 4, x'00000000000000000000000000000001', 2, NULL, NULL, 1, NULL, 1),
        (2, x'20000000000000000000000000000002', 1, 0, x'10000000000000000000000000000002', 1, x'00000000000000000000000000000001', 2, NULL, NULL, 0, NULL, 2),
        (3, x'20000000000000000000000000000003', 1, 0, x'10000000000000000000000000000003', 1, x'00000000000000000000000000000002', 0, NULL, NULL, 0, NULL, 3);
    INSERT INTO tally VALUES (1, 4, 0, 0, 1), (1, 1, 1, 0, 1);
    INSERT INTO participation VALUES (x'00000000000000000000000000000001', 1, 2),
        (x'00000000000000000000000000000002', 1, 1);
";

#[tokio::test]
async fn beliefs_of_an_older_database_are_folded_from_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("old.sqlite").display());
    let mut connection = sqlx::SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    connection.execute(FIRST).await.unwrap();
    connection.execute(CONTENTS).await.unwrap();
    // As if this program's first release had made it.
    let first = sqlx::migrate!("../../migrations/sqlite").migrations[0].clone();
    let ledger = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
        checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)";
    connection.execute(ledger).await.unwrap();
    let entry = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES ($1, $2, TRUE, $3, 0)";
    let query = sqlx::query(entry).bind(first.version).bind(first.description.to_string());
    query.bind(first.checksum.to_vec()).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();

    let store = Store::connect(&url, Arc::new(FixedClock::default())).await.unwrap();
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

    let slots = testkit::slots(1, 1);
    let held = store.assign(project, ada, slots, std::time::Duration::from_secs(9)).await.unwrap();
    testkit::answer_all(&store, ada, &held.assignments, Answer::NoLens).await;
    assert_eq!(store.verify(project).await.unwrap().mismatches, Vec::<String>::new());
    store.close().await;
}
