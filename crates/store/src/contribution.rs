//! What each person's answers were worth, for the ranking: their standing votes whose truth was not
//! told, times the bits that one answer of theirs tells. Folded from the log some minutes late, and what
//! an answer is worth is looked up only every [`ANSWERS_PER_STEP`] answers, so that nobody can tell from
//! their own numbers whether one image was a training image, or how others answered it.

use domain::{ProjectId, Timestamp, VolunteerId};

use crate::{LogSeq, OUTCOME_LAG, Result, Store, store::on_backend};

/// The bits of an answer are looked up once in so many answers; before that they count as none.
pub const ANSWERS_PER_STEP: u32 = 20;
/// Entries of the log folded in one transaction: few, so that no vote waits long behind it.
const CHUNK: u32 = 1_000;
/// Numbers of found candidates written in one transaction.
const FOUND_CHUNK: u32 = 2_000;
const WEEK_MICROS: i64 = 7 * 24 * 3600 * 1_000_000;
/// 1970 began on a Thursday.
const MONDAY_MICROS: i64 = 3 * 24 * 3600 * 1_000_000;

/// A week from Monday to Sunday (UTC), counted from the one in which 1970 began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week(pub i64);

impl Week {
    /// The week of a moment.
    #[must_use]
    pub const fn of(at: Timestamp) -> Self {
        Self((at.timestamp_micros() + MONDAY_MICROS).div_euclid(WEEK_MICROS))
    }

    /// Its Monday, 00:00.
    #[must_use]
    pub fn start(self) -> Timestamp {
        let micros = self.0 * WEEK_MICROS - MONDAY_MICROS;
        Timestamp::from_timestamp_micros(micros).unwrap_or_default()
    }
}

/// What somebody contributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contribution {
    /// Who.
    pub volunteer: VolunteerId,
    /// Standing votes whose truth was not told.
    pub answers: u64,
    /// Those of them in [`Self::week`].
    pub week_answers: u64,
    /// The week of their last such vote.
    pub week: Week,
    /// What one answer tells, 0 to 1; 0 before there are enough to say.
    pub bits_per_answer: f64,
    /// Subjects now detected that they called a lens.
    pub found: u64,
}

impl Contribution {
    /// What all answers told, in bits.
    #[must_use]
    pub fn bits(&self) -> f64 {
        self.answers as f64 * self.bits_per_answer
    }

    /// What the answers of a week told, in bits; 0 for any week but their last.
    #[must_use]
    pub fn bits_in(&self, week: Week) -> f64 {
        if self.week == week { self.week_answers as f64 * self.bits_per_answer } else { 0.0 }
    }
}

/// Everybody together, whether in the ranking or not.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TeamTotal {
    /// People with a standing vote.
    pub people: u64,
    /// Votes whose truth was not told.
    pub answers: u64,
    /// What they told, in bits.
    pub bits: f64,
    /// The same, of one week.
    pub week_people: u64,
    /// The same, of one week.
    pub week_answers: u64,
    /// The same, of one week.
    pub week_bits: f64,
}

/// Part of the log, summed up for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) volunteer: VolunteerId,
    pub(crate) answers: i64,
    pub(crate) useful: i64,
    pub(crate) week: Week,
    pub(crate) week_useful: i64,
}

/// A piece of the log, read.
pub(crate) struct Piece {
    pub(crate) from: LogSeq,
    pub(crate) to: LogSeq,
    pub(crate) sums: Vec<Sum>,
    /// Whether the log goes on after it.
    pub(crate) more: bool,
}

impl Store {
    /// Folds the log up to a moment (which should be some minutes ago: of entries that young, an
    /// earlier one may still appear) and counts who found what is now believed to be a lens, by votes
    /// old enough for their volunteer to hear of it ([`crate::OUTCOME_LAG`]).
    ///
    /// # Errors
    /// When the database fails. What was folded stays folded; the same call again goes on.
    pub async fn fold_contributions(&self, project: ProjectId, until: Timestamp) -> Result<()> {
        loop {
            let chunk = CHUNK;
            let piece =
                on_backend!(self, snapshot, "reading the log", contribution::read(project, until, chunk))?;
            let more = piece.more;
            if piece.to > piece.from {
                on_backend!(self, write, "adding contributions up", contribution::add(project, piece))?;
            }
            if !more {
                break;
            }
        }
        let heard = until - OUTCOME_LAG;
        loop {
            let chunk = FOUND_CHUNK;
            let changed =
                on_backend!(self, read, "counting finds", contribution::found(project, heard, chunk))?;
            let more = changed.len() == FOUND_CHUNK as usize;
            if !changed.is_empty() {
                on_backend!(self, write, "counting finds", contribution::set_found(project, changed))?;
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// At most `limit` people who are in the ranking, those with the largest contributions ever first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ranked_contributions(&self, project: ProjectId, limit: u32) -> Result<Vec<Contribution>> {
        on_backend!(self, read, "reading the ranking", contribution::ranked(project, limit))
    }

    /// What everybody contributed together, ever and in one week.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn team_total(&self, project: ProjectId, week: Week) -> Result<TeamTotal> {
        on_backend!(self, read, "adding contributions up", contribution::team(project, week))
    }

    /// What one person contributed, whether in the ranking or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contribution(
        &self,
        project: ProjectId,
        volunteer: VolunteerId,
    ) -> Result<Option<Contribution>> {
        on_backend!(self, read, "reading a contribution", contribution::of(project, volunteer))
    }

    /// The names of those among these people who are in the ranking now, in the same order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ranked_names(&self, people: Vec<VolunteerId>) -> Result<Vec<Option<String>>> {
        on_backend!(self, read, "reading names", contribution::names(people))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_at_midnight() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let week = Week::of(at("2026-11-21T00:00:00Z"));
        assert_eq!(week.start(), at("2026-11-16T00:00:00Z"));
        assert_eq!(Week::of(at("2026-11-16T00:00:00Z")), week);
        assert_eq!(Week::of(at("2026-11-15T23:59:59.999999Z")), Week(week.0 - 1));
        assert_eq!(Week::of(at("1969-12-29T00:00:00Z")), Week(0));
    }
}
