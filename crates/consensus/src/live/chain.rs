//! One volunteer's votes in their order, and the weight of each: what an undo recomputes. Votes
//! up to the mark of the last refit all weigh by what the refit learnt; those since weigh by what
//! was known of the volunteer before each.

use domain::Answer;

use super::{Engine, Evidence, TruthKind, VolunteerRecord};

/// A vote that stands, as its volunteer's chain needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What was said.
    pub answer: Answer,
    /// The truth of a known image.
    pub truth: Option<TruthKind>,
    /// Whether the last refit knew it.
    pub settled: bool,
}

impl Engine {
    /// The weight of a vote the last refit knew. On a known image the volunteer's record is taken
    /// without that image, so that its posterior stays a fair test.
    #[must_use]
    pub fn weigh_settled(
        &self,
        volunteer: &VolunteerRecord,
        truth: Option<TruthKind>,
        answer: Answer,
    ) -> Evidence {
        let column = answer.code() as usize;
        match truth {
            Some(truth) => self.weigh(&volunteer.base_without(self.shares(truth, column), column), answer),
            None => self.weigh(&VolunteerRecord::since_refit(volunteer.base), answer),
        }
    }

    /// The weights of a volunteer's votes, in their order, and the record after the last. Only the
    /// base of `volunteer` is used; the rest is counted anew.
    #[must_use]
    pub fn chain(
        &self,
        volunteer: &VolunteerRecord,
        votes: impl IntoIterator<Item = Link>,
    ) -> (Vec<Evidence>, VolunteerRecord) {
        let mut record = VolunteerRecord::since_refit(volunteer.base);
        let weights = votes
            .into_iter()
            .map(|vote| {
                if vote.settled {
                    record.count(vote.truth, vote.answer);
                    return self.weigh_settled(volunteer, vote.truth, vote.answer);
                }
                let weight = self.weigh(&record, vote.answer);
                self.learn(&mut record, vote.truth, vote.answer);
                weight
            })
            .collect();
        (weights, record)
    }
}
