//! What a volunteer may see of their own votes: page by page, with what was told to them and what
//! became of the images since. Skill and numbers are in `own_numbers`.
//!
//! # Silent training images stay silent for ever
//!
//! Some training images are never explained, so that answers to them show what people say when
//! nobody watches. That works only as long as nobody can pick them out afterwards, so nothing here
//! may differ between a vote on a silent training image and one on an image of the survey. Rows leave
//! this crate with that already decided ([`Told`], [`Since`]); what is a training image and was not
//! told is not in them.
//!
//! The hard part is "what happened since", which only images of the survey have. Telling all of it
//! would turn "still open after a year" into "was a training image", because sooner or later nearly
//! every image of the survey is settled. Making an outcome up for silent images would be a lie: it
//! would call a simulated arc a candidate, or call "no lens" what is one. So only outcomes that few
//! images ever have are told: *became a candidate* and *people disagree*. Everything else, which
//! is nearly everything, reads the same: [`Since::Quiet`], "nothing decided, or no lens". That
//! sentence is true of a silent training image too, which is never decided. A quiet row speaks for a
//! training image by no more than 1 / (1 − c), where c is the share of such votes (same answer, same
//! person) whose image of the survey became a candidate or contested: 1.01 or so after "no lens",
//! perhaps 2 after "lens", where it starts from one in ten. It never tells for certain, and the image
//! never comes back to the same person, so it helps with no answer.
//!
//! It also lags, for two more reasons. An answer can be taken back and given anew: whoever saw the
//! outcome first could then answer with the crowd, so a vote has to be older than [`OUTCOME_LAG`]
//! (after which it can no longer be taken back). And an outcome that moved with a single vote would
//! tell a second account of the same person how near the threshold an image is, so outcomes are those
//! of the last midnight, when many votes have come between.

use std::{collections::VecDeque, time::Duration};

use domain::{Answer, ClassificationId, Label, ProjectId, Timestamp, VolunteerId};
use futures::stream::{self, BoxStream, StreamExt as _};

use crate::{ImageRef, LogSeq, Mark, Outline, Result, Store, StoreError, store::on_backend};

/// A vote is at least this old when it is told what became of its image.
pub const OUTCOME_LAG: Duration = Duration::from_secs(24 * 3600);

const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;

/// Rows of an export fetched at once.
const PAGE: u32 = 1_000;

/// Which of one's votes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HistoryFilter {
    /// All of them.
    #[default]
    All,
    /// Those with this answer.
    Answer(Answer),
    /// Those after which the truth was told.
    Told,
    /// Those on images that became candidates, whatever was answered.
    BecameCandidate,
    /// Those on candidates that were called a lens.
    Helped,
}

/// One's own vote.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// Its place in the log.
    pub seq: LogSeq,
    /// Its place among this person's votes in the project, from 1; votes taken back keep theirs.
    pub number: u64,
    /// Its id.
    pub id: ClassificationId,
    /// The picture, as it is now.
    pub image: Option<ImageRef>,
    /// What was said.
    pub answer: Answer,
    /// Where the arc was said to be.
    pub mark: Option<Mark>,
    /// How long the image was looked at.
    pub seconds: Option<f64>,
    /// When.
    pub at: Timestamp,
    /// Whether it was taken back.
    pub taken_back: bool,
    /// The truth, only if it was told after this vote.
    pub told: Option<Told>,
    /// What happened since, as far as it may be told.
    pub since: Since,
    /// What this person wrote about the image, the last if there is more.
    pub note: Option<String>,
}

/// The truth about a training image, after it was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What it is; unknown if the training image was withdrawn since.
    pub label: Label,
    /// The same in words for people.
    pub kind: Option<String>,
    /// Polygons around what there is to see.
    pub outline: Option<Outline>,
}

/// What happened to an image since the vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Not decided, or no lens: see the head of this file for why these are one.
    Quiet,
    /// It became a candidate at this time.
    Candidate(Timestamp),
    /// People disagree; experts are asked.
    Contested,
}

/// Where a page of the history begins: the last row of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryPlace {
    /// Its place in the log.
    pub seq: LogSeq,
    /// Its number.
    pub number: u64,
}

/// Until when votes are told, and decisions told of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Horizon {
    pub votes_before: Timestamp,
    pub decided_before: Timestamp,
}

impl Horizon {
    pub(crate) fn at(now: Timestamp) -> Result<Self> {
        let midnight = now.timestamp_micros().div_euclid(DAY_MICROS) * DAY_MICROS;
        let decided_before = Timestamp::from_timestamp_micros(midnight)
            .ok_or_else(|| StoreError::invalid("now", format!("{now} has no midnight")))?;
        Ok(Self { votes_before: now - OUTCOME_LAG, decided_before })
    }
}

impl Store {
    /// The next `limit` of somebody's own votes in a project, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(
        &self,
        project: ProjectId,
        volunteer: VolunteerId,
        filter: HistoryFilter,
        after: Option<HistoryPlace>,
        limit: u32,
    ) -> Result<Vec<HistoryRow>> {
        let horizon = Horizon::at(self.now())?;
        on_backend!(
            self,
            snapshot,
            "reading a history",
            history::page(project, volunteer, filter, after, limit, horizon)
        )
    }

    /// One of somebody's own votes; `None` for anybody else's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_vote(
        &self,
        project: ProjectId,
        volunteer: VolunteerId,
        id: ClassificationId,
    ) -> Result<Option<HistoryRow>> {
        let horizon = Horizon::at(self.now())?;
        on_backend!(self, snapshot, "reading a vote", history::one(project, volunteer, id, horizon))
    }

    /// The projects somebody ever voted in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn projects_of(&self, volunteer: VolunteerId) -> Result<Vec<ProjectId>> {
        on_backend!(self, read, "listing somebody's projects", history::projects_of(volunteer))
    }

    /// All of somebody's own votes in a project, oldest first, fetched page by page: for the copy of
    /// their data. It says no more than the history does.
    #[must_use]
    pub fn history_rows(
        &self,
        project: ProjectId,
        volunteer: VolunteerId,
    ) -> BoxStream<'static, Result<HistoryRow>> {
        let cursor = Cursor { store: self.clone(), after: LogSeq::START, number: 0, page: VecDeque::new() };
        stream::try_unfold(cursor, move |mut cursor| async move {
            if cursor.page.is_empty() {
                let Cursor { store, after, number, .. } = &cursor;
                let (after, number, limit, horizon) = (*after, *number, PAGE, Horizon::at(store.now())?);
                let page = on_backend!(
                    store,
                    read,
                    "copying a history",
                    history::ascending(project, volunteer, after, number, limit, horizon)
                )?;
                cursor.page = page.into();
            }
            let row = cursor.page.pop_front();
            Ok(row.map(|row| {
                (cursor.after, cursor.number) = (row.seq, row.number);
                (row, cursor)
            }))
        })
        .boxed()
    }
}

struct Cursor {
    store: Store,
    after: LogSeq,
    number: u64,
    page: VecDeque<HistoryRow>,
}
