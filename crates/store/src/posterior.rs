//! What is believed of each subject after a round. Computed by `consensus`; here
//! it is only kept.

use domain::{ProjectId, SubjectId, Tally};

use crate::{
    LogSeq, Result, Store, StoreError, Subject,
    store::{on_backend, write_on_backend},
};

/// Rows written in one transaction.
const CHUNK: usize = 1000;

/// The belief about one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct PosteriorRow {
    /// The subject.
    pub subject: SubjectId,
    /// Probability of a lens from people only.
    pub p_votes: f64,
    /// Probability of a lens from people and network.
    pub p_joint: Option<f64>,
    /// The aggregator's word: `open`, `accepted`, …
    pub status: String,
    /// The votes behind it.
    pub tally: Tally,
}

/// The beliefs of one round.
#[derive(Debug, Clone, PartialEq)]
pub struct PosteriorBatch {
    /// The round.
    pub round: u32,
    /// Who computed them.
    pub aggregator: String,
    /// The end of the log they are computed from.
    pub high_water_mark: LogSeq,
    /// One row per subject.
    pub rows: Vec<PosteriorRow>,
}

/// A likely lens.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// What it is.
    pub subject: Subject,
    /// What is believed of it.
    pub posterior: PosteriorRow,
}

impl Store {
    /// Keeps the beliefs of a round; rows already there are replaced.
    ///
    /// # Errors
    /// `Invalid` when a probability is not in [0, 1]. Chunks before a failure stay; the same call
    /// again completes them.
    pub async fn save_posteriors(&self, project: ProjectId, batch: PosteriorBatch) -> Result<()> {
        let wrong = |p: f64| !(0.0..=1.0).contains(&p);
        let odd = batch.rows.iter().find(|row| wrong(row.p_votes) || row.p_joint.is_some_and(wrong));
        if let Some(row) = odd {
            return Err(StoreError::invalid("posterior", format!("not in [0, 1]: {row:?}")));
        }
        for chunk in batch.rows.chunks(CHUNK) {
            let chunk =
                PosteriorBatch { rows: chunk.to_vec(), aggregator: batch.aggregator.clone(), ..batch };
            write_on_backend!(self, "saving posteriors", posterior::save(project, chunk))?;
        }
        Ok(())
    }

    /// The beliefs of a round, by subject.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn posteriors(&self, project: ProjectId, round: u32) -> Result<Vec<PosteriorRow>> {
        on_backend!(self, read, "reading posteriors", posterior::of_round(project, round))
    }

    /// Survey subjects at least this probable (by `p_joint`, else `p_votes`), the best first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn candidates(
        &self,
        project: ProjectId,
        round: u32,
        at_least: f64,
        limit: u32,
    ) -> Result<Vec<Candidate>> {
        on_backend!(self, read, "listing candidates", posterior::candidates(project, round, at_least, limit))
    }
}
