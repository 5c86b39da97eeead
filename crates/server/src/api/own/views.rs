//! One's own answer as JSON, field by field.

use chrono::{DateTime, NaiveDate, Utc};
use domain::Label;
use serde::{Deserialize, Serialize};
use store::{HistoryPlace, HistoryRow, LogSeq, Outline, Told as StoredTold};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::views::{Answer, Image};

/// One of one's own answers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct OwnAnswer {
    /// Counted from one's first answer in the project; answers taken back keep theirs.
    number: u64,
    id: Uuid,
    /// Null when it is not shown any more.
    #[schema(required = true)]
    image: Option<Image>,
    answer: Answer,
    /// Where the arc was marked.
    #[schema(required = true)]
    mark: Option<Place>,
    /// How long the image was looked at.
    #[schema(required = true)]
    seconds: Option<f64>,
    at: DateTime<Utc>,
    taken_back: bool,
    /// What was told after the answer: only for training images, and not for all of these.
    #[schema(required = true)]
    told: Option<Told>,
    since: Since,
    /// The day it became a candidate.
    #[schema(required = true)]
    since_day: Option<NaiveDate>,
    /// What one wrote about the image.
    #[schema(required = true)]
    note: Option<String>,
}

/// A place on an image, as shares of its width and height from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(crate) struct Place {
    x: f64,
    y: f64,
}

/// The truth, told after the answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Told {
    /// Null if the image was withdrawn from training since.
    #[schema(required = true)]
    is_lens: Option<bool>,
    /// Null for "unsure", and where the truth is.
    #[schema(required = true)]
    correct: Option<bool>,
    /// What it is, such as "simulated lens".
    #[schema(required = true)]
    kind: Option<String>,
    /// Polygons around what there is to see, in shares of the image.
    #[schema(required = true, value_type = Option<Vec<Vec<Vec<f64>>>>)]
    outline: Option<Outline>,
}

/// What happened to an image since, as far as it is told: a day after the answer at the earliest, and
/// as of the last midnight (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Since {
    /// Not decided, or no lens. Most images stay here; so do training images that were not told.
    Quiet,
    /// It became a candidate.
    Candidate,
    /// People disagree; experts are asked.
    Contested,
}

impl OwnAnswer {
    pub fn of(row: HistoryRow) -> Self {
        let (since, since_day) = match row.since {
            store::Since::Quiet => (Since::Quiet, None),
            store::Since::Candidate(at) => (Since::Candidate, Some(at.date_naive())),
            store::Since::Contested => (Since::Contested, None),
        };
        Self {
            number: row.number,
            id: row.id.0,
            image: row.image.as_ref().map(Image::of),
            answer: said(row.answer),
            mark: row.mark.map(|mark| Place { x: mark.x, y: mark.y }),
            seconds: row.seconds,
            at: row.at,
            taken_back: row.taken_back,
            told: row.told.map(|told| Told::of(told, row.answer)),
            since,
            since_day,
            note: row.note,
        }
    }
}

impl Told {
    fn of(told: StoredTold, answer: domain::Answer) -> Self {
        let is_lens = match told.label {
            Label::Lens => Some(true),
            Label::NonLens => Some(false),
            Label::Unknown => None,
        };
        let correct = match answer {
            domain::Answer::Unsure => None,
            answer => is_lens.map(|is_lens| (answer == domain::Answer::Lens) == is_lens),
        };
        Self { is_lens, correct, kind: told.kind, outline: told.outline }
    }
}

fn said(answer: domain::Answer) -> Answer {
    match answer {
        domain::Answer::NoLens => Answer::NoLens,
        domain::Answer::Unsure => Answer::Unsure,
        domain::Answer::Lens => Answer::Lens,
    }
}

/// The sort key of a page: place in the log and number.
pub(super) type Key = (i64, u64);

pub(super) fn key(row: &HistoryRow) -> Key {
    (row.seq.0, row.number)
}

pub(super) fn place((seq, number): Key) -> HistoryPlace {
    HistoryPlace { seq: LogSeq(seq), number }
}
