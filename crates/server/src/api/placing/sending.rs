//! `POST /api/v1/placements/{id}/sending`: a picture is shown to the leads.

use axum::{extract::State, http::StatusCode};
use domain::Digest;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
    text,
};

/// Characters.
const LONGEST_NOTE: usize = 2_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sending {
    /// What one wants to say about it: plain text, may be empty.
    #[schema(max_length = 2000)]
    note: String,
}

/// Shows one's picture to the leads: they see its pixels, its place, the note and one's name. Sent again, the
/// new note replaces the old one.
#[utoipa::path(
    post, path = "/api/v1/placements/{id}/sending", tag = "placing", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The picture")), request_body = Sending,
    responses(
        (status = 204, description = "Sent"),
        (status = 400, description = "`invalid_json`", body = ProblemDetails, content_type = PROBLEM),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed`, `cross_origin`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`placement_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn send_placement(
    me: SignedIn,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    JsonBody(wish): JsonBody<Sending>,
) -> Result<StatusCode, Problem> {
    let note = text::prose("note", &wish.note, LONGEST_NOTE)?;
    state.limiters.writers.take(Digest::of(me.id().to_string().as_bytes()), state.clock.now())?;
    state.store.send_placement(id, me.id(), note).await?;
    Ok(StatusCode::NO_CONTENT)
}
