//! Counts of answers on one subject, and when a queue stops asking about it.

use serde::{Deserialize, Serialize};

use crate::Answer;

/// How often each answer was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// "No lens".
    pub no_lens: u32,
    /// "Unsure".
    pub unsure: u32,
    /// "Lens".
    pub lens: u32,
}

impl Tally {
    /// All votes.
    #[must_use]
    pub const fn total(self) -> u32 {
        self.no_lens + self.unsure + self.lens
    }

    /// The tally with one answer less; a count that is already 0 stays.
    #[must_use]
    pub const fn without(mut self, answer: Answer) -> Self {
        let count = match answer {
            Answer::NoLens => &mut self.no_lens,
            Answer::Unsure => &mut self.unsure,
            Answer::Lens => &mut self.lens,
        };
        *count = count.saturating_sub(1);
        self
    }

    /// The tally after one more answer.
    #[must_use]
    pub const fn with(mut self, answer: Answer) -> Self {
        match answer {
            Answer::NoLens => self.no_lens += 1,
            Answer::Unsure => self.unsure += 1,
            Answer::Lens => self.lens += 1,
        }
        self
    }
}

/// When a queued subject needs no more votes in this round: after `max_votes`, or after
/// `min_votes` that all said "no lens".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetirementRule {
    /// Votes before an early end.
    pub min_votes: u32,
    /// Votes at which the subject is done whatever was said.
    pub max_votes: u32,
}

impl RetirementRule {
    /// Whether the subject needs no more votes.
    #[must_use]
    pub const fn is_done(self, tally: Tally) -> bool {
        let total = tally.total();
        total >= self.max_votes || (total >= self.min_votes && tally.no_lens == total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unanimous_no_ends_early_and_doubt_does_not() {
        let rule = RetirementRule { min_votes: 3, max_votes: 6 };
        let no = Tally { no_lens: 3, ..Tally::default() };
        assert!(rule.is_done(no));
        assert!(!rule.is_done(Tally { no_lens: 3, unsure: 1, lens: 0 }));
        assert!(rule.is_done(Tally { no_lens: 3, unsure: 1, lens: 2 }));
        assert_eq!(no.with(Answer::Lens).lens, 1);
    }
}
