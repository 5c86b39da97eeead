//! `DELETE /api/v1/placements/{id}`: a picture in hand is stopped, a finished one deleted.

use axum::{extract::State, http::StatusCode};
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// Stops a picture in hand, or deletes a finished one with its pixels, also from the leads. Leads may delete
/// what was sent to them.
#[utoipa::path(
    delete, path = "/api/v1/placements/{id}", tag = "placing", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The picture")),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed`, `cross_origin`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`placement_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn delete_placement(
    me: SignedIn,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    if state.placing.cancel(id, me.id()) {
        return Ok(StatusCode::NO_CONTENT);
    }
    super::visible(&state, id, &me.0).await?;
    if state.store.delete_placement(id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(super::missing()) }
}
