//! The fold over the project's own log: retractions, retries and repeats are taken out first
//! (by `ballot`), then ids become dense numbers. "Unsure" moves nothing, as SWAP knows two
//! answers.

use std::collections::HashMap;

use domain::{Label, LogEntry, SubjectId, VolunteerId};

use super::{LogVote, SpaceWarps, SpaceWarpsConfig};
use crate::{ConfigError, LogReport, ballots};

/// What a log gives.
#[derive(Debug, Clone)]
pub struct ReplayedLog {
    /// The state, on dense numbers.
    pub state: SpaceWarps,
    /// Which subject bears which number.
    pub subjects: Vec<SubjectId>,
    /// Which volunteer bears which number.
    pub volunteers: Vec<VolunteerId>,
    /// What was left out.
    pub report: LogReport,
}

/// Folds a log; `truth` holds the training images.
///
/// # Errors
/// When a setting is out of its range.
pub fn replay_log<'a>(
    log: impl IntoIterator<Item = &'a LogEntry>,
    truth: &HashMap<SubjectId, Label>,
    config: impl Into<SpaceWarpsConfig>,
) -> Result<ReplayedLog, ConfigError> {
    let mut state = SpaceWarps::new(config)?;
    let (votes, report) = ballots(log, truth);
    let (mut subjects, mut volunteers) = (Numbers::default(), Numbers::default());
    for vote in &votes {
        state.update(&LogVote {
            subject: subjects.of(vote.subject),
            agent: volunteers.of(vote.volunteer),
            said_lens: vote.said_lens(),
            truth: vote.truth,
        });
    }
    Ok(ReplayedLog { state, subjects: subjects.names, volunteers: volunteers.names, report })
}

/// Ids to dense numbers, in the order they appear.
#[derive(Debug)]
struct Numbers<T> {
    of: foldhash::HashMap<T, u32>,
    names: Vec<T>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { of: foldhash::HashMap::default(), names: Vec::new() }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Numbers<T> {
    fn of(&mut self, name: T) -> u32 {
        *self.of.entry(name).or_insert_with(|| {
            self.names.push(name);
            (self.names.len() - 1) as u32
        })
    }
}
