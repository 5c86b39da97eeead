//! What is known about one volunteer, as it is stored and updated with every vote. Turning it
//! into the weight of a vote is left to `engine`.

use domain::Answer;
use serde::{Deserialize, Serialize};

use super::{STATES, TruthKind};

/// Answers, in the order of [`Answer::code`]: no lens, unsure, lens.
pub const ANSWERS: usize = 3;

/// Counts of answers by state, `[state][answer]`; whole votes, or shares of a vote where the
/// state is not known for certain.
pub type Counts = [[f64; ANSWERS]; STATES];

/// One volunteer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VolunteerRecord {
    /// What the last refit learnt of them, from all their votes up to its mark.
    pub base: Counts,
    /// What of the base still counts: it fades with every later vote on a known image (drift).
    pub base_share: f64,
    /// Votes on known images since, older ones counting less (drift).
    pub recent: Counts,
    /// Decided votes on known images, all of them.
    pub n_known: u32,
    /// Those that were right.
    pub n_right: u32,
    /// Votes on images of unknown truth.
    pub n_survey: u32,
    /// "Unsure" on either.
    pub n_unsure: u32,
}

impl Default for VolunteerRecord {
    fn default() -> Self {
        Self::since_refit([[0.0; ANSWERS]; STATES])
    }
}

impl VolunteerRecord {
    /// Somebody of whom the last refit learnt this, with no vote since.
    #[must_use]
    pub const fn since_refit(base: Counts) -> Self {
        let recent = [[0.0; ANSWERS]; STATES];
        Self { base, base_share: 1.0, recent, n_known: 0, n_right: 0, n_survey: 0, n_unsure: 0 }
    }

    /// Votes that stand.
    #[must_use]
    pub const fn votes(&self) -> u32 {
        // An "unsure" about a known image is in neither of the other two.
        self.n_known + self.n_survey + self.n_unsure
    }

    /// Base and recent counts together.
    #[must_use]
    pub fn counts(&self) -> Counts {
        std::array::from_fn(|state| {
            std::array::from_fn(|v| self.base_share * self.base[state][v] + self.recent[state][v])
        })
    }

    /// The base as it was, without a vote shared among the states like this.
    pub(super) fn base_without(&self, shares: [f64; STATES], column: usize) -> Self {
        let mut base = self.base;
        for (row, share) in base.iter_mut().zip(shares) {
            row[column] = (row[column] - share).max(0.0);
        }
        Self::since_refit(base)
    }

    /// Makes room for a vote on a known image: what was learnt before counts less.
    pub(super) fn fade(&mut self, memory: f64) {
        self.base_share *= memory;
        for count in self.recent.iter_mut().flatten() {
            *count *= memory;
        }
    }

    /// Counts the vote, without learning from it.
    pub(super) fn count(&mut self, truth: Option<TruthKind>, answer: Answer) {
        match (answer, truth) {
            (Answer::Unsure, _) => self.n_unsure += 1,
            (_, None) => self.n_survey += 1,
            (answer, Some(truth)) => {
                self.n_known += 1;
                self.n_right += u32::from((answer == Answer::Lens) == truth.is_lens());
            }
        }
    }
}
