//! What somebody's own page adds up: how much they did, which candidates they helped to find, and
//! what they said of the images whose truth they were told.
//!
//! Nothing here may give silent training images away (see `history`): counts go over all votes, told
//! or not, and whatever depends on the truth of an image goes over told ones only. So no number
//! moves after an answer that was not followed by the truth, except by one vote, and skill computed
//! from told votes is a function of what this person has already been told: there is
//! nothing in it to find out by differencing. The price is that it leaves out what the silent ones
//! say; the weight their answers really have (`participation`) does not.

use consensus::live::{Eye, Worth};
use domain::{ProjectId, Timestamp, VolunteerId};

use crate::{Result, Store, Week, history::Horizon, store::on_backend};

/// Told votes that skill is read from, the newest: what was long ago says little about now, and the
/// work stays small. (With the usual memory of 0.995 older ones weigh less than one in a hundred.)
const TOLD: u32 = 1_000;
/// Weeks of the activity.
const WEEKS: i64 = 26;
/// Steps in which the growth of an answer's worth is told.
pub(crate) const GROWTH: usize = 24;

/// A person's own numbers in a project.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnNumbers {
    /// Votes that stand.
    pub votes: u64,
    /// Those of them after which the truth was told.
    pub votes_told: u64,
    /// When the first was cast.
    pub first_at: Option<Timestamp>,
    /// When the last was cast.
    pub last_at: Option<Timestamp>,
    /// Images called a lens that became candidates, as far as it may be told.
    pub candidates: u64,
    /// Those of them that the experts who graded them agree on.
    pub confirmed: u64,
    /// Votes that stand in each of the last 26 weeks with any, oldest first.
    pub weeks: Vec<WeekOfVotes>,
    /// What the last told votes say of their eye.
    pub eye: Eye,
    /// What one of their answers tells, by the told votes alone.
    pub worth: Worth,
}

/// How many votes a week saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekOfVotes {
    /// The week.
    pub week: Week,
    /// Votes that stand.
    pub votes: u64,
}

impl Store {
    /// Somebody's own numbers in a project.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_numbers(&self, project: ProjectId, volunteer: VolunteerId) -> Result<OwnNumbers> {
        let now = self.now();
        let first_week = Week(Week::of(now).0 - WEEKS + 1);
        let (horizon, told, rules) = (Horizon::at(now)?, TOLD, self.rules_cache());
        on_backend!(
            self,
            snapshot,
            "adding up somebody's work",
            own_numbers::of(project, volunteer, horizon, first_week, told, rules)
        )
    }
}
