//! `GET /api/v1/me`: who is signed in.

use axum::{Json, extract::State};

use crate::{
    account::session::SignedIn,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::views::Me;

/// The signed-in volunteer.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "accounts", security(("session" = [])),
    responses(
        (status = 200, description = "Who is signed in", body = Me),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn me(volunteer: SignedIn, State(state): State<AppState>) -> Result<Json<Me>, Problem> {
    Me::of(&state, &volunteer.0).await.map(Json)
}
