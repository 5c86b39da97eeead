//! `DELETE /api/v1/session`: signing out, also for those who are out already.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode},
    response::{IntoResponse, Response},
};

use crate::{account::session, problem::Problem, state::AppState};

/// Signs out: the session ends on the server, and the browser forgets what it kept.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "accounts",
    responses((status = 204, description = "Signed out"))
)]
pub(super) async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Problem> {
    let cookie = session::end(&state, &headers).await?;
    let forget = [(HeaderName::from_static("clear-site-data"), "\"cache\"")];
    Ok((StatusCode::NO_CONTENT, cookie, forget).into_response())
}
