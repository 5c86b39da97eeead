//! `PUT /api/v1/me/password`: another password, by whoever knows the old one.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    account::{password_rules, proof, session::InPerson, settings::Language},
    extract::JsonBody,
    mail::Errand,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The password so far.
    #[schema(max_length = 1024)]
    current: String,
    /// At least 8 characters of any kind, and none of the common ones.
    #[schema(min_length = 8, max_length = 1024)]
    new: String,
}

/// Changes the password and ends every other session.
#[utoipa::path(
    put, path = "/api/v1/me/password", tag = "accounts", security(("session" = [])),
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed; all other devices are signed out"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`wrong_password`, `not_allowed` (with a token)",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (
            status = 422, description = "`invalid_field`, `common_password`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn change_password(
    InPerson { volunteer, session }: InPerson,
    State(state): State<AppState>,
    JsonBody(wish): JsonBody<PasswordChange>,
) -> Result<StatusCode, Problem> {
    proof::password(&state, &volunteer, wish.current, "current").await?;
    password_rules::check(&wish.new, "new", &volunteer.email, &volunteer.display_name)?;
    let hash = state.passwords.hash(wish.new).await?;
    state.store.change_password(volunteer.id, hash, session).await?;
    tracing::info!(volunteer = %volunteer.id, "password changed");
    let language = Language::of(&volunteer.language);
    state.post.send(&state, Errand::PasswordChanged { address: volunteer.email, language });
    Ok(StatusCode::NO_CONTENT)
}
