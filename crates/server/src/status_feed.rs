//! Live numbers: one task per watched project reads its status at most once per interval and tells
//! every listener when something changed. Nobody watching, nobody reading.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::ProjectId;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::MissedTickBehavior,
};

use crate::{
    config::ServerConfig,
    problem::Problem,
    public_numbers::{Numbers, PublicNumbers},
};

/// The latest status; `None` until the first reading.
pub(crate) type Latest = Option<Arc<PublicNumbers>>;

/// A place among the listeners: the numbers, and the permit that is given back when dropped.
pub(crate) struct Subscription {
    pub latest: watch::Receiver<Latest>,
    _permit: OwnedSemaphorePermit,
}

/// All feeds of a server.
pub(crate) struct StatusFeeds {
    numbers: Arc<Numbers>,
    interval: Duration,
    listeners: Arc<Semaphore>,
    feeds: Arc<Mutex<Feeds>>,
}

type Feeds = HashMap<ProjectId, watch::Sender<Latest>>;

impl StatusFeeds {
    pub fn new(numbers: Arc<Numbers>, config: &ServerConfig) -> Self {
        Self {
            numbers,
            interval: config.status_interval.max(Duration::from_millis(10)),
            listeners: Arc::new(Semaphore::new(config.max_event_streams)),
            feeds: Arc::default(),
        }
    }

    /// A new listener; starts reading the project if this is the first one.
    pub fn subscribe(&self, project: ProjectId) -> Result<Subscription, Problem> {
        let permit = Arc::clone(&self.listeners).try_acquire_owned().map_err(|_| Problem::busy())?;
        let mut feeds = lock(&self.feeds);
        let latest = match feeds.get(&project) {
            Some(feed) => feed.subscribe(),
            None => {
                let (feed, latest) = watch::channel(None);
                feeds.insert(project, feed.clone());
                let (numbers, feeds) = (Arc::clone(&self.numbers), Arc::clone(&self.feeds));
                tokio::spawn(read(numbers, project, feed, self.interval, feeds));
                latest
            }
        };
        Ok(Subscription { latest, _permit: permit })
    }
}

async fn read(
    numbers: Arc<Numbers>,
    project: ProjectId,
    feed: watch::Sender<Latest>,
    interval: Duration,
    feeds: Arc<Mutex<Feeds>>,
) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        {
            // Under the lock no new listener can join between the count and the removal.
            let mut feeds = lock(&feeds);
            if feed.receiver_count() == 0 {
                feeds.remove(&project);
                return;
            }
        }
        match numbers.of(project).await {
            Ok(numbers) => publish(&feed, numbers),
            Err(error) => tracing::warn!(%error, "the status could not be read; trying again"),
        }
    }
}

fn publish(feed: &watch::Sender<Latest>, numbers: PublicNumbers) {
    feed.send_if_modified(|latest| {
        let changed = latest.as_deref() != Some(&numbers);
        if changed {
            *latest = Some(Arc::new(numbers));
        }
        changed
    });
}

fn lock(feeds: &Mutex<Feeds>) -> MutexGuard<'_, Feeds> {
    feeds.lock().unwrap_or_else(PoisonError::into_inner)
}
