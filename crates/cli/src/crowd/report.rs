//! What a run of the crowd came to.

use std::collections::BTreeMap;

use domain::{Answer, Tally};
use replay::crowd::{Kind, TruthEntry};
use serde::{Deserialize, Serialize};

use super::client::Receipt;

/// Counts over one run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CrowdReport {
    /// Votes the server acknowledged, training images included.
    pub votes: u64,
    /// Their answers.
    pub answers: Tally,
    /// Votes after which the truth was shown.
    pub training_seen: u64,
    /// Those that were right.
    pub training_correct: u64,
    /// Votes that came too late: the lease had run out.
    pub expired: u64,
    /// Votes the server had already, from before a restart.
    pub already_answered: u64,
    /// Images of which the crowd knows nothing; it said "unsure".
    pub unknown_images: u64,
    /// Requests made more than once because the server did not answer.
    pub retried_requests: u64,
    /// Images were left that others held for too long.
    pub gave_up_waiting: bool,
    /// Per kind of volunteer.
    pub kinds: BTreeMap<Kind, KindReport>,
}

/// Counts for one kind of volunteer, over images whose truth is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KindReport {
    /// Answers about lenses.
    pub on_lenses: Tally,
    /// Answers about other images.
    pub on_others: Tally,
}

impl CrowdReport {
    /// Adds what came of a later run.
    pub fn add(&mut self, later: &Self) {
        self.votes += later.votes;
        self.answers = sum(self.answers, later.answers);
        self.training_seen += later.training_seen;
        self.training_correct += later.training_correct;
        self.expired += later.expired;
        self.already_answered += later.already_answered;
        self.unknown_images += later.unknown_images;
        self.retried_requests += later.retried_requests;
        self.gave_up_waiting |= later.gave_up_waiting;
        for (kind, counts) in &later.kinds {
            let kind = self.kinds.entry(*kind).or_default();
            kind.on_lenses = sum(kind.on_lenses, counts.on_lenses);
            kind.on_others = sum(kind.on_others, counts.on_others);
        }
    }

    /// Adds one vote and what the server said to it.
    pub(super) fn count(&mut self, kind: Kind, said: Answer, entry: Option<&TruthEntry>, receipt: &Receipt) {
        match receipt {
            Receipt::Taken { feedback } => {
                self.votes += 1;
                self.answers = self.answers.with(said);
                self.training_seen += u64::from(feedback.is_some());
                self.training_correct += u64::from(*feedback == Some(true));
                let kind = self.kinds.entry(kind).or_default();
                match entry {
                    None => self.unknown_images += 1,
                    Some(entry) if entry.is_lens => kind.on_lenses = kind.on_lenses.with(said),
                    Some(_) => kind.on_others = kind.on_others.with(said),
                }
            }
            Receipt::Expired => self.expired += 1,
            Receipt::AlreadyAnswered => self.already_answered += 1,
        }
    }
}

const fn sum(a: Tally, b: Tally) -> Tally {
    Tally { no_lens: a.no_lens + b.no_lens, unsure: a.unsure + b.unsure, lens: a.lens + b.lens }
}
