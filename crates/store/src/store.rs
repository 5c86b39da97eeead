//! The handle every other crate holds: opens a database, knows which of the two
//! backends it is, and hands each operation to it. The operations themselves are
//! `impl Store` blocks in the file of the thing they are about.

use std::sync::Arc;

use domain::{Clock, Timestamp, truncate_to_micros};
use tokio::sync::watch;

use crate::{Result, StoreError, postgres, rules::RulesCache, sqlite};

/// The application database. Cloning is cheap; all clones share one writer and one pool.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    clock: Arc<dyn Clock>,
    changes: watch::Sender<u64>,
    rules: Arc<RulesCache>,
}

/// One variant per database; both know the same verbs (`read`, `snapshot`, `write`).
pub(crate) enum Backend {
    Sqlite(sqlite::Database),
    Postgres(postgres::Database),
}

/// Which database is behind a [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// One file, one writer.
    Sqlite,
    /// A server.
    Postgres,
}

impl Store {
    /// Opens `sqlite:<path>` (the file is created, its folder must exist) or `postgres://…`
    /// and brings the schema up to date (and the beliefs, if the database comes from before they
    /// were kept).
    ///
    /// # Errors
    /// When the address is neither, the database cannot be reached, its schema comes from a
    /// newer program, or this SQLite is one that can corrupt files.
    pub async fn connect(url: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let backend = if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            Backend::Sqlite(sqlite::Database::open(path).await?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Backend::Postgres(postgres::Database::open(url).await?)
        } else {
            let reason = "write sqlite:<path> or postgres://<user>@<host>/<database>".to_owned();
            return Err(StoreError::Open { url: url.chars().take(12).collect(), reason });
        };
        let changes = watch::Sender::new(0);
        let rules = Arc::new(RulesCache::default());
        let store = Self { inner: Arc::new(Inner { backend, clock, changes, rules }) };
        store.refold_stale().await?;
        Ok(store)
    }

    /// Lets what was already asked for finish, then closes every connection.
    pub async fn close(&self) {
        match &self.inner.backend {
            Backend::Sqlite(database) => database.close().await,
            Backend::Postgres(database) => database.close().await,
        }
    }

    /// Which database this is.
    #[must_use]
    pub fn kind(&self) -> DatabaseKind {
        match &self.inner.backend {
            Backend::Sqlite(_) => DatabaseKind::Sqlite,
            Backend::Postgres(_) => DatabaseKind::Postgres,
        }
    }

    /// A number that grows with every write made through this handle or its clones.
    /// Writes of other processes are not seen here.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.inner.backend
    }

    pub(crate) fn rules_cache(&self) -> Arc<RulesCache> {
        Arc::clone(&self.inner.rules)
    }

    /// Now, as both databases can hold it.
    pub(crate) fn now(&self) -> Timestamp {
        truncate_to_micros(self.inner.clock.now())
    }

    pub(crate) fn changed(&self) {
        self.inner.changes.send_modify(|count| *count += 1);
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

/// Runs `body::<module>::<function>(connection, &argument, …)` on whichever backend is behind
/// `$store`: `read` on any connection, `snapshot` in a read-only transaction that sees one state,
/// `write` in a writing transaction that is committed before this returns.
///
/// The arguments are plain variables: they move into a shared tuple because a write may be tried
/// more than once and outlives the caller when the caller is dropped.
macro_rules! on_backend {
    ($store:expr, $verb:ident, $doing:literal, $module:ident :: $function:ident ( $($arg:ident),* )) => {{
        let arguments = std::sync::Arc::new(($($arg,)*));
        let outcome = match $store.backend() {
            $crate::store::Backend::Sqlite(database) => database.$verb(move |connection| {
                let arguments = std::sync::Arc::clone(&arguments);
                Box::pin(async move {
                    let ($($arg,)*) = &*arguments;
                    $crate::sqlite::body::$module::$function(connection, $($arg),*).await
                })
            }).await,
            $crate::store::Backend::Postgres(database) => database.$verb(move |connection| {
                let arguments = std::sync::Arc::clone(&arguments);
                Box::pin(async move {
                    let ($($arg,)*) = &*arguments;
                    $crate::postgres::body::$module::$function(connection, $($arg),*).await
                })
            }).await,
        };
        outcome.map_err(|error: $crate::StoreError| error.while_doing($doing))
    }};
}

/// [`on_backend!`] with `write` (or the verb given first), which also tells [`Store::changes`].
macro_rules! write_on_backend {
    ($store:expr, $doing:literal, $module:ident :: $function:ident ( $($arg:ident),* )) => {
        $crate::store::write_on_backend!($store, write, $doing, $module::$function($($arg),*))
    };
    ($store:expr, $verb:ident, $doing:literal, $module:ident :: $function:ident ( $($arg:ident),* )) => {{
        let outcome = $crate::store::on_backend!($store, $verb, $doing, $module::$function($($arg),*));
        if outcome.is_ok() {
            $store.changed();
        }
        outcome
    }};
}

pub(crate) use {on_backend, write_on_backend};
