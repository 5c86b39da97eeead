//! SQLite: one writer connection behind a queue with group commit, and a pool of
//! readers. The writer is `writer.rs`; what is written is `body`.

mod checkpoint;
mod flush;
mod open;
mod writer;

#[path = "body/mod.rs"]
pub(crate) mod body;

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::{Connection as _, SqlitePool};

use crate::Result;

pub(crate) type Db = sqlx::Sqlite;
pub(crate) type Conn = sqlx::SqliteConnection;

/// What only SQLite says. Its writing transactions exclude each other, so no row needs a lock.
pub(crate) mod dialect {
    pub(crate) const LOCK_PROJECT: Option<&str> = None;
    pub(crate) const LOCK_ROLES: Option<&str> = None;
    pub(crate) const LOCKED_LEFT: Option<&str> = None;
    pub(crate) const LOCK_LOG_SHARED: Option<&str> = None;
    pub(crate) const LOCK_LOG_OF: Option<&str> = None;
    pub(crate) const LOCK_LOG_EXCLUSIVE: Option<&str> = None;
}

pub(crate) struct Database {
    readers: SqlitePool,
    writer: writer::Writer,
}

impl Database {
    pub(crate) async fn open(path: &str) -> Result<Self> {
        let connection = open::writer(path).await?;
        let readers = open::readers(path);
        let progress = Arc::new(checkpoint::Progress::default());
        tokio::spawn(checkpoint::serve(open::checkpointer(path).await?, Arc::downgrade(&progress)));
        let writer = writer::Writer::start(connection, flush::Flusher::start(path), progress);
        Ok(Self { readers, writer })
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Runs `work` on a reader.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send,
        T: Send,
    {
        let mut connection = self.readers.acquire().await?;
        work(&mut connection).await
    }

    /// Runs `work` on a reader, in a transaction that sees one state of the database.
    pub(crate) async fn snapshot<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send,
        T: Send,
    {
        let mut connection = self.readers.acquire().await?;
        let mut transaction = connection.begin().await?;
        let output = work(&mut transaction).await?;
        transaction.commit().await?;
        Ok(output)
    }

    /// Queues `work` for the writer; returns after the COMMIT that holds it is on the disk.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.writer.write(true, work).await
    }

    /// The same, returning after the COMMIT, which reaches the disk a little later (but before any
    /// later [`Self::write`] returns).
    pub(crate) async fn write_unhurried<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.writer.write(false, work).await
    }
}
