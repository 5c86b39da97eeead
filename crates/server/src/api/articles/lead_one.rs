//! `GET /api/v1/lead/articles/{id}`: an article as a lead edits it.

use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{
    account::role::LeadOnly,
    etag,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::views::LeadArticle;

/// The newest revision, as Markdown, and what was done to the article.
#[utoipa::path(
    get, path = "/api/v1/lead/articles/{id}", tag = "articles", security(("session" = [])),
    params(("id" = i64, Path, description = "The article")),
    responses(
        (
            status = 200, description = "The article", body = LeadArticle,
            headers(("ETag", description = "Of the article"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn lead_article(
    _lead: LeadOnly,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::new(ProblemCode::NotFound, "There is nothing under this id.");
    let article = state.store.article(id).await?.ok_or_else(missing)?;
    let history = state.store.article_history(id).await?;
    etag::personal(&headers, &LeadArticle::of(article, history))
}
