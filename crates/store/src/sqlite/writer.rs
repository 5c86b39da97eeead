//! Group commit: one task owns the writing connection, takes every request that
//! is waiting and runs them in one transaction. Whoever needs it on the disk is
//! answered by `flush`, after the disk has it, while the next transaction is already
//! running; the others after COMMIT. A request alone does not wait for company.
//!
//! One that fails is undone alone: the batch is then run again with a savepoint for each. Most batches have none that
//! fails, and savepoints are a fifth of their statements.

use std::{any::Any, future::Future, panic::AssertUnwindSafe, pin::Pin};

use futures::{FutureExt as _, future::BoxFuture};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::{mpsc, oneshot};

use std::sync::{Arc, atomic::Ordering};

use super::{
    Conn,
    checkpoint::{self, Progress},
    flush::{Flusher, Waiting},
};
use crate::{Result, StoreError, sql};

/// Requests that share one COMMIT at most.
const LARGEST_BATCH: usize = 256;

/// Requests that may wait before callers have to.
const WAITING_ROOM: usize = 1024;

/// Something that writes, remembers its result, and is answered after the COMMIT.
trait Request: Send {
    /// Writes; an error means that the savepoint is rolled back.
    fn run<'c>(&'c mut self, connection: &'c mut Conn) -> BoxFuture<'c, Result<()>>;
    /// Whether the caller is promised that it is on the disk.
    fn is_durable(&self) -> bool;
    /// Answers the caller: what `run` made, or the error that undid it.
    fn answer(self: Box<Self>, outcome: Result<()>);
}

struct Pending<T, F> {
    work: F,
    output: Option<T>,
    durable: bool,
    caller: oneshot::Sender<Result<T>>,
}

impl<T, F> Request for Pending<T, F>
where
    F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send,
    T: Send,
{
    fn run<'c>(&'c mut self, connection: &'c mut Conn) -> BoxFuture<'c, Result<()>> {
        Box::pin(async move {
            self.output = Some((self.work)(connection).await?);
            Ok(())
        })
    }

    fn is_durable(&self) -> bool {
        self.durable
    }

    fn answer(self: Box<Self>, outcome: Result<()>) {
        let Self { output, caller, .. } = *self;
        let answer = outcome.and_then(|()| output.ok_or(StoreError::Closed));
        // The caller may be gone; what was committed stays committed.
        drop(caller.send(answer));
    }
}

enum Message {
    Write(Box<dyn Request>),
    Close(oneshot::Sender<()>),
}

/// The way to the writing task. The task ends when this is dropped or closed.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

impl Writer {
    pub(super) fn start(connection: Conn, flusher: Flusher, progress: Arc<Progress>) -> Self {
        let (queue, requests) = mpsc::channel(WAITING_ROOM);
        tokio::spawn(serve(connection, requests, flusher, progress));
        Self { queue }
    }

    /// Returns after the COMMIT; if `durable`, after it is on the disk.
    pub(super) async fn write<T, F>(&self, durable: bool, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Conn) -> BoxFuture<'c, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let request = Box::new(Pending { work, output: None, durable, caller });
        self.queue.send(Message::Write(request)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Returns when everything queued before is committed and the connection is closed.
    pub(super) async fn close(&self) {
        let (sender, closed) = oneshot::channel();
        if self.queue.send(Message::Close(sender)).await.is_ok() {
            drop(closed.await);
        }
    }
}

async fn serve(
    mut connection: Conn,
    mut requests: mpsc::Receiver<Message>,
    flusher: Flusher,
    progress: Arc<Progress>,
) {
    let mut closing = None;
    while closing.is_none() {
        let Some(first) = requests.recv().await else { break };
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Write(request) => batch.push(request),
                Message::Close(sender) => {
                    closing = Some(sender);
                    break;
                }
            }
            next = if batch.len() < LARGEST_BATCH { requests.try_recv().ok() } else { None };
        }
        if !batch.is_empty() {
            progress.committed.fetch_add(batch.len() as u64, Ordering::Relaxed);
            commit(&mut connection, batch, &flusher).await;
        }
        if progress.is_overgrown() {
            checkpoint::begin_anew(&mut connection, &progress).await;
        }
    }
    requests.close();
    flusher.close().await;
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the SQLite writer did not close cleanly; the file is repaired when opened again");
    }
    if let Some(sender) = closing {
        // Whoever asked may be gone.
        sender.send(()).ok();
    }
}

/// Runs the batch in one transaction and sees to it that everyone is answered.
async fn commit(connection: &mut Conn, mut batch: Vec<Box<dyn Request>>, flusher: &Flusher) {
    if flusher.is_broken() {
        return batch.into_iter().for_each(|request| request.answer(Err(StoreError::Closed)));
    }
    let outcomes = match attempt(connection, &mut batch).await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            tracing::error!(%error, requests = batch.len(), "a batch of writes could not be committed");
            // Fails when the transaction never began or SQLite already undid it: then nothing is left to undo.
            drop(connection.execute(sql::ROLLBACK).await);
            batch.iter().map(|_| Err(error.clone())).collect()
        }
    };
    let mut waiting = Vec::new();
    for (request, outcome) in batch.into_iter().zip(outcomes) {
        if outcome.is_ok() && request.is_durable() {
            waiting.push(Box::new(move |flushed| request.answer(flushed)) as Waiting);
        } else {
            request.answer(outcome);
        }
    }
    if !waiting.is_empty() {
        flusher.committed(waiting);
    }
}

/// The outcome of each request, after COMMIT; an error means that nothing was committed.
async fn attempt(connection: &mut Conn, batch: &mut [Box<dyn Request>]) -> Result<Vec<Result<()>>> {
    match together(connection, batch).await? {
        Ok(()) => Ok(batch.iter().map(|_| Ok(())).collect()),
        Err(error) if batch.len() == 1 => Ok(vec![Err(error)]),
        Err(_) => one_by_one(connection, batch).await,
    }
}

/// All of them or, with the inner error, none.
async fn together(connection: &mut Conn, batch: &mut [Box<dyn Request>]) -> Result<Result<()>> {
    connection.execute(sql::BEGIN_IMMEDIATE).await?;
    for request in batch {
        let outcome = caught(request.run(connection)).await;
        if outcome.is_err() {
            connection.execute(sql::ROLLBACK).await?;
            return Ok(outcome);
        }
    }
    connection.execute(sql::COMMIT).await?;
    Ok(Ok(()))
}

/// Those that can be; each of the others is undone alone.
async fn one_by_one(connection: &mut Conn, batch: &mut [Box<dyn Request>]) -> Result<Vec<Result<()>>> {
    connection.execute(sql::BEGIN_IMMEDIATE).await?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for request in batch {
        connection.execute(sql::SAVEPOINT).await?;
        let outcome = caught(request.run(connection)).await;
        if outcome.is_err() {
            connection.execute(sql::ROLLBACK_TO).await?;
        }
        connection.execute(sql::RELEASE).await?;
        outcomes.push(outcome);
    }
    connection.execute(sql::COMMIT).await?;
    Ok(outcomes)
}

/// A panic inside one request is that request's error, not the end of the writer.
async fn caught(run: Pin<Box<dyn Future<Output = Result<()>> + Send + '_>>) -> Result<()> {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|panic| {
        let words = describe(panic.as_ref());
        tracing::error!(%words, "a write panicked and was undone");
        Err(StoreError::conflict("internal error", words))
    })
}

fn describe(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::future::join_all;

    use super::{super::open, *};

    const MAKE: &str = "INSERT INTO project (slug, name, description, spec, active, created_at)
        VALUES ($1, '', '', '{}', 1, 0)";

    /// Writes a row, then ends well, in an error, or in a panic.
    async fn request(writer: &Writer, number: usize) -> Result<usize> {
        writer
            .write(number.is_multiple_of(2), move |connection| {
                Box::pin(async move {
                    sqlx::query(MAKE).bind(format!("p-{number}")).execute(&mut *connection).await?;
                    match number % 3 {
                        0 => Ok(number),
                        1 => Err(StoreError::AddressTaken),
                        _ => panic!("a bug in one request"),
                    }
                })
            })
            .await
    }

    #[tokio::test]
    async fn a_request_that_fails_or_panics_is_undone_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        let path = path.to_str().unwrap();
        let connection = open::writer(path).await.unwrap();
        let writer = Writer::start(connection, Flusher::start(path), Arc::default());
        let outcomes = join_all((0..30).map(|number| request(&writer, number))).await;
        for (number, outcome) in outcomes.into_iter().enumerate() {
            match number % 3 {
                0 => assert_eq!(outcome.unwrap(), number),
                1 => assert!(matches!(outcome, Err(StoreError::AddressTaken))),
                _ => assert!(outcome.unwrap_err().to_string().contains("a bug in one request")),
            }
        }
        let alone = request(&writer, 31).await;
        assert!(matches!(alone, Err(StoreError::AddressTaken)), "{alone:?}");
        writer.close().await;
        assert!(matches!(request(&writer, 33).await, Err(StoreError::Closed)));

        let readers = open::readers(path);
        let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM project").fetch_one(&readers).await.unwrap();
        assert_eq!(kept, 10);
    }

    /// Somebody is always reading, as on a busy server.
    #[tokio::test]
    async fn the_log_does_not_grow_for_ever_while_others_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        let path = path.to_str().unwrap();
        let connection = open::writer(path).await.unwrap();
        let mut checkpointer = open::checkpointer(path).await.unwrap();
        let progress = Arc::new(Progress::with_limit(100));
        let writer = Writer::start(connection, Flusher::start(path), progress.clone());
        let readers = open::readers(path);
        for late in [0, 4] {
            let readers = readers.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(late)).await;
                loop {
                    let mut reading = readers.begin().await.unwrap();
                    sqlx::query("SELECT COUNT(*) FROM project").fetch_one(&mut *reading).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(8)).await;
                    reading.commit().await.unwrap();
                }
            });
        }
        let log = || std::fs::metadata(format!("{path}-wal")).unwrap().len();
        let mut longest = 0;
        for round in 0..30 {
            for number in 0..60 {
                // Three of them, as only they are committed.
                request(&writer, 3 * (round * 60 + number)).await.unwrap();
            }
            checkpoint::catch_up(&mut checkpointer, &progress).await.unwrap();
            longest = longest.max(log());
        }
        // 60 rows of a round are 180 pages and more.
        assert!(longest < 8 * 180 * 4_096, "{longest} bytes");
        writer.close().await;
    }
}
