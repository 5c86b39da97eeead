//! PostgreSQL: one pool; each write is a transaction of its own that is tried
//! again when the server says that it collided with another.

#[path = "body/mod.rs"]
pub(crate) mod body;

use std::{str::FromStr as _, time::Duration};

use futures::future::BoxFuture;
use sqlx::{
    Connection as _, Executor as _, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{Result, StoreError, sql};

pub(crate) type Db = sqlx::Postgres;
pub(crate) type Conn = sqlx::PgConnection;

/// What only PostgreSQL says: the locks that SQLite's single writer makes needless.
pub(crate) mod dialect {
    use crate::sql::postgres;

    pub(crate) const LOCK_PROJECT: Option<&str> = Some(postgres::LOCK_PROJECT);
    pub(crate) const LOCK_ROLES: Option<&str> = Some(postgres::LOCK_ROLES);
    pub(crate) const LOCKED_LEFT: Option<&str> = Some(postgres::LEFT);
    pub(crate) const LOCK_LOG_SHARED: Option<&str> = Some(postgres::LOCK_LOG_SHARED);
    pub(crate) const LOCK_LOG_OF: Option<&str> = Some(postgres::LOCK_LOG_OF);
    pub(crate) const LOCK_LOG_EXCLUSIVE: Option<&str> = Some(postgres::LOCK_LOG_EXCLUSIVE);
}

const CONNECTIONS: u32 = 16;
const PATIENCE: Duration = Duration::from_secs(30);

/// Tries of one transaction that keeps colliding; the waits add up to about 2.5 s.
const ATTEMPTS: u32 = 9;

pub(crate) struct Database {
    pool: PgPool,
}

impl Database {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let refused = |error: sqlx::Error| StoreError::Open {
            url: without_password(url),
            reason: format!("{error}; check host, port, database, user and password"),
        };
        let options = PgConnectOptions::from_str(url).map_err(refused)?.application_name("lensfinder");
        // A connection of its own for the schema: it tells at once when nobody answers, and the
        // pool never holds a statement that was prepared before a migration.
        let mut first = sqlx::PgConnection::connect_with(&options).await.map_err(refused)?;
        sqlx::migrate!("../../migrations/postgres").run(&mut first).await?;
        first.close().await?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(sql::postgres::SETUP).await.map(drop) })
            })
            .connect_lazy_with(options);
        Ok(Self { pool })
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Runs `work` on any connection.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send,
        T: Send,
    {
        let mut connection = self.pool.acquire().await?;
        work(&mut connection).await
    }

    /// Runs `work` in a transaction that sees one state of the database.
    pub(crate) async fn snapshot<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send,
        T: Send,
    {
        let mut transaction = self.pool.begin_with(sql::postgres::BEGIN_SNAPSHOT).await?;
        let output = work(&mut transaction).await?;
        transaction.commit().await?;
        Ok(output)
    }

    /// Runs `work` in a transaction; returns after its COMMIT is on the disk.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.write_with(sql::postgres::BEGIN, work).await
    }

    /// Runs `work` in a transaction; returns after its COMMIT, which reaches the disk a little later
    /// (but before any later [`Self::write`] returns).
    pub(crate) async fn write_unhurried<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.write_with(sql::postgres::BEGIN_UNHURRIED, work).await
    }

    async fn write_with<T, F>(&self, begin: &'static str, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let mut attempt = 1;
        loop {
            match self.attempt(begin, &work).await {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                    tracing::debug!(attempt, "a transaction collided and is tried again");
                    tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn attempt<T, F>(&self, begin: &'static str, work: &F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>>,
    {
        let mut transaction = self.pool.begin_with(begin).await?;
        let output = work(&mut transaction).await?;
        transaction.commit().await?;
        Ok(output)
    }
}

/// The address as it may stand in a log.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://…".to_owned() };
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{}", place.split_once('?').map_or(place, |(place, _)| place))
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn an_address_in_a_log_has_no_password() {
        let shown = without_password("postgres://me:se@cret@db.example/lens?password=x");
        assert_eq!(shown, "postgres://db.example/lens");
    }
}
