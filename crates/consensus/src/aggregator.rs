//! What every aggregator can do, and the two ways from a log to a state.

use std::collections::HashMap;

use domain::{Label, LogEntry, SubjectId};

use crate::{Ballot, LogReport, State, ballots};

/// A way to weigh votes. Both verbs are pure: the same ballots give the same state.
pub trait Aggregator: Send + Sync {
    /// Takes one vote, in time that does not depend on how many came before. The caller has
    /// seen to it that the vote counts (see [`ballots`]).
    fn update(&self, state: &mut State, ballot: &Ballot);

    /// Weighs all votes at once, with everything they say about each volunteer; the result does
    /// not depend on their order.
    fn fit(&self, ballots: &[Ballot]) -> State;
}

/// A state and what was left out of the log on the way to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// What is believed.
    pub state: State,
    /// What was counted and what was not.
    pub report: LogReport,
}

/// Folds the log in its order, vote by vote: what the online update would have arrived at.
/// `truth` holds the training images only.
pub fn replay<'a>(
    log: impl IntoIterator<Item = &'a LogEntry>,
    truth: &HashMap<SubjectId, Label>,
    aggregator: &dyn Aggregator,
) -> Folded {
    let (ballots, report) = ballots(log, truth);
    let mut state = State::default();
    for ballot in &ballots {
        aggregator.update(&mut state, ballot);
    }
    Folded { state, report }
}

/// Fits the whole log at once, whatever its order. `truth` holds the training images only.
pub fn refit<'a>(
    log: impl IntoIterator<Item = &'a LogEntry>,
    truth: &HashMap<SubjectId, Label>,
    aggregator: &dyn Aggregator,
) -> Folded {
    let (ballots, report) = ballots(log, truth);
    Folded { state: aggregator.fit(&ballots), report }
}
