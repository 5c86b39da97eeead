//! `DELETE /api/v1/me/tokens/{id}`: a token that works no more.

use axum::{extract::State, http::StatusCode};
use domain::Digest;

use crate::{
    account::session::InPerson,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

/// Ends a token at once.
#[utoipa::path(
    delete, path = "/api/v1/me/tokens/{id}", tag = "accounts", security(("session" = [])),
    params(("id" = String, Path, description = "From the list of tokens")),
    responses(
        (status = 204, description = "It works no more"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn end_token(
    me: InPerson,
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let unknown = || Problem::new(ProblemCode::NotFound, "You have no such token (any more).");
    let digest: Digest = id.parse().map_err(|_| unknown())?;
    let ended = state.store.delete_api_token(me.volunteer.id, digest).await?;
    ended.then_some(StatusCode::NO_CONTENT).ok_or_else(unknown)
}
