//! `PUT /api/v1/password-reset`: a new password, by whoever opened the letter's link.

use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use store::{AccountRefusal, LinkPurpose, SignInWay, StoreError};
use utoipa::ToSchema;

use super::verification;
use crate::{
    account::{password_rules, session, settings::Language},
    api::views::Me,
    client_address::ClientAddress,
    extract::JsonBody,
    mail::Errand,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// What the link held behind its `#`.
    #[schema(max_length = 128)]
    secret: String,
    /// At least 8 characters of any kind, and none of the common ones.
    #[schema(min_length = 8, max_length = 1024)]
    password: String,
}

/// Sets a new password and signs in. All other sessions and all tokens for scripts end. A password that
/// is refused does not use the link up.
#[utoipa::path(
    put, path = "/api/v1/password-reset", tag = "accounts", request_body = NewPassword,
    responses(
        (
            status = 200, description = "Changed and signed in",
            body = Me, headers(("Set-Cookie", description = "The session"))
        ),
        (status = 410, description = "`link_not_valid`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 422, description = "`invalid_field`, `common_password`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn reset(
    State(state): State<AppState>,
    address: ClientAddress,
    headers: HeaderMap,
    JsonBody(wish): JsonBody<NewPassword>,
) -> Result<Response, Problem> {
    state.limiters.addresses.take(address.0, state.clock.now())?;
    let digest = verification::parse(&wish.secret)?.digest();
    let found = state.store.link(digest, LinkPurpose::Reset).await?;
    let found = found.ok_or(StoreError::Account(AccountRefusal::LinkNotValid))?;
    password_rules::check(&wish.password, "password", &found.email, &found.volunteer.display_name)?;
    let hash = state.passwords.hash(wish.password).await?;
    let volunteer = state.store.reset_password(digest, hash).await?;
    state.limiters.addresses.give_back(address.0);
    tracing::info!(volunteer = %volunteer.id, "password reset by letter");
    let language = Language::of(&volunteer.language);
    state.post.send(&state, Errand::PasswordChanged { address: volunteer.email.clone(), language });
    let cookie = session::begin(&state, &headers, volunteer.id, SignInWay::Letter).await?;
    let me = Me::of(&state, &volunteer).await?;
    Ok((cookie, Json(me)).into_response())
}
