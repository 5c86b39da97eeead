//! `POST /api/v1/feedback`: somebody writes to the leads, about the site or about an image.

use axum::{Json, extract::State, http::StatusCode};
use domain::{AssignmentId, Digest};
use serde::{Deserialize, Serialize};
use store::{FeedbackAbout, NewFeedback};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::visitor::Visitor,
    client_address::ClientAddress,
    extract::JsonBody,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
    text,
};

use super::FeedbackKind;

/// Characters.
const LONGEST_TEXT: usize = 4_000;
const LONGEST_PAGE: usize = 200;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFeedbackBody {
    kind: FeedbackKind,
    /// Plain text.
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
    /// The image it is about: one that was handed to the writer, who has answered it or holds it. Needed for
    /// `image`, and only there.
    assignment_id: Option<Uuid>,
    /// The path of the page it was written on.
    #[schema(max_length = 200, example = "/classify")]
    page: Option<String>,
}

/// That it was kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeedbackReceipt {
    id: i64,
}

/// Writes to the leads. Guests may write about the site; about an image only who answered it or holds it.
#[utoipa::path(
    post, path = "/api/v1/feedback", tag = "feedback", request_body = NewFeedbackBody,
    responses(
        (status = 201, description = "Kept", body = FeedbackReceipt),
        (status = 400, description = "`invalid_json`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 401, description = "`not_signed_in`: guests cannot write about an image",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (
            status = 403, description = "`not_your_assignment`, `cross_origin`, `not_allowed`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 404, description = "`assignment_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 410, description = "`assignment_expired`: the image went back unanswered",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 413, description = "`body_too_large`", body = ProblemDetails, content_type = PROBLEM),
        (status = 415, description = "`unsupported_media_type`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn write(
    visitor: Visitor,
    State(state): State<AppState>,
    address: ClientAddress,
    JsonBody(new): JsonBody<NewFeedbackBody>,
) -> Result<(StatusCode, Json<FeedbackReceipt>), Problem> {
    let author = visitor.0.map(|volunteer| volunteer.id);
    let writer = author.map_or_else(|| address.0.to_string(), |id| id.to_string());
    state.limiters.writers.take(Digest::of(writer.as_bytes()), state.clock.now())?;
    let about = about(&new)?;
    if matches!(about, FeedbackAbout::Image(_)) && author.is_none() {
        return Err(Problem::not_signed_in());
    }
    let text = text::prose("text", &new.text, LONGEST_TEXT)?;
    if text.is_empty() {
        return Err(Problem::field("text", "Please write something."));
    }
    let page = new.page.as_deref().map(page).transpose()?;
    let id = state.store.add_feedback(NewFeedback { about, text, page, author }).await?;
    Ok((StatusCode::CREATED, Json(FeedbackReceipt { id })))
}

fn about(new: &NewFeedbackBody) -> Result<FeedbackAbout, Problem> {
    match (new.kind, new.assignment_id) {
        (FeedbackKind::Site, None) => Ok(FeedbackAbout::Site),
        (FeedbackKind::Image, Some(id)) => Ok(FeedbackAbout::Image(AssignmentId(id))),
        (FeedbackKind::Site, Some(_)) => {
            Err(Problem::field("assignment_id", "Leave it out, or say that this is about an image."))
        }
        (FeedbackKind::Image, None) => Err(Problem::field("assignment_id", "Say which image this is about.")),
    }
}

fn page(page: &str) -> Result<String, Problem> {
    let page = text::line("page", page, LONGEST_PAGE)?;
    if !page.starts_with('/') {
        return Err(Problem::field("page", "Give the path of a page of this site, such as /classify."));
    }
    Ok(page)
}
