//! `POST /api/v1/assignments/{id}/renewal`: keep an image while its page is in view.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use domain::AssignmentId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

#[derive(Serialize, ToSchema)]
pub(crate) struct Renewal {
    /// The new end of the lease.
    expires_at: DateTime<Utc>,
}

/// Renews the lease of an image that has not expired.
#[utoipa::path(
    post, path = "/api/v1/assignments/{id}/renewal", tag = "work", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The assignment")),
    responses(
        (status = 200, description = "Renewed", body = Renewal),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_your_assignment`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`assignment_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 409, description = "`already_answered`", body = ProblemDetails, content_type = PROBLEM),
        (status = 410, description = "`assignment_expired`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn renew(
    volunteer: SignedIn,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Json<Renewal>, Problem> {
    state.limiters.volunteers.take(volunteer.id(), state.clock.now())?;
    let expires_at = state.store.renew(AssignmentId(id), volunteer.id(), state.config.lease).await?;
    Ok(Json(Renewal { expires_at }))
}
