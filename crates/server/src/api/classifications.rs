//! `POST /api/v1/classifications`: the answer to an image. It is acknowledged only after it is
//! durable, and the same id may be sent again until it is.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use domain::{AssignmentId, ClassificationId, Label};
use serde::{Deserialize, Serialize};
use store::{NewVote, VoteReceipt};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::JsonBody,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::views::Answer;

/// Longest time on one image that is believed, in seconds.
const LONGEST_LOOK: f64 = 24.0 * 3600.0;
/// Most bytes of `view`, written as JSON.
const LARGEST_VIEW: usize = 1024;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClassification {
    /// Made by the client (a random UUID); sending it again changes nothing.
    id: Uuid,
    /// The image that is answered.
    assignment_id: Uuid,
    answer: Answer,
    /// Seconds from seeing the image to answering.
    #[schema(minimum = 0)]
    seconds: Option<f64>,
    /// How the image was displayed (such as the preset and the zoom); kept with the answer. At most
    /// 1024 bytes of JSON.
    view: Option<BTreeMap<String, serde_json::Value>>,
    /// Where the arc is, if the volunteer marked it.
    mark: Option<Mark>,
}

/// A place on an image, as shares of its width and height from the top left corner.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    #[schema(minimum = 0, maximum = 1)]
    x: f64,
    #[schema(minimum = 0, maximum = 1)]
    y: f64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Classification {
    id: Uuid,
    /// For training images the truth; null for all others.
    #[schema(required = true)]
    feedback: Option<Feedback>,
}

/// The truth about a training image.
#[derive(Serialize, ToSchema)]
pub(crate) struct Feedback {
    truth: Truth,
    /// Whether the answer was right. "Unsure" is neither right nor blamed: see `message_key`.
    correct: bool,
    /// What it is, such as "simulated lens".
    kind: String,
    /// Which message to show.
    message_key: MessageKey,
    /// Closed polygons around what there is to see, as shares of the image from its top left corner.
    #[schema(required = true)]
    outline: Option<Vec<Vec<[f64; 2]>>>,
}

/// What a training image is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Truth {
    Lens,
    NoLens,
}

/// Truth and answer in one word.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MessageKey {
    LensFound,
    LensUnsure,
    LensMissed,
    NoLensRight,
    NoLensUnsure,
    NoLensMistaken,
}

/// Records an answer: 201 when new, 200 with the same body when this id was recorded before.
#[utoipa::path(
    post, path = "/api/v1/classifications", tag = "work", security(("session" = [])),
    request_body = NewClassification,
    responses(
        (status = 201, description = "Recorded, durably", body = Classification),
        (status = 200, description = "Recorded before under this id", body = Classification),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_your_assignment`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`assignment_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 409, description = "`already_answered`, `id_in_use`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 410, description = "`assignment_expired`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn classify(
    volunteer: SignedIn,
    State(state): State<AppState>,
    JsonBody(new): JsonBody<NewClassification>,
) -> Result<(StatusCode, Json<Classification>), Problem> {
    state.limiters.volunteers.take(volunteer.id(), state.clock.now())?;
    let vote = NewVote {
        id: ClassificationId(client_id(new.id)?),
        assignment: AssignmentId(new.assignment_id),
        volunteer: volunteer.id(),
        answer: new.answer.into(),
        seconds: new.seconds.map(plausible_seconds).transpose()?,
        view: new.view.map(small_view).transpose()?,
        mark: new.mark.map(on_the_image).transpose()?,
        feedback: true,
    };
    let receipt = state.store.record_vote(vote).await?;
    let status = if receipt.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(Classification { id: receipt.id.0, feedback: feedback(&receipt) })))
}

/// The nil UUID is what a client sends whose generator is broken: it would collide at once.
pub(super) fn client_id(id: Uuid) -> Result<Uuid, Problem> {
    if id.is_nil() {
        return Err(Problem::field("id", "Make a random UUID for every answer."));
    }
    Ok(id)
}

fn plausible_seconds(seconds: f64) -> Result<f64, Problem> {
    if (0.0..=LONGEST_LOOK).contains(&seconds) {
        return Ok(seconds);
    }
    Err(Problem::field("seconds", "Seconds lie between 0 and 86400."))
}

fn on_the_image(mark: Mark) -> Result<store::Mark, Problem> {
    if [mark.x, mark.y].iter().all(|share| (0.0..=1.0).contains(share)) {
        return Ok(store::Mark { x: mark.x, y: mark.y });
    }
    Err(Problem::field("mark", "A mark lies on the image, from 0 to 1."))
}

fn small_view(view: BTreeMap<String, serde_json::Value>) -> Result<serde_json::Value, Problem> {
    let view = serde_json::Value::Object(view.into_iter().collect());
    if view.to_string().len() > LARGEST_VIEW {
        return Err(Problem::field("view", "The view has at most 1024 bytes of JSON."));
    }
    Ok(view)
}

fn feedback(receipt: &VoteReceipt) -> Option<Feedback> {
    if !receipt.feedback {
        return None;
    }
    use domain::Answer::{Lens, NoLens, Unsure};
    let (truth, correct, message_key) = match (receipt.label, receipt.answer) {
        (Label::Lens, Lens) => (Truth::Lens, true, MessageKey::LensFound),
        (Label::Lens, Unsure) => (Truth::Lens, false, MessageKey::LensUnsure),
        (Label::Lens, NoLens) => (Truth::Lens, false, MessageKey::LensMissed),
        (Label::NonLens, NoLens) => (Truth::NoLens, true, MessageKey::NoLensRight),
        (Label::NonLens, Unsure) => (Truth::NoLens, false, MessageKey::NoLensUnsure),
        (Label::NonLens, Lens) => (Truth::NoLens, false, MessageKey::NoLensMistaken),
        (Label::Unknown, _) => return None,
    };
    let kind = receipt.training_kind.clone().unwrap_or_else(|| match truth {
        Truth::Lens => "lens".to_owned(),
        Truth::NoLens => "no lens".to_owned(),
    });
    Some(Feedback { truth, correct, kind, message_key, outline: receipt.outline.clone() })
}
