//! `PUT /api/v1/lead/feedback/{id}/done`: a lead has dealt with it, or has not after all.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    account::role::LeadOnly,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedbackDone {
    done: bool,
}

/// Marks feedback as done, or takes the mark away.
#[utoipa::path(
    put, path = "/api/v1/lead/feedback/{id}/done", tag = "feedback", security(("session" = [])),
    params(("id" = i64, Path, description = "The feedback")), request_body = FeedbackDone,
    responses(
        (status = 204, description = "Marked"),
        (status = 400, description = "`invalid_json`", body = ProblemDetails, content_type = PROBLEM),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`not_allowed`, `cross_origin`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 413, description = "`body_too_large`", body = ProblemDetails, content_type = PROBLEM),
        (status = 415, description = "`unsupported_media_type`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn mark(
    lead: LeadOnly,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    JsonBody(wish): JsonBody<FeedbackDone>,
) -> Result<StatusCode, Problem> {
    state.store.set_feedback_done(id, wish.done, lead.0.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
