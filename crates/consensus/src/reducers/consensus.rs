//! The most likely answer with its share of the votes ("agreement"): over a finished list, and
//! running, where the counts so far are kept and a batch is added.

use serde::{Deserialize, Serialize};

use super::{Choices, Grouping, choices::Tally};

/// The most likely answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerConsensus {
    /// The answer with the most votes, of equals the first seen; none without votes.
    pub most_likely: Option<String>,
    /// Its votes.
    pub num_votes: i64,
    /// Its share of all votes; none without votes.
    pub agreement: Option<f64>,
}

impl AnswerConsensus {
    fn of(tally: &Tally) -> Self {
        match tally.most() {
            Some((answer, votes)) => Self {
                most_likely: Some(answer.clone()),
                num_votes: *votes,
                agreement: Some(*votes as f64 / tally.total() as f64),
            },
            None => Self { most_likely: None, num_votes: 0, agreement: None },
        }
    }
}

/// The most likely answer of a list of classifications, each choice counting once.
#[must_use]
pub fn answer_consensus(classifications: &[Choices], grouping: Grouping) -> AnswerConsensus {
    match grouping {
        Grouping::Together => set_consensus(classifications, false),
        Grouping::Single => {
            let mut tally = Tally::default();
            for (answer, _) in classifications.iter().flat_map(|choices| &choices.0) {
                tally.add(answer, 1);
            }
            AnswerConsensus::of(&tally)
        }
    }
}

/// The most likely set of choices. With `ignore_empty` a classification without a choice is no
/// answer.
#[must_use]
pub fn set_consensus(classifications: &[Choices], ignore_empty: bool) -> AnswerConsensus {
    RunningConsensus { ignore_empty, ..RunningConsensus::default() }.add(classifications)
}

/// The most likely set of choices over batches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunningConsensus {
    /// Whether a classification without a choice is no answer.
    pub ignore_empty: bool,
    tally: Tally,
}

impl RunningConsensus {
    /// Goes on from stored counts, in their order.
    pub fn from_counts<T: Into<String>>(counts: impl IntoIterator<Item = (T, i64)>) -> Self {
        let tally = Tally(counts.into_iter().map(|(name, count)| (name.into(), count)).collect());
        Self { ignore_empty: false, tally }
    }

    /// Adds a batch and says what is most likely now.
    pub fn add(&mut self, classifications: &[Choices]) -> AnswerConsensus {
        for choices in classifications {
            if !(self.ignore_empty && choices.is_empty()) {
                self.tally.add(&choices.as_one_answer(), 1);
            }
        }
        AnswerConsensus::of(&self.tally)
    }

    /// The counts so far, to be stored.
    #[must_use]
    pub fn counts(&self) -> &[(String, i64)] {
        &self.tally.0
    }
}
