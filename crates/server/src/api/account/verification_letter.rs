//! `POST /api/v1/me/verification`: the letter to the account's address, once more.

use axum::{extract::State, http::StatusCode};

use super::letters_leave;
use crate::{
    account::{proof, session::InPerson},
    client_address::ClientAddress,
    mail::Errand,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// Sends the letter that verifies the account's address. Nothing happens when it is verified.
#[utoipa::path(
    post, path = "/api/v1/me/verification", tag = "accounts", security(("session" = [])),
    responses(
        (status = 202, description = "A letter is on its way, unless the address is verified"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM),
        (status = 503, description = "`no_letters`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn send_again(
    me: InPerson,
    State(state): State<AppState>,
    address: ClientAddress,
) -> Result<StatusCode, Problem> {
    letters_leave(&state)?;
    let now = state.clock.now();
    state.limiters.letters_by.take(address.0, now)?;
    state.limiters.letters_to.take(proof::key(&me.volunteer.email), now)?;
    if me.volunteer.email_verified_at.is_none() {
        let address = me.volunteer.email.clone();
        state.post.send(&state, Errand::Verify { volunteer: Box::new(me.volunteer), address });
    }
    Ok(StatusCode::ACCEPTED)
}
