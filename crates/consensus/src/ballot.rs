//! Which entries of the log count: a vote that was taken back counts nothing, and of several
//! votes by one volunteer on one image only the first counts. Weighing them is left to the
//! aggregators.

use std::collections::HashMap;

use domain::{Answer, ClassificationId, Label, LogEntry, SubjectId, VolunteerId};
use foldhash::{HashMapExt as _, HashSet, HashSetExt as _};
use serde::{Deserialize, Serialize};

/// A vote that counts, with what is known about its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ballot {
    /// What was looked at.
    pub subject: SubjectId,
    /// Who looked.
    pub volunteer: VolunteerId,
    /// What was said.
    pub answer: Answer,
    /// The truth of a training image; [`Label::Unknown`] for every other.
    pub truth: Label,
}

impl Ballot {
    /// Whether the image is one whose truth is known (a training image).
    #[must_use]
    pub fn is_training(&self) -> bool {
        self.truth != Label::Unknown
    }

    /// `Some(true)` for "lens", `Some(false)` for "no lens", `None` for "unsure": the two answers
    /// that the two-answer aggregators know.
    #[must_use]
    pub const fn said_lens(&self) -> Option<bool> {
        match self.answer {
            Answer::Lens => Some(true),
            Answer::NoLens => Some(false),
            Answer::Unsure => None,
        }
    }
}

/// What the cleaning of a log left out, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogReport {
    /// Votes that count.
    pub counted: u64,
    /// Votes taken back.
    pub retracted: u64,
    /// Further votes by the same volunteer on the same image.
    pub repeats: u64,
    /// Entries whose id was in the log already (a client's retry stored twice).
    pub duplicate_ids: u64,
    /// Retractions of a vote that the log does not hold.
    pub unknown_retractions: u64,
}

/// The votes that count, in the order of the log.
///
/// A retraction acts wherever it stands in the log, so the outcome is that of the same log
/// without the vote: if the first of two votes on an image is taken back, the second counts.
pub fn ballots<'a>(
    log: impl IntoIterator<Item = &'a LogEntry>,
    truth: &HashMap<SubjectId, Label>,
) -> (Vec<Ballot>, LogReport) {
    let mut counted = Vec::new();
    let report = for_each_ballot(log, truth, |ballot, _| counted.push(*ballot));
    (counted, report)
}

/// Hands over the votes that count as [`ballots`] does, each with the dense numbers of its
/// subject and its volunteer (in the order they first appear), and keeps none of them.
pub(crate) fn for_each_ballot<'a>(
    log: impl IntoIterator<Item = &'a LogEntry>,
    truth: &HashMap<SubjectId, Label>,
    mut take: impl FnMut(&Ballot, [u32; 2]),
) -> LogReport {
    let mut votes = Vec::new();
    let mut retracted = HashSet::<ClassificationId>::new();
    for entry in log {
        match entry {
            LogEntry::Vote(vote) => votes.push(vote),
            LogEntry::Retraction(retraction) => {
                retracted.insert(retraction.of);
            }
        }
    }
    let mut report = LogReport::default();
    let mut ids = HashSet::with_capacity(votes.len());
    let mut subjects = foldhash::HashMap::<SubjectId, (u32, Label)>::new();
    let mut volunteers = foldhash::HashMap::<VolunteerId, u32>::new();
    // Numbers instead of ids in the largest table: a third of the memory.
    let mut pairs = HashSet::<(u32, u32)>::with_capacity(votes.len());
    for vote in votes {
        if !ids.insert(vote.id) {
            report.duplicate_ids += 1;
            continue;
        }
        if !retracted.is_empty() && retracted.contains(&vote.id) {
            report.retracted += 1;
            continue;
        }
        let next = subjects.len() as u32;
        let known = || truth.get(&vote.subject).copied().unwrap_or(Label::Unknown);
        let (subject, truth) = *subjects.entry(vote.subject).or_insert_with(|| (next, known()));
        let next = volunteers.len() as u32;
        let volunteer = *volunteers.entry(vote.volunteer).or_insert(next);
        if !pairs.insert((subject, volunteer)) {
            report.repeats += 1;
            continue;
        }
        report.counted += 1;
        let ballot = Ballot { subject: vote.subject, volunteer: vote.volunteer, answer: vote.answer, truth };
        take(&ballot, [subject, volunteer]);
    }
    report.unknown_retractions = retracted.iter().filter(|id| !ids.contains(id)).count() as u64;
    report
}
