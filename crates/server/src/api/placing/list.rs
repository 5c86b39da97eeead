//! `GET /api/v1/placements`: one's own placed pictures.

use axum::{extract::State, http::HeaderMap, response::Response};
use domain::Timestamp;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    etag,
    extract::Query,
    pagination::{List, PageQuery},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::views::Placement;

/// One's own pictures that were placed, or could not be, newest first; without stars, grid and what lies in them.
#[utoipa::path(
    get, path = "/api/v1/placements", tag = "placing", security(("session" = [])), params(PageQuery),
    responses(
        (
            status = 200, description = "A page", body = List<Placement>,
            headers(("ETag", description = "Of the page"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn own_placements(
    me: SignedIn,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let page = query.page::<(Timestamp, Uuid)>()?;
    let rows = state.store.placements_of(me.id(), page.after, page.fetch()).await?;
    let list = page.list(rows, |row| (row.at, row.id), |row| Placement::summary(row, true));
    let items = list.items.into_iter().collect::<Result<Vec<_>, _>>()?;
    etag::personal(&headers, &List { items, next: list.next })
}
