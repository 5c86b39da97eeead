//! A store on a fresh database, and the helper that runs one test on both kinds.

use std::{ops::Deref, sync::Arc};

use store::{DatabaseKind, Store};
use tempfile::TempDir;

use crate::{FixedClock, PostgresDatabase};

/// A store on a database of its own, which goes away with this value.
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    /// Where its database is, to open it a second time.
    pub url: String,
    /// Which database it is.
    pub kind: DatabaseKind,
    _home: Home,
}

/// What must outlive the store.
#[expect(dead_code, reason = "held for its Drop")]
enum Home {
    Folder(TempDir),
    Database(PostgresDatabase),
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// A store on a fresh SQLite file.
///
/// # Panics
/// When it cannot be made.
pub async fn sqlite_store() -> TestStore {
    let folder = tempfile::tempdir().expect("the temporary folder can be written");
    let url = format!("sqlite:{}", folder.path().join("test.sqlite").display());
    open(url, Home::Folder(folder)).await
}

/// A store on a fresh PostgreSQL database; `None`, with a line on standard error, where there is
/// no PostgreSQL.
///
/// # Panics
/// When it cannot be made.
pub async fn postgres_store() -> Option<TestStore> {
    let database = PostgresDatabase::create().await?;
    Some(open(database.url().to_owned(), Home::Database(database)).await)
}

async fn open(url: String, home: Home) -> TestStore {
    let clock = Arc::new(FixedClock::default());
    let store = Store::connect(&url, clock.clone()).await.expect("a fresh database opens");
    TestStore { kind: store.kind(), store, clock, url, _home: home }
}

/// Runs the same test on SQLite and, where there is one, on PostgreSQL.
///
/// # Panics
/// When the test does.
pub async fn both_stores<F: AsyncFn(TestStore)>(test: F) {
    eprintln!("on SQLite");
    test(sqlite_store().await).await;
    if let Some(store) = postgres_store().await {
        eprintln!("on PostgreSQL");
        test(store).await;
    }
}
