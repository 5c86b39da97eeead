//! A server on a port of its own over a project that is large enough for a crowd.

use std::{sync::Arc, time::Duration};

use consensus::live::Settings;
use domain::{Digest, ProjectId, RetirementRule, Seed};
use server::{AppState, ServerConfig};
use store::SessionLimits;
use testkit::TestStore;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::person::Person;

/// The project they all work on.
pub const SLUG: &str = "arcs";

/// The round they all work in.
pub const ROUND: u32 = 1;

/// The settings an operator would start with, rate limits and training images included.
pub fn like_a_real_server() -> ServerConfig {
    ServerConfig::default()
}

const RULE: RetirementRule = RetirementRule { min_votes: 3, max_votes: 5 };

/// What the project holds.
pub struct Size {
    pub survey: usize,
    /// Lenses, and as many non-lenses.
    pub training: usize,
    /// Votes the round may spend.
    pub budget: u64,
    /// When an image has been asked about often enough.
    pub settings: Settings,
}

/// A running server.
pub struct Site {
    pub store: TestStore,
    pub project: ProjectId,
    base: String,
    http: reqwest::Client,
    _images: tempfile::TempDir,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Site {
    pub async fn start(store: TestStore, size: &Size, config: ServerConfig) -> Self {
        let project = testkit::project(&store, SLUG).await;
        let survey = testkit::survey_subjects(&store, project, size.survey).await;
        testkit::training_subjects(&store, project, size.training, size.training).await;
        testkit::queue(&store, project, ROUND, &survey, RULE, size.budget).await;
        store.configure(project, &size.settings).await.expect("settings");
        let images = tempfile::tempdir().expect("a folder");
        let clock = Arc::clone(&store.clock);
        let folder = images.path().to_owned();
        let state = AppState::new(store.store.clone(), folder, clock, Seed::root(7), config);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(server::serve(state, listener, async move {
            let _ = stopped.await;
        }));
        let http = reqwest::Client::builder().build().expect("a client");
        Self { store, project, base, http, _images: images, stop, task }
    }

    /// Volunteers with accounts and sessions of their own; made in the database, because two hundred
    /// password hashes are not what is tested here.
    pub async fn people(&self, count: u64) -> Vec<Person> {
        let mut people = Vec::new();
        for number in 0..count {
            let name = format!("volunteer{number}");
            let id = testkit::volunteer(&self.store, &name).await;
            let token = Digest::of(name.as_bytes()).to_string();
            let limits = SessionLimits {
                idle: Duration::from_secs(14 * 24 * 3600),
                absolute: Duration::from_secs(90 * 24 * 3600),
            };
            self.store.create_session(Digest::of(token.as_bytes()), id, limits).await.expect("a session");
            let seed = Seed::root(11).index(number);
            people.push(Person::new(self.http.clone(), self.base.clone(), &token, id, seed));
        }
        people
    }

    /// Stops the server and waits until it has.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.expect("no panic").expect("a clean end");
    }
}
