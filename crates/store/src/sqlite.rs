//! SQLite: one writer connection behind a queue with group commit, and a pool of
//! readers. The writer is `writer.rs`; what is written is `body`.

mod open;
mod writer;

#[path = "body/mod.rs"]
pub(crate) mod body;

use futures::future::BoxFuture;
use sqlx::{Connection as _, SqlitePool};

use crate::Result;

pub(crate) type Db = sqlx::Sqlite;
pub(crate) type Conn = sqlx::SqliteConnection;

/// What only SQLite says. Its writing transactions exclude each other, so no row needs a lock.
pub(crate) mod dialect {
    pub(crate) const LOCK_PROJECT: Option<&str> = None;
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
        Ok(Self { readers, writer: writer::Writer::start(connection) })
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

    /// Queues `work` for the writer; returns after the COMMIT that holds it.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.writer.write(work).await
    }
}
