//! `GET /api/v1/projects/{slug}/me/candidates`: images one called a lens that became candidates.

use axum::{extract::State, http::HeaderMap, response::Response};
use store::HistoryFilter;

use crate::{
    account::session::SignedIn,
    etag,
    extract::{Path, Query},
    pagination::{List, PageQuery},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::{
    super::project,
    views::{OwnAnswer, key, place},
};

/// Candidates one helped to find, by one's answer, newest first.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/me/candidates", tag = "own work", security(("session" = [])),
    params(("slug" = String, Path, description = "The project"), PageQuery),
    responses(
        (
            status = 200, description = "A page of candidates", body = List<OwnAnswer>,
            headers(("ETag", description = "Of the page"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn candidates(
    volunteer: SignedIn,
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let page = query.page()?;
    let project = project(&state, &slug).await?;
    let (filter, after) = (HistoryFilter::Helped, page.after.map(place));
    let rows = state.store.history(project.id, volunteer.id(), filter, after, page.fetch()).await?;
    etag::personal(&headers, &page.list(rows, key, OwnAnswer::of))
}
