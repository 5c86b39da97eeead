//! `GET /api/v1/lead/placements`: pictures that were sent to the leads.

use axum::{extract::State, http::HeaderMap, response::Response};
use domain::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    account::role::LeadOnly,
    etag,
    extract::Query,
    pagination::{List, Page},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::views::Placement;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SentQuery {
    /// Only what is done, or only what is not.
    done: Option<bool>,
    /// `next` of the page before; the first page without it.
    #[param(max_length = 256)]
    after: Option<String>,
    /// Items at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// Under a name of its own: utoipa would describe it a second time.
type Asked = Query<SentQuery>;

/// Pictures that people sent, last sent first; without stars, grid and what lies in them.
#[utoipa::path(
    get, path = "/api/v1/lead/placements", tag = "placing", security(("session" = [])), params(SentQuery),
    responses(
        (
            status = 200, description = "A page", body = List<Placement>,
            headers(("ETag", description = "Of the page"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn sent_placements(
    lead: LeadOnly,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(query): Asked,
) -> Result<Response, Problem> {
    let page = Page::<(Timestamp, Uuid)>::of(query.after, query.limit)?;
    let rows = state.store.sent_placements(query.done, page.after, page.fetch()).await?;
    let key = |row: &store::Placement| (row.sent_at.unwrap_or(row.at), row.id);
    // The author is told of one's own too: this is the leads' list.
    let view = |row: store::Placement| {
        let (own, author) = (row.volunteer == lead.0.id, row.author.clone());
        Ok(Placement { author: Some(author), ..Placement::summary(row, own)? })
    };
    let list = page.list(rows, key, view);
    let items = list.items.into_iter().collect::<Result<Vec<_>, Problem>>()?;
    etag::personal(&headers, &List { items, next: list.next })
}
