//! What the re-tests of retired images showed: how many were asked about again, and where the new
//! answers changed the verdict. This measures how often retirement is wrong.

use std::collections::{BTreeMap, HashSet};

use consensus::live::{Evidence, Outcome};
use domain::{ClassificationId, LogEntry, SubjectId, Tally};
use serde::{Deserialize, Serialize};

use super::Seen;
use crate::runner::Project;

/// Counts over the whole project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retests {
    /// Votes on images that were retired when they were asked about.
    pub votes: u64,
    /// Rejected images asked about again.
    pub rejected: u64,
    /// Those whose new answers took them out of the rejected.
    pub rejected_changed: u64,
    /// Detected images asked about again.
    pub detected: u64,
    /// Those whose new answers took them out of the detected.
    pub detected_changed: u64,
}

/// Compares where each re-tested image stands with where it would stand without the answers of
/// its re-tests.
pub(super) fn measure(project: &Project, seen: &Seen<'_>, retests: &HashSet<ClassificationId>) -> Retests {
    let engine = &seen.refit.engine;
    let mut again: BTreeMap<SubjectId, (Evidence, Tally)> = BTreeMap::new();
    let mut counts = Retests::default();
    for entry in seen.log {
        let LogEntry::Vote(vote) = entry else { continue };
        if !retests.contains(&vote.id) {
            continue;
        }
        counts.votes += 1;
        let (evidence, tally) = again.entry(vote.subject).or_default();
        *evidence += engine.weigh_settled(&seen.refit.record(vote.volunteer), None, vote.answer);
        *tally = tally.with(vote.answer);
    }
    for (id, row) in seen.labels {
        let Some((more, tally)) = again.get(id) else { continue };
        let without = Tally {
            no_lens: row.no_lens.saturating_sub(tally.no_lens),
            unsure: row.unsure.saturating_sub(tally.unsure),
            lens: row.lens.saturating_sub(tally.lens),
        };
        let network = row.network.unwrap_or(project.spec.base_rate);
        let before = engine.judge(&engine.belief(Some(network), row.evidence() - *more), without).outcome;
        let changed = u64::from(before != row.outcome());
        match before {
            Outcome::Rejected => {
                counts.rejected += 1;
                counts.rejected_changed += changed;
            }
            Outcome::Detected => {
                counts.detected += 1;
                counts.detected_changed += changed;
            }
            // By what is known of everybody now it would not have been retired.
            Outcome::Open | Outcome::Contested => {}
        }
    }
    counts
}
