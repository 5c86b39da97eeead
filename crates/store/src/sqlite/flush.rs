//! What makes a commit durable: the flush of SQLite's log file, on a thread of its own, so that the
//! next transaction need not wait for the disk. Requests are answered here, after the flush that
//! holds them; one flush serves everything committed before it.
//!
//! The writing connection runs with `synchronous = NORMAL`: SQLite then does exactly what it does
//! with `FULL`, except for this one flush after each commit.

use std::{
    fs::{File, OpenOptions},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use tokio::sync::oneshot;

use crate::{Result, StoreError};

/// What waits for the disk: called with how the flush ended.
pub(super) type Waiting = Box<dyn FnOnce(Result<()>) + Send>;

enum Message {
    Committed(Vec<Waiting>),
    Close(oneshot::Sender<()>),
}

/// The way to the flushing thread, which ends when this is dropped.
pub(super) struct Flusher {
    queue: mpsc::Sender<Message>,
    /// After a failed flush nobody knows what is on the disk: nothing more is promised until the
    /// database is opened again.
    broken: Arc<AtomicBool>,
}

impl Flusher {
    /// For the database at this path; its log file exists as soon as something was committed.
    pub(super) fn start(database: &str) -> Self {
        let (queue, messages) = mpsc::channel();
        let broken = Arc::new(AtomicBool::new(false));
        let log = PathBuf::from(format!("{database}-wal"));
        let told = Arc::clone(&broken);
        thread::spawn(move || serve(&log, &messages, &told));
        Self { queue, broken }
    }

    /// Answers these after the next flush.
    pub(super) fn committed(&self, waiting: Vec<Waiting>) {
        if let Err(mpsc::SendError(Message::Committed(waiting))) =
            self.queue.send(Message::Committed(waiting))
        {
            waiting.into_iter().for_each(|answer| answer(Err(StoreError::Closed)));
        }
    }

    /// Whether a flush has failed.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Returns when everybody is answered.
    pub(super) async fn close(&self) {
        let (sender, closed) = oneshot::channel();
        if self.queue.send(Message::Close(sender)).is_ok() {
            drop(closed.await);
        }
    }
}

fn serve(log: &std::path::Path, messages: &mpsc::Receiver<Message>, broken: &AtomicBool) {
    let mut file = None;
    while let Ok(first) = messages.recv() {
        let (mut waiting, mut closing) = (Vec::new(), None);
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Committed(more) => waiting.extend(more),
                Message::Close(sender) => closing = Some(sender),
            }
            next = messages.try_recv().ok();
        }
        let outcome = if waiting.is_empty() { Ok(()) } else { flush(log, &mut file, broken) };
        waiting.into_iter().for_each(|answer| answer(outcome.clone()));
        if let Some(sender) = closing {
            // Whoever asked may be gone.
            sender.send(()).ok();
            return;
        }
    }
}

fn flush(log: &std::path::Path, file: &mut Option<File>, broken: &AtomicBool) -> Result<()> {
    let flushed = match file {
        Some(file) => file.sync_data(),
        None => OpenOptions::new().read(true).write(true).open(log).and_then(|opened| {
            opened.sync_data()?;
            *file = Some(opened);
            Ok(())
        }),
    };
    flushed.map_err(|error| {
        broken.store(true, Ordering::Release);
        tracing::error!(%error, "the database could not be flushed to the disk; nothing more is written");
        StoreError::from(sqlx::Error::Io(error))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flush_that_fails_is_told_and_nothing_is_promised_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("no/such/folder/x.sqlite");
        let flusher = Flusher::start(nowhere.to_str().unwrap());
        let (sender, told) = oneshot::channel();
        flusher.committed(vec![Box::new(|outcome| drop(sender.send(outcome)))]);
        assert!(matches!(told.await.unwrap(), Err(StoreError::Database { .. })));
        assert!(flusher.is_broken());
        flusher.close().await;
    }
}
