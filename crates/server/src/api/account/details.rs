//! `GET /api/v1/me/account`: what the settings page shows of the account itself.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    account::session::InPerson,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// The account itself. Nobody else sees any of this.
#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    email: String,
    /// When a letter to this address was answered.
    #[schema(required = true)]
    email_verified_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// Whether this server sends letters at all.
    letters: bool,
}

/// The account of whoever is signed in.
#[utoipa::path(
    get, path = "/api/v1/me/account", tag = "accounts", security(("session" = [])),
    responses(
        (status = 200, description = "The account", body = Account),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn details(me: InPerson, State(state): State<AppState>) -> Result<Json<Account>, Problem> {
    Ok(Json(Account {
        email: me.volunteer.email,
        email_verified_at: me.volunteer.email_verified_at,
        created_at: me.volunteer.created_at,
        letters: state.config.mail.is_some(),
    }))
}
