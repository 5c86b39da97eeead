//! `POST /api/v1/classifications/{id}/retraction`: an undo that brings the image back.

use axum::{Json, extract::State, http::StatusCode};
use domain::ClassificationId;
use serde::{Deserialize, Serialize};
use store::NewRetraction;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::{classifications::client_id, views::Assignment};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Undo {
    /// Made by the client (a random UUID); sending it again changes nothing.
    id: Uuid,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Reopened {
    /// The same image, open again.
    assignment: Assignment,
}

/// Takes an answer back. The answer stays in the log, with the retraction after it. Where the truth
/// was shown the answer stands.
#[utoipa::path(
    post, path = "/api/v1/classifications/{id}/retraction", tag = "work", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The classification to take back")), request_body = Undo,
    responses(
        (status = 201, description = "Taken back; the same again for the same id", body = Reopened),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 404, description = "`classification_not_found`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (
            status = 409, description = "`feedback_shown`, `already_retracted`, `too_late_to_retract`, `id_in_use`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn retract(
    volunteer: SignedIn,
    State(state): State<AppState>,
    Path(of): Path<Uuid>,
    JsonBody(undo): JsonBody<Undo>,
) -> Result<(StatusCode, Json<Reopened>), Problem> {
    state.limiters.volunteers.take(volunteer.id(), state.clock.now())?;
    let retraction = NewRetraction {
        id: ClassificationId(client_id(undo.id)?),
        of: ClassificationId(of),
        volunteer: volunteer.id(),
        lease: state.config.lease,
    };
    let assignment = state.store.retract(retraction).await?;
    let assignment = Assignment::of(&assignment, &state);
    Ok((StatusCode::CREATED, Json(Reopened { assignment })))
}
