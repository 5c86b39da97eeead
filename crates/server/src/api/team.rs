//! `GET /api/v1/team`: who runs this server.

use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{etag, problem::Problem, state::AppState, team::Team};

/// The people who run this server, as its operator wrote them down; often nobody.
#[utoipa::path(
    get, path = "/api/v1/team", tag = "server",
    responses(
        (status = 200, description = "The team", body = Team, headers(("ETag", description = "Of the team"))),
        (status = 304, description = "The client has it")
    )
)]
pub(super) async fn team(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Problem> {
    etag::json(&headers, &state.config.team)
}
