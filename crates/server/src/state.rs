//! What every handler can reach.

use std::{ops::Deref, path::PathBuf, sync::Arc};

use domain::{Clock, Seed};
use store::Store;
use tokio::sync::watch;

use crate::{
    account::passwords::Passwords, config::ServerConfig, mail::Post, placing::queue::Placing,
    public_numbers::Numbers, quiz_gate::QuizGate, ranking::Rankings, rate_limit::Limiters,
    status_feed::StatusFeeds,
};

/// The server's state; clones share it.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What [`AppState`] shares.
pub struct Shared {
    /// Everything that lasts.
    pub store: Store,
    /// Folder of previews: `<first two digits>/<sha256>.webp`.
    pub images: PathBuf,
    /// The time, for limits and the start of the day.
    pub clock: Arc<dyn Clock>,
    /// Decides which slots hold training images. Keep it from volunteers.
    pub seed: Seed,
    /// The operator's settings.
    pub config: ServerConfig,
    pub(crate) limiters: Limiters,
    pub(crate) passwords: Passwords,
    pub(crate) post: Post,
    pub(crate) numbers: Arc<Numbers>,
    pub(crate) quiz_gate: QuizGate,
    pub(crate) feeds: StatusFeeds,
    pub(crate) rankings: Rankings,
    pub(crate) placing: Placing,
    /// Turns true when the server shuts down, so that event streams end.
    pub(crate) closing: watch::Sender<bool>,
}

impl AppState {
    /// A state over an open store and the folder with the images' previews.
    #[must_use]
    pub fn new(
        store: Store,
        images: PathBuf,
        clock: Arc<dyn Clock>,
        seed: Seed,
        config: ServerConfig,
    ) -> Self {
        let numbers = Arc::new(Numbers::new(store.clone(), config.numbers_every_votes));
        Self(Arc::new(Shared {
            limiters: Limiters::new(config.rate_limits),
            passwords: Passwords::new(config.password_cost),
            post: Post::new(config.mail.as_ref()),
            feeds: StatusFeeds::new(Arc::clone(&numbers), &config),
            rankings: Rankings::new(store.clone(), config.ranking_every),
            placing: Placing::new(config.placing.clone()),
            numbers,
            quiz_gate: QuizGate::default(),
            closing: watch::channel(false).0,
            store,
            images,
            clock,
            seed,
            config,
        }))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
