//! Decisions: each change of a subject's outcome, with the rule and the numbers behind it. An
//! append-only table: what was decided stays on record when it is decided otherwise later.

use consensus::live::{Belief, Outcome, Rule};
use domain::{ProjectId, SubjectId, Tally, Timestamp};

use crate::{Result, Store, store::on_backend};

/// The place of a decision: they grow in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecisionSeq(pub i64);

/// What brought a decision about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A vote.
    Vote,
    /// A vote taken back.
    Retraction,
    /// A refit, or new settings.
    Refit,
    /// New network scores.
    Scores,
}

impl Cause {
    const ALL: [Self; 4] = [Self::Vote, Self::Retraction, Self::Refit, Self::Scores];

    /// `vote`, `retraction`, `refit` or `scores`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vote => "vote",
            Self::Retraction => "retraction",
            Self::Refit => "refit",
            Self::Scores => "scores",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

/// One change of a subject's outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRow {
    /// Its place.
    pub seq: DecisionSeq,
    /// The subject.
    pub subject: SubjectId,
    /// Where it stood.
    pub from: Outcome,
    /// Where it stands since.
    pub to: Outcome,
    /// What brought it about.
    pub cause: Cause,
    /// The rule, with its thresholds.
    pub rule: Rule,
    /// The posteriors at that moment.
    pub belief: Belief,
    /// The votes at that moment.
    pub tally: Tally,
    /// The anchor whose weights were used.
    pub anchor_id: String,
    /// The network whose score was used.
    pub model_version: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// The next `limit` decisions of a project after this one, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decisions(
        &self,
        project: ProjectId,
        after: Option<DecisionSeq>,
        limit: u32,
    ) -> Result<Vec<DecisionRow>> {
        on_backend!(self, read, "reading decisions", decision::page(project, after, limit))
    }
}
