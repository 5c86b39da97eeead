//! The two schemas are the same, opening is safe, and what cannot be opened says why.

use std::{collections::BTreeMap, sync::Arc};

use sqlx::{Connection as _, Row as _};
use store::{Store, StoreError};
use testkit::{FixedClock, both_stores, postgres_store, project, sqlite_store};

const SQLITE_COLUMNS: &str =
    "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '_sqlx%'";
const POSTGRES_COLUMNS: &str = "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let Some(postgres) = postgres_store().await else { return };
    let sqlite = sqlite_store().await;
    let mut connection = sqlx::SqliteConnection::connect(&sqlite.url).await.unwrap();
    let mut of_sqlite = BTreeMap::<String, Vec<String>>::new();
    for row in sqlx::query(SQLITE_COLUMNS).fetch_all(&mut connection).await.unwrap() {
        of_sqlite.entry(row.get("t")).or_default().push(row.get("c"));
    }
    let mut connection = sqlx::PgConnection::connect(&postgres.url).await.unwrap();
    let mut of_postgres = BTreeMap::<String, Vec<String>>::new();
    for row in sqlx::query(POSTGRES_COLUMNS).fetch_all(&mut connection).await.unwrap() {
        of_postgres.entry(row.get("t")).or_default().push(row.get("c"));
    }
    for columns in of_sqlite.values_mut().chain(of_postgres.values_mut()) {
        columns.sort();
    }
    assert!(of_sqlite.contains_key("log_entry"));
    assert_eq!(of_sqlite, of_postgres);
}

#[test]
fn both_databases_have_the_same_migrations() {
    let versions = |kind: &str| {
        let folder = format!("{}/../../migrations/{kind}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        let mut names: Vec<_> = files.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(versions("sqlite"), versions("postgres"));
    assert!(!versions("sqlite").is_empty());
}

#[tokio::test]
async fn a_database_opened_again_is_the_same_database() {
    both_stores(async |store| {
        let id = project(&store, "p").await;
        store.close().await;
        let again = Store::connect(&store.url, Arc::new(FixedClock::default())).await.unwrap();
        assert_eq!(again.project("p").await.unwrap().unwrap().id, id);
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn two_processes_may_use_one_database() {
    both_stores(async |store| {
        let other = Store::connect(&store.url, Arc::new(FixedClock::default())).await.unwrap();
        let slugs: Vec<_> = (0..20).map(|i| format!("p-{i}")).collect();
        let writes = slugs.iter().enumerate().map(|(i, slug)| {
            let store = if i % 2 == 0 { &*store } else { &other };
            project(store, slug)
        });
        futures::future::join_all(writes).await;
        assert_eq!(other.projects().await.unwrap().len(), 20);
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_names_nothing_is_refused_by_sqlite_too() {
    let store = sqlite_store().await;
    let mut connection = sqlx::SqliteConnection::connect(&store.url).await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    assert_eq!(mode, "wal");
    let image = store::ImageRef {
        digest: domain::Digest::of(b"x"),
        width: 1,
        height: 1,
        pixel_scale_arcsec: None,
        encoding: store::ImageEncoding::Composite,
    };
    let row = store::PosteriorRow {
        subject: domain::SubjectId(5),
        p_votes: 0.5,
        p_joint: None,
        status: "open".into(),
        tally: domain::Tally::default(),
    };
    let batch = store::PosteriorBatch {
        round: 1,
        aggregator: "a".into(),
        high_water_mark: store::LogSeq::START,
        rows: vec![row],
    };
    let project = project(&store, "p").await;
    assert!(store.save_posteriors(project, batch).await.is_err(), "no such subject");
    assert!(store.set_images(project, vec![(domain::SubjectId(5), image)]).await.is_err());
}

#[tokio::test]
async fn what_is_no_database_says_what_to_do() {
    let clock = Arc::new(FixedClock::default());
    for (url, words) in [
        ("mysql://x", "write sqlite:<path> or postgres://"),
        ("sqlite:/no/such/folder/x.sqlite", "check that the folder exists"),
        ("postgres://me:secret@127.0.0.1:1/x", "check host, port"),
    ] {
        let refused = Store::connect(url, clock.clone()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Open { .. }));
        let text = refused.to_string();
        assert!(text.contains(words), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let words =
        "these are my notes, and they are much longer than the header of a database file. ".repeat(20);
    std::fs::write(&path, &words).unwrap();
    let refused =
        Store::connect(&format!("sqlite:{}", path.display()), Arc::new(FixedClock::default())).await;
    assert!(refused.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), words);
}
