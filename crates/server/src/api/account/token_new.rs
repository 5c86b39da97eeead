//! `POST /api/v1/me/tokens`: a token for one's own scripts.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use store::NewApiToken;
use utoipa::ToSchema;

use super::tokens::{ApiToken, TokenScope};
use crate::{
    account::{bearer, session::InPerson},
    extract::JsonBody,
    problem::{PROBLEM, Problem, ProblemDetails},
    secret::Secret,
    state::AppState,
    text,
};

const LONGEST_NAME: usize = 60;
const MOST_DAYS: u32 = 366;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenWish {
    /// What it is for.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    scope: TokenScope,
    /// How long it works.
    #[schema(minimum = 1, maximum = 366)]
    days: u32,
}

/// A new token. Its secret is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewToken {
    token: ApiToken,
    /// Send it as `Authorization: Bearer <secret>`.
    #[schema(example = "lf_ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    secret: String,
}

/// Makes a token. One account may have 20.
#[utoipa::path(
    post, path = "/api/v1/me/tokens", tag = "accounts", security(("session" = [])), request_body = TokenWish,
    responses(
        (status = 201, description = "The token, with its secret", body = NewToken),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM),
        (status = 409, description = "`limit_reached`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn new_token(
    me: InPerson,
    State(state): State<AppState>,
    JsonBody(wish): JsonBody<TokenWish>,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    state.limiters.volunteers.take(me.volunteer.id, state.clock.now())?;
    let name = text::line("name", &wish.name, LONGEST_NAME)?;
    if name.is_empty() {
        return Err(Problem::field("name", "Say what the token is for, so that you know it again."));
    }
    if !(1..=MOST_DAYS).contains(&wish.days) {
        return Err(Problem::field("days", "A token works for 1 to 366 days."));
    }
    let secret = Secret::generate()?;
    let new = NewApiToken {
        digest: secret.digest(),
        volunteer: me.volunteer.id,
        name,
        scope: wish.scope.into(),
        lifetime: Duration::from_secs(u64::from(wish.days) * 24 * 3600),
    };
    let token = state.store.create_api_token(new).await?.into();
    Ok((StatusCode::CREATED, Json(NewToken { token, secret: bearer::shown(&secret) })))
}
