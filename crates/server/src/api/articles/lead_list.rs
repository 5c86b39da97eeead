//! `GET /api/v1/lead/articles`: drafts and what is published, for the leads.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use store::ArticlePlace;

use crate::{
    account::role::LeadOnly,
    etag,
    extract::Query,
    pagination::{List, Page},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::{ArticleKind, views::LeadArticleCard};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LeadListQuery {
    /// Only this kind.
    kind: Option<ArticleKind>,
    /// `next` of the page before; the first page without it.
    #[param(max_length = 256)]
    after: Option<String>,
    /// Items at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// Under a name of its own: utoipa would describe it a second time.
type Asked = Query<LeadListQuery>;

/// All articles, last changed first.
#[utoipa::path(
    get, path = "/api/v1/lead/articles", tag = "articles", security(("session" = [])), params(LeadListQuery),
    responses(
        (
            status = 200, description = "One page", body = List<LeadArticleCard>,
            headers(("ETag", description = "Of the page"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn lead_articles(
    _lead: LeadOnly,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(query): Asked,
) -> Result<Response, Problem> {
    let page = Page::<ArticlePlace>::of(query.after, query.limit)?;
    let rows = state.store.articles(query.kind.map(Into::into), page.after, page.fetch()).await?;
    etag::personal(&headers, &page.list(rows, |row| (row.changed_at, row.id), LeadArticleCard::from))
}
