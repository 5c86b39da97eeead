//! `PUT /api/v1/me/email`: another address. It is the account's only once its letter was answered.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::letters_leave;
use crate::{
    account::{profile, proof, session::InPerson},
    client_address::ClientAddress,
    extract::JsonBody,
    mail::Errand,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddressChange {
    /// The new address.
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 1024)]
    password: String,
}

/// Sends a letter to the new address. Until its link is opened, the account keeps the old one.
#[utoipa::path(
    put, path = "/api/v1/me/email", tag = "accounts", security(("session" = [])),
    request_body = AddressChange,
    responses(
        (status = 202, description = "A letter is on its way to the new address"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`wrong_password`, `not_allowed` (with a token)",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 409, description = "`address_taken`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM),
        (status = 503, description = "`no_letters`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn change_address(
    me: InPerson,
    State(state): State<AppState>,
    address: ClientAddress,
    JsonBody(wish): JsonBody<AddressChange>,
) -> Result<StatusCode, Problem> {
    letters_leave(&state)?;
    let email = profile::address(&wish.email)?;
    proof::password(&state, &me.volunteer, wish.password, "password").await?;
    let now = state.clock.now();
    state.limiters.letters_by.take(address.0, now)?;
    state.limiters.letters_to.take(proof::key(&email), now)?;
    let owner = state.store.credentials(&email).await?.map(|known| known.volunteer.id);
    if owner.is_some_and(|owner| owner != me.volunteer.id) {
        let detail = "Another account has this address.";
        let taken = Problem::new(ProblemCode::AddressTaken, detail);
        return Err(Problem { field: Some("email".to_owned()), ..taken });
    }
    state.post.send(&state, Errand::Verify { volunteer: Box::new(me.volunteer), address: email });
    Ok(StatusCode::ACCEPTED)
}
