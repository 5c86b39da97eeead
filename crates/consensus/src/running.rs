//! The online form: a state that follows the log entry by entry. A vote costs O(1); taking one
//! back folds the log again, because in an order-dependent aggregator every later vote may
//! change. At each moment the state equals [`replay`](crate::replay) of the entries so far.

use std::collections::{HashMap, HashSet};

use domain::{Classification, ClassificationId, Label, LogEntry, SubjectId, VolunteerId};

use crate::{Aggregator, Ballot, State};

/// What an entry did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The vote counts.
    Counted,
    /// The volunteer had voted on this image already; it would count if that vote were taken back.
    Repeat,
    /// The vote had been taken back before it arrived, or its id was known.
    Ignored,
    /// A counted vote was taken back and the log folded again.
    Refolded,
    /// A retraction that changes nothing: an unknown vote (so far), a repeat, or a second undo.
    NothingToRetract,
}

/// A state that follows the log.
pub struct Running {
    aggregator: Box<dyn Aggregator>,
    truth: HashMap<SubjectId, Label>,
    votes: Vec<Classification>,
    ids: HashSet<ClassificationId>,
    retracted: HashSet<ClassificationId>,
    counted: HashMap<(SubjectId, VolunteerId), ClassificationId>,
    state: State,
}

impl Running {
    /// Before the first entry. `truth` holds the training images only.
    #[must_use]
    pub fn new(aggregator: Box<dyn Aggregator>, truth: HashMap<SubjectId, Label>) -> Self {
        Self {
            aggregator,
            truth,
            votes: Vec::new(),
            ids: HashSet::new(),
            retracted: HashSet::new(),
            counted: HashMap::new(),
            state: State::default(),
        }
    }

    /// What is believed now.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Takes the next entry of the log.
    pub fn push(&mut self, entry: &LogEntry) -> Step {
        match entry {
            LogEntry::Vote(vote) if !self.ids.insert(vote.id) => Step::Ignored,
            LogEntry::Vote(vote) => {
                self.votes.push(vote.clone());
                self.count(self.votes.len() - 1)
            }
            LogEntry::Retraction(retraction) => {
                let new = self.retracted.insert(retraction.of);
                if new && self.counted.values().any(|id| *id == retraction.of) {
                    self.refold();
                    Step::Refolded
                } else {
                    Step::NothingToRetract
                }
            }
        }
    }

    fn count(&mut self, index: usize) -> Step {
        let vote = &self.votes[index];
        if self.retracted.contains(&vote.id) {
            return Step::Ignored;
        }
        let pair = (vote.subject, vote.volunteer);
        if self.counted.contains_key(&pair) {
            return Step::Repeat;
        }
        let ballot = Ballot {
            subject: vote.subject,
            volunteer: vote.volunteer,
            answer: vote.answer,
            truth: self.truth.get(&vote.subject).copied().unwrap_or(Label::Unknown),
        };
        self.counted.insert(pair, vote.id);
        self.aggregator.update(&mut self.state, &ballot);
        Step::Counted
    }

    fn refold(&mut self) {
        self.state = State::default();
        self.counted.clear();
        for index in 0..self.votes.len() {
            self.count(index);
        }
    }
}
