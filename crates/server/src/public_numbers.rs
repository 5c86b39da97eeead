//! What the numbers of a project say in public, and when. Answers and people are counted as they
//! come. Numbers about images move only after many answers: one that moved with a single answer
//! would tell whoever gave it what others had said about that image, or that it was a training
//! image, while the answer can still be taken back.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::ProjectId;
use store::{Outcomes, ProjectStatus, Store, StoreError};

/// A project's numbers as anybody may see them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PublicNumbers {
    /// Counts of answers and people, round and model are of now; `images`,
    /// `images_looked_at`, `queue_open`, `queue_done` and `candidates` are those last told.
    pub status: ProjectStatus,
    /// Last told with them.
    pub outcomes: Outcomes,
}

/// Reads the numbers, and remembers what was told last.
pub(crate) struct Numbers {
    store: Store,
    every_votes: u64,
    told: Mutex<HashMap<ProjectId, PublicNumbers>>,
}

/// On a large project the numbers about images, which take reading them all, move by no less than
/// this part.
const FINEST_SHARE: u64 = 500;

impl Numbers {
    pub fn new(store: Store, every_votes: u64) -> Self {
        Self { store, every_votes, told: Mutex::default() }
    }

    /// The numbers of a project.
    pub async fn of(&self, project: ProjectId) -> Result<PublicNumbers, StoreError> {
        let now = self.store.status_without_images(project).await?;
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).get(&project).cloned();
        if let Some(told) = told.filter(|told| !self.due(&told.status, &now)) {
            return Ok(told.with(now));
        }
        let status = self.store.status(project).await?;
        let fresh = PublicNumbers { status, outcomes: self.store.outcomes(project).await? };
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(project, fresh.clone());
        Ok(fresh)
    }

    /// Whether the numbers about images may move: many answers came, or were taken back, or the
    /// round went on.
    fn due(&self, told: &ProjectStatus, now: &ProjectStatus) -> bool {
        let answers = now.votes.abs_diff(told.votes);
        answers >= self.every_votes.max(told.votes / FINEST_SHARE)
            || (&now.round, &now.step) != (&told.round, &told.step)
    }
}

impl PublicNumbers {
    /// What was told about images, and everything else as it is now.
    fn with(self, now: ProjectStatus) -> Self {
        let told = self.status;
        let status = ProjectStatus {
            images: told.images,
            images_looked_at: told.images_looked_at,
            queue_open: told.queue_open,
            queue_done: told.queue_done,
            candidates: told.candidates,
            ..now
        };
        Self { status, outcomes: self.outcomes }
    }
}
