//! `DELETE /api/v1/me/sessions`: signing out everywhere, here included.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    account::session::{self, InPerson},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// Signs out on every device.
#[utoipa::path(
    delete, path = "/api/v1/me/sessions", tag = "accounts", security(("session" = [])),
    responses(
        (status = 204, description = "Signed out everywhere"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn sign_out_everywhere(
    me: InPerson,
    State(state): State<AppState>,
) -> Result<Response, Problem> {
    let ended = state.store.delete_sessions_of(me.volunteer.id).await?;
    tracing::info!(volunteer = %me.volunteer.id, ended, "signed out everywhere");
    Ok((StatusCode::NO_CONTENT, session::forget(&state)?).into_response())
}
