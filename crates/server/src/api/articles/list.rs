//! `GET /api/v1/articles/{kind}`: what was published, newest first.

use axum::{extract::State, http::HeaderMap, response::Response};
use store::ArticlePlace;

use crate::{
    etag,
    extract::{Path, Query},
    pagination::{List, PageQuery},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::{ArticleKind, views::ArticleCard};

/// News, or discoveries, without their texts.
#[utoipa::path(
    get, path = "/api/v1/articles/{kind}", tag = "articles",
    params(("kind" = ArticleKind, Path, description = "`news` or `discovery`"), PageQuery),
    responses(
        (
            status = 200, description = "One page", body = List<ArticleCard>,
            headers(("ETag", description = "Of the page"))
        ),
        (status = 304, description = "The client has it"),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn articles(
    State(state): State<AppState>,
    Path(kind): Path<ArticleKind>,
    headers: HeaderMap,
    Query(query): Query<PageQuery>,
) -> Result<Response, Problem> {
    let page = query.page::<ArticlePlace>()?;
    let rows = state.store.published_articles(kind.into(), page.after, page.fetch()).await?;
    let place = |row: &store::Article| (row.published_at.unwrap_or_default(), row.id);
    etag::json(&headers, &page.list(rows, place, ArticleCard::from))
}
