//! Opens a SQLite file the one safe way: WAL, `synchronous = NORMAL` (with the flush
//! after each commit done by `flush`, so that it is as durable as `FULL`), foreign keys
//! on, never a SQLite that can corrupt a WAL database, migrations applied.

use std::time::Duration;

use sqlx::{
    ConnectOptions as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Result, StoreError, sql};

/// How long a connection waits for another process that holds the write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads are short; more readers than this only compete for the same cores.
const READERS: u32 = 4;

/// Pages each connection keeps, in KiB (as SQLite writes it: negative). What handing out and voting touch
/// fits in the writer's; SQLite's own 2 MB would be read from the system again and again.
const WRITER_CACHE: &str = "-65536";
const READER_CACHE: &str = "-16384";

/// Rows that may wait for whoever reads them: all of the widest search, so that neither thread stops for the
/// other in its middle.
const ROWS_AHEAD: usize = 256;

/// The first release without the WAL-reset bug (two connections that write and checkpoint
/// at once could corrupt the file).
const OLDEST_SAFE: [u32; 3] = [3, 51, 3];

fn options(path: &str) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .statement_cache_capacity(200)
        .row_buffer_size(ROWS_AHEAD)
}

/// Tries of the migrations when another process opens the same new file at the same moment.
const ATTEMPTS: u32 = 5;

/// The only connection that writes; created, checked and migrated.
pub(super) async fn writer(path: &str) -> Result<SqliteConnection> {
    create_private(path);
    let mut connection = options(path)
        .create_if_missing(true)
        .pragma("cache_size", WRITER_CACHE)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .connect()
        .await
        .map_err(|error| StoreError::Open {
            url: format!("sqlite:{path}"),
            reason: format!("{error}; check that the folder exists, can be written and is no network drive"),
        })?;
    let version: String = sqlx::query_scalar(sql::SQLITE_VERSION).fetch_one(&mut connection).await?;
    if !is_safe(&version) {
        return Err(StoreError::SqliteTooOld { found: version });
    }
    let mut attempt = 1;
    while let Err(error) = sqlx::migrate!("../../migrations/sqlite").run(&mut connection).await {
        if attempt == ATTEMPTS {
            return Err(error.into());
        }
        tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
        attempt += 1;
    }
    for statement in [sql::NO_AUTOCHECKPOINT, sql::LOG_SIZE_LIMIT, sql::WAIT_LONG] {
        sqlx::query(statement).fetch_optional(&mut connection).await?;
    }
    Ok(connection)
}

/// The connection that moves what was committed into the database file.
pub(super) async fn checkpointer(path: &str) -> Result<SqliteConnection> {
    Ok(options(path).synchronous(SqliteSynchronous::Full).connect().await?)
}

/// Makes a new file that only its owner can read: it will hold addresses and password hashes.
/// SQLite gives the files beside it the same permissions.
fn create_private(path: &str) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Whatever is wrong (most often: it exists) is found, and told better, when SQLite opens it.
    options.open(path).ok();
}

pub(super) fn readers(path: &str) -> SqlitePool {
    let options = options(path).read_only(true).pragma("cache_size", READER_CACHE);
    // A file does not go away as a server does: asking each time whether it is there costs as much as a read.
    SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false).connect_lazy_with(options)
}

/// Whether this release is free of the WAL-reset bug.
fn is_safe(version: &str) -> bool {
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = [(); 3].map(|()| numbers.next().unwrap_or(0));
    found >= OLDEST_SAFE
}

#[cfg(test)]
mod tests {
    use super::{is_safe, writer};

    #[tokio::test]
    async fn the_writer_leaves_flushes_and_checkpoints_to_others_and_checks_references() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = writer(folder.path().join("x.sqlite").to_str().unwrap()).await.unwrap();
        for (pragma, wanted) in [
            ("PRAGMA synchronous", 1),
            ("PRAGMA wal_autocheckpoint", 0),
            ("PRAGMA foreign_keys", 1),
            ("PRAGMA busy_timeout", 10_000),
        ] {
            let found: i64 = sqlx::query_scalar(pragma).fetch_one(&mut connection).await.unwrap();
            assert_eq!(found, wanted, "{pragma}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_new_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        let connection = writer(path.to_str().unwrap()).await.unwrap();
        for name in ["x.sqlite", "x.sqlite-wal"] {
            let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        drop(connection);
    }

    #[tokio::test]
    async fn many_may_open_a_new_file_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        let path = path.to_str().unwrap();
        for outcome in futures::future::join_all((0..6).map(|_| writer(path))).await {
            outcome.unwrap();
        }
    }

    #[test]
    fn releases_with_the_wal_reset_bug_are_refused() {
        for old in ["3.46.0", "3.51.2", "2.99.99", "nonsense"] {
            assert!(!is_safe(old), "{old}");
        }
        for good in ["3.51.3", "3.53.0", "4.0.0"] {
            assert!(is_safe(good), "{good}");
        }
    }
}
