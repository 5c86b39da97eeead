//! `GET /api/v1/admin/role-changes`: who gave whom which role.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::role::AdminOnly,
    api::views::Role,
    etag,
    extract::Query,
    pagination::{List, PageQuery},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// How a role came to change.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoleCause {
    Admin,
    Link,
    CommandLine,
    Deletion,
}

/// One change of somebody's role. Names are those of today; a person who left has none.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoleChange {
    seq: i64,
    person_id: Uuid,
    person: String,
    /// The admin; null for the link of the console, the command line and deleted accounts.
    #[schema(required = true)]
    by: Option<String>,
    cause: RoleCause,
    from: Role,
    to: Role,
    reason: String,
    at: DateTime<Utc>,
}

impl From<store::RankChange> for RoleChange {
    fn from(change: store::RankChange) -> Self {
        Self {
            seq: change.seq,
            person_id: change.volunteer.0,
            person: change.name,
            by: change.by.map(|(_, name)| name),
            cause: match change.cause {
                store::RankCause::Admin => RoleCause::Admin,
                store::RankCause::Link => RoleCause::Link,
                store::RankCause::CommandLine => RoleCause::CommandLine,
                store::RankCause::Deletion => RoleCause::Deletion,
            },
            from: change.from.into(),
            to: change.to.into(),
            reason: change.reason,
            at: change.at,
        }
    }
}

/// Who gave whom which role, the latest first. Nothing is ever taken out of this record.
#[utoipa::path(
    get, path = "/api/v1/admin/role-changes", tag = "people", security(("session" = [])), params(PageQuery),
    responses(
        (
            status = 200, description = "One page", body = List<RoleChange>,
            headers(("ETag", description = "Of the page"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn role_changes(
    _admin: AdminOnly,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let page = query.page::<i64>()?;
    let rows = state.store.rank_changes(None, page.after, page.fetch()).await?;
    etag::personal(&headers, &page.list(rows, |row| row.seq, RoleChange::from))
}
