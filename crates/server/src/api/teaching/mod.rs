//! What teaches: the entry quiz, practice, the gallery and the tutorial's lens. All of it is open to
//! guests, and none of it counts. The truth of a question or practice image is told after the answer.

pub(super) mod answer;
pub(super) mod begin;
pub(super) mod claim;
pub(super) mod gallery;
pub(super) mod lens;
pub(super) mod practice;
pub(super) mod practise;
pub(super) mod quiz;
pub(super) mod result;

use chrono::TimeDelta;
use domain::{Label, Timestamp};
use serde::Serialize;
use store::{Attempt, TeachingImage, Volunteer};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    problem::{Problem, ProblemCode},
    state::AppState,
};

use super::{classifications::Truth, views::Answer};

/// An attempt not finished after this is over.
const ATTEMPT_HOURS: i64 = 24;
/// How long a guest's pass can be claimed, and a guest's attempt is kept.
const CLAIM_DAYS: i64 = 7;

/// What an image is, told after the answer to it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Lesson {
    truth: Truth,
    /// Whether the answer was right; "unsure" is not, and is not blamed either.
    correct: bool,
    /// What it is, such as `ring` or `spiral`: which explanation to show.
    #[schema(example = "spiral")]
    kind: String,
    /// Whether a computer made it.
    simulated: bool,
    /// Closed polygons around what there is to see, as shares of the image from its top left corner.
    #[schema(required = true)]
    outline: Option<Vec<Vec<[f64; 2]>>>,
    /// The project's own explanation, where it has one.
    #[schema(required = true)]
    words: Option<OwnWords>,
}

/// A text of the project, in the languages it has.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnWords {
    #[schema(required = true)]
    en: Option<String>,
    #[schema(required = true)]
    zh: Option<String>,
}

impl Lesson {
    fn of(image: TeachingImage, answer: Answer) -> Self {
        Self {
            truth: truth(image.truth),
            correct: is_right(&image, answer.into()),
            kind: image.kind,
            simulated: image.simulated,
            outline: image.outline,
            words: own_words(image.words),
        }
    }
}

fn own_words([en, zh]: [Option<String>; 2]) -> Option<OwnWords> {
    (en.is_some() || zh.is_some()).then_some(OwnWords { en, zh })
}

/// A teaching image is always one of the two.
fn truth(label: Label) -> Truth {
    if label == Label::Lens { Truth::Lens } else { Truth::NoLens }
}

fn is_right(image: &TeachingImage, answer: domain::Answer) -> bool {
    matches!(
        (image.truth, answer),
        (Label::Lens, domain::Answer::Lens) | (Label::NonLens, domain::Answer::NoLens)
    )
}

/// The attempt with this id, if it is this visitor's: a guest's belongs to whoever knows its id.
async fn attempt(state: &AppState, id: Uuid, visitor: Option<&Volunteer>) -> Result<Attempt, Problem> {
    let found = state.store.quiz_attempt(id).await?;
    let own = |attempt: &Attempt| {
        attempt.volunteer.is_none_or(|owner| visitor.is_some_and(|visitor| visitor.id == owner))
    };
    found
        .filter(own)
        .ok_or_else(|| Problem::new(ProblemCode::QuizNotFound, "There is no such attempt of yours."))
}

/// Refuses what comes too late for an attempt that was never finished.
fn still_open(state: &AppState, attempt: &Attempt) -> Result<(), Problem> {
    if attempt.result.is_none() && attempt.started_at < ago(state, TimeDelta::hours(ATTEMPT_HOURS)) {
        return Err(over());
    }
    Ok(())
}

fn over() -> Problem {
    Problem::new(ProblemCode::QuizExpired, "This attempt began too long ago. Begin a new one.")
}

fn ago(state: &AppState, time: TimeDelta) -> Timestamp {
    state.clock.now() - time
}
