//! What is believed of each subject now: kept up to date by the transaction of every vote, undo,
//! refit and new network score.

use std::collections::HashMap;

use consensus::live::{Belief, Evidence, Outcome, TruthKind};
use domain::{ProjectId, SubjectId, Tally};

use crate::{
    Result, Store, StoreError,
    store::{on_backend, write_on_backend},
};

/// Scores written in one transaction, so that votes get in between.
const CHUNK: usize = 1000;

/// The belief about one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct BeliefRow {
    /// The subject.
    pub subject: SubjectId,
    /// Its truth if it is a training image.
    pub truth: Option<TruthKind>,
    /// What its votes say.
    pub evidence: Evidence,
    /// Its votes that stand.
    pub tally: Tally,
    /// The network's probability of a lens.
    pub network: Option<f64>,
    /// The network.
    pub model_version: Option<String>,
    /// Both posteriors.
    pub belief: Belief,
    /// Where it stands; always open for a training image.
    pub outcome: Outcome,
    /// Further votes it may have in flight.
    pub wanted: u32,
    /// Whether only experts are asked.
    pub experts_only: bool,
    /// Images of it now in people's hands.
    pub open_leases: u32,
    /// The last round it was queued in.
    pub round: Option<u32>,
    /// What an answer on it is worth.
    pub value: f64,
}

impl Store {
    /// The next `limit` beliefs of a project after this subject, by subject: of every subject that
    /// was ever queued, shown or scored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn beliefs(
        &self,
        project: ProjectId,
        after: Option<SubjectId>,
        limit: u32,
    ) -> Result<Vec<BeliefRow>> {
        on_backend!(self, read, "reading beliefs", belief::page(project, after, limit))
    }

    /// The beliefs about all survey subjects with votes, by subject.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn voted_beliefs(&self, project: ProjectId) -> Result<Vec<BeliefRow>> {
        on_backend!(self, read, "reading beliefs", belief::voted(project))
    }

    /// The belief about one subject; `None` when it was never queued, shown or scored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn belief(&self, project: ProjectId, subject: SubjectId) -> Result<Option<BeliefRow>> {
        on_backend!(self, read, "reading a belief", belief::one(project, subject))
    }

    /// Gives subjects the calibrated scores of a network and judges them again: one may be retired
    /// by it, or come back. Each change of outcome is written down as a decision.
    ///
    /// # Errors
    /// `Invalid` when a score is no probability, `NotFound` for a subject of another project.
    /// Chunks of a thousand before a failure stay; the same call again goes on.
    pub async fn set_priors(
        &self,
        project: ProjectId,
        scores: Vec<(SubjectId, f64)>,
        model_version: &str,
    ) -> Result<()> {
        if let Some((subject, p)) = scores.iter().find(|(_, p)| !(0.0..=1.0).contains(p)) {
            return Err(StoreError::invalid("scores", format!("{p} of subject {subject} is not in [0, 1]")));
        }
        for chunk in scores.chunks(CHUNK) {
            let (mut chunk, model_version) = (chunk.to_vec(), model_version.to_owned());
            // A subject named twice gets its last score.
            chunk.reverse();
            chunk.sort_by_key(|(subject, _)| *subject);
            chunk.dedup_by_key(|(subject, _)| *subject);
            let (rules, now) = (self.rules_cache(), self.now());
            write_on_backend!(
                self,
                "setting network scores",
                belief::set_priors(project, chunk, model_version, rules, now)
            )?;
        }
        Ok(())
    }

    /// The truth of every training subject of a project, as the consensus takes it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_images(&self, project: ProjectId) -> Result<HashMap<SubjectId, TruthKind>> {
        on_backend!(self, read, "reading the known images", belief::known_images(project))
    }
}
