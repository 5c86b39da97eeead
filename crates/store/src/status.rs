//! The numbers of the live page.

use domain::{Digest, ProjectId, Timestamp};

use crate::{Result, Store, store::on_backend};

/// Where a project stands, in numbers that tell nothing about any single image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectStatus {
    /// The project.
    pub slug: String,
    /// The last round begun.
    pub round: Option<u32>,
    /// The step under way, or the next one, while that round runs.
    pub step: Option<String>,
    /// Survey images.
    pub images: u64,
    /// Survey images with at least one vote.
    pub images_looked_at: u64,
    /// Votes not taken back, those on training images included.
    pub votes: u64,
    /// People with at least one vote.
    pub volunteers: u64,
    /// Subjects of the last queue that need more votes.
    pub queue_open: u64,
    /// Subjects of the last queue that need none.
    pub queue_done: u64,
    /// Survey subjects more likely a lens than not, after the last aggregated round.
    pub candidates: u64,
    /// The network in use: version and digest.
    pub model: Option<(String, Digest)>,
    /// When a vote or a step last changed something.
    pub updated_at: Timestamp,
}

impl Store {
    /// Where a project stands.
    ///
    /// # Errors
    /// `NotFound` when there is no such project.
    pub async fn status(&self, project: ProjectId) -> Result<ProjectStatus> {
        let of_images = true;
        on_backend!(self, snapshot, "reading the status", status::status(project, of_images))
    }

    /// The same without the numbers about images, which take reading them all: those are 0. For every
    /// request.
    ///
    /// # Errors
    /// As [`Store::status`].
    pub async fn status_without_images(&self, project: ProjectId) -> Result<ProjectStatus> {
        let of_images = false;
        on_backend!(self, snapshot, "reading the status", status::status(project, of_images))
    }
}
