//! `DELETE /api/v1/me/sessions/{id}`: signing one device out.

use axum::{extract::State, http::StatusCode};
use domain::Digest;

use crate::{
    account::session::InPerson,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

/// Signs one device out.
#[utoipa::path(
    delete, path = "/api/v1/me/sessions/{id}", tag = "accounts", security(("session" = [])),
    params(("id" = String, Path, description = "From the list of sessions")),
    responses(
        (status = 204, description = "Signed out there"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn end_session(
    me: InPerson,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let unknown = || Problem::new(ProblemCode::NotFound, "You have no such session (any more).");
    let digest: Digest = id.parse().map_err(|_| unknown())?;
    let ended = state.store.delete_session_of(me.volunteer.id, digest).await?;
    ended.then_some(StatusCode::NO_CONTENT).ok_or_else(unknown)
}
