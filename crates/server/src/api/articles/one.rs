//! `GET /api/v1/articles/{kind}/{slug}`: one published article.

use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{
    etag,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::{ArticleKind, views::ArticlePage};

/// An article as it was published last.
#[utoipa::path(
    get, path = "/api/v1/articles/{kind}/{slug}", tag = "articles",
    params(
        ("kind" = ArticleKind, Path, description = "`news` or `discovery`"),
        ("slug" = String, Path, description = "The article")
    ),
    responses(
        (
            status = 200, description = "The article", body = ArticlePage,
            headers(("ETag", description = "Of the article"))
        ),
        (status = 304, description = "The client has it"),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn article(
    State(state): State<AppState>,
    Path((kind, slug)): Path<(ArticleKind, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let article = state.store.published_article(kind.into(), &slug).await?;
    let missing = || Problem::new(ProblemCode::NotFound, "Nothing was published under this address.");
    etag::json(&headers, &ArticlePage::from(article.ok_or_else(missing)?))
}
