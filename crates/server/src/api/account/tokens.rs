//! `GET /api/v1/me/tokens`: tokens for one's own scripts.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    account::session::InPerson,
    etag,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenScope {
    /// Read what its owner may read.
    Read,
    /// Also ask for images and answer.
    Work,
}

impl From<TokenScope> for store::TokenScope {
    fn from(scope: TokenScope) -> Self {
        match scope {
            TokenScope::Read => Self::Read,
            TokenScope::Work => Self::Work,
        }
    }
}

impl From<store::TokenScope> for TokenScope {
    fn from(scope: store::TokenScope) -> Self {
        match scope {
            store::TokenScope::Read => Self::Read,
            store::TokenScope::Work => Self::Work,
        }
    }
}

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApiToken {
    /// Names it; opens nothing.
    id: String,
    name: String,
    scope: TokenScope,
    created_at: DateTime<Utc>,
    /// To the minute.
    #[schema(required = true)]
    last_used_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
}

impl From<store::ApiToken> for ApiToken {
    fn from(token: store::ApiToken) -> Self {
        Self {
            id: token.digest.to_string(),
            name: token.name,
            scope: token.scope.into(),
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            expires_at: token.expires_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ApiTokens {
    /// The newest first; those that are over for at most an hour.
    items: Vec<ApiToken>,
}

/// Tokens for one's own scripts.
#[utoipa::path(
    get, path = "/api/v1/me/tokens", tag = "accounts", security(("session" = [])),
    responses(
        (status = 200, description = "All tokens", body = ApiTokens, headers(("ETag", description = "Of the list"))),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn tokens(
    me: InPerson,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let rows = state.store.api_tokens(me.volunteer.id).await?;
    etag::personal(&headers, &ApiTokens { items: rows.into_iter().map(ApiToken::from).collect() })
}
