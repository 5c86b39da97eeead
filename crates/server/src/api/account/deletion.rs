//! `POST /api/v1/me/deletion`: the end of an account.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    account::{
        proof,
        session::{self, InPerson},
    },
    extract::JsonBody,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deletion {
    #[schema(max_length = 1024)]
    password: String,
}

/// Deletes the account: address, name, password, settings, sessions, tokens and placed pictures go at once
/// and for good.
/// Answers and what was written to the leads stay, without a name: nothing leads from them to a person.
#[utoipa::path(
    post, path = "/api/v1/me/deletion", tag = "accounts", security(("session" = [])), request_body = Deletion,
    responses(
        (status = 204, description = "Deleted, and signed out everywhere"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`wrong_password`, `not_allowed` (with a token)",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 409, description = "`last_admin`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn delete_account(
    me: InPerson,
    State(state): State<AppState>,
    JsonBody(wish): JsonBody<Deletion>,
) -> Result<Response, Problem> {
    proof::password(&state, &me.volunteer, wish.password, "password").await?;
    state.placing.cancel_of(me.volunteer.id);
    state.store.delete_account(me.volunteer.id).await?;
    tracing::info!(volunteer = %me.volunteer.id, "account deleted");
    Ok((StatusCode::NO_CONTENT, session::forget(&state)?).into_response())
}
