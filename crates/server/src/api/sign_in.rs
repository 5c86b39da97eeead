//! `POST /api/v1/session`: signing in.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use domain::Digest;
use serde::Deserialize;
use store::SignInWay;
use utoipa::ToSchema;

use crate::{
    account::{passwords::Verdict, session},
    client_address::ClientAddress,
    extract::JsonBody,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::views::Me;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    email: String,
    password: String,
}

/// Signs in. Whether an unknown address or a wrong password was the reason for a refusal is not
/// told, neither in words nor by the time it takes.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "accounts", request_body = Credentials,
    responses(
        (
            status = 200, description = "Signed in",
            body = Me, headers(("Set-Cookie", description = "The session"))
        ),
        (status = 401, description = "`wrong_credentials`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn sign_in(
    State(state): State<AppState>,
    address: ClientAddress,
    headers: HeaderMap,
    JsonBody(given): JsonBody<Credentials>,
) -> Result<Response, Problem> {
    // Tokens are taken before the work and given back after success: parallel guesses count too.
    let now = state.clock.now();
    let account = Digest::of(given.email.trim().to_lowercase().as_bytes());
    state.limiters.addresses.take(address.0, now)?;
    state.limiters.accounts.take(account, now)?;

    let known = state.store.credentials(&given.email).await?;
    let (volunteer, stored) = match known {
        Some(known) => (Some(known.volunteer), Some(known.password_hash)),
        None => (None, None),
    };
    let verdict = state.passwords.check(given.password, stored).await?;
    let Some(volunteer) = volunteer.filter(|_| verdict != Verdict::Wrong) else {
        tracing::info!(account = %account.short(), "sign-in refused");
        let detail = "Check the address and the password, or create an account.";
        return Err(Problem::new(ProblemCode::WrongCredentials, detail));
    };
    if let Verdict::RightWithNewHash(hash) = verdict {
        state.store.set_password_hash(volunteer.id, hash).await?;
    }
    state.limiters.addresses.give_back(address.0);
    state.limiters.accounts.give_back(account);
    let cookie = session::begin(&state, &headers, volunteer.id, SignInWay::Password).await?;
    tracing::info!(volunteer = %volunteer.id, "signed in");
    let me = Me::of(&state, &volunteer).await?;
    Ok((cookie, Json(me)).into_response())
}
