//! The fold over the project's own log: `ballot` takes out retractions, retries and repeats and
//! makes dense numbers of the ids. "Unsure" moves nothing, as SWAP knows two
//! answers.

use std::collections::HashMap;

use domain::{Label, LogEntry, SubjectId, VolunteerId};

use super::{LogVote, SpaceWarps, SpaceWarpsConfig};
use crate::{ConfigError, LogReport, ballot::for_each_ballot};

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
    let (mut subjects, mut volunteers) = (Vec::new(), Vec::new());
    let report = for_each_ballot(log, truth, |ballot, [subject, agent]| {
        if subject as usize == subjects.len() {
            subjects.push(ballot.subject);
        }
        if agent as usize == volunteers.len() {
            volunteers.push(ballot.volunteer);
        }
        state.update(&LogVote { subject, agent, said_lens: ballot.said_lens(), truth: ballot.truth });
    });
    Ok(ReplayedLog { state, subjects, volunteers, report })
}
