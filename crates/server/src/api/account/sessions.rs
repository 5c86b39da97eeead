//! `GET /api/v1/me/sessions`: where one is signed in.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    account::session::InPerson,
    etag,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// How a session began.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignInWay {
    Password,
    SignUp,
    Letter,
}

impl From<store::SignInWay> for SignInWay {
    fn from(way: store::SignInWay) -> Self {
        match way {
            store::SignInWay::Password => Self::Password,
            store::SignInWay::SignUp => Self::SignUp,
            store::SignInWay::Letter => Self::Letter,
        }
    }
}

/// One place where somebody is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    /// Names it; signs nobody in.
    id: String,
    /// A code: `firefox`, `chrome`, `safari`, `edge`, `opera`, `samsung`, `wechat` or `other`.
    browser: String,
    /// A code: `windows`, `macos`, `linux`, `android`, `ios`, `harmony`, `chromeos` or `other`.
    system: String,
    way: SignInWay,
    created_at: DateTime<Utc>,
    /// To the minute.
    last_seen_at: DateTime<Utc>,
    /// Whether this request came from it.
    current: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Sessions {
    /// The one used last first.
    items: Vec<Session>,
}

/// Where one is signed in.
#[utoipa::path(
    get, path = "/api/v1/me/sessions", tag = "accounts", security(("session" = [])),
    responses(
        (status = 200, description = "All sessions", body = Sessions, headers(("ETag", description = "Of the list"))),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn sessions(
    me: InPerson,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let rows = state.store.sessions_of(me.volunteer.id).await?;
    let session = |row: store::SessionRow| Session {
        id: row.digest.to_string(),
        browser: row.origin.browser,
        system: row.origin.system,
        way: row.origin.way.into(),
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        current: row.digest == me.session,
    };
    etag::personal(&headers, &Sessions { items: rows.into_iter().map(session).collect() })
}
