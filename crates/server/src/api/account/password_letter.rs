//! `POST /api/v1/password-reset`: somebody forgot their password.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::letters_leave;
use crate::{
    account::{profile, proof},
    client_address::ClientAddress,
    extract::JsonBody,
    mail::Errand,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {
    #[schema(max_length = 254)]
    email: String,
}

/// Sends a letter with a link to choose a new password, if the address has an account. The answer is the
/// same if it has none, and takes the same time: the account is looked up afterwards.
#[utoipa::path(
    post, path = "/api/v1/password-reset", tag = "accounts", request_body = Forgotten,
    responses(
        (status = 202, description = "If the address has an account, a letter is on its way"),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM),
        (status = 503, description = "`no_letters`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn forgotten(
    State(state): State<AppState>,
    address: ClientAddress,
    JsonBody(wish): JsonBody<Forgotten>,
) -> Result<StatusCode, Problem> {
    letters_leave(&state)?;
    let email = profile::address(&wish.email)?;
    let now = state.clock.now();
    state.limiters.letters_by.take(address.0, now)?;
    state.limiters.letters_to.take(proof::key(&email), now)?;
    state.post.send(&state, Errand::Reset { address: email });
    Ok(StatusCode::ACCEPTED)
}
