//! Reviews by experts, on samples drawn with known probabilities, and the monitors computed from
//! them and from the votes. Drawing samples and computing monitors is left to `campaign`.

use domain::{ProjectId, SubjectId};
use serde_json::Value;

use crate::{
    Result, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// One expert's grade of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// What was graded.
    pub subject: SubjectId,
    /// By whom.
    pub reviewer: String,
    /// Whether it is a lens.
    pub lens: bool,
    /// The stratum it was drawn from.
    pub stratum: String,
    /// With which probability it was drawn, (0, 1].
    pub inclusion_probability: f64,
}

impl Store {
    /// Keeps grades; a reviewer's later grade of a subject replaces the earlier one.
    ///
    /// # Errors
    /// `Invalid` for a probability outside (0, 1], `NotFound` for a subject of another project;
    /// then nothing is kept.
    pub async fn save_reviews(&self, project: ProjectId, reviews: Vec<Review>) -> Result<()> {
        let wrong = |p: f64| !(p > 0.0 && p <= 1.0);
        if let Some(odd) = reviews.iter().find(|review| wrong(review.inclusion_probability)) {
            let reason = format!("not in (0, 1] for subject {}", odd.subject);
            return Err(StoreError::invalid("inclusion_probability", reason));
        }
        let now = self.now();
        write_on_backend!(self, "saving reviews", review::save(project, reviews, now))
    }

    /// All grades of a project, by subject and reviewer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reviews(&self, project: ProjectId) -> Result<Vec<Review>> {
        on_backend!(self, read, "reading reviews", review::of_project(project))
    }

    /// Keeps the monitors of a round; earlier ones of the same round are replaced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_monitors(&self, project: ProjectId, round: u32, monitors: Value) -> Result<()> {
        let now = self.now();
        write_on_backend!(self, "saving monitors", review::save_monitors(project, round, monitors, now))
    }

    /// The monitors of each round that has any, by round.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn monitors(&self, project: ProjectId) -> Result<Vec<(u32, Value)>> {
        on_backend!(self, read, "reading monitors", review::monitors(project))
    }
}
