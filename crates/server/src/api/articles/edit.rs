//! `PUT /api/v1/lead/articles/{id}`: a lead changes an article. What is public stays until it is published
//! again.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    account::role::LeadOnly,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::{content::NewContent, views::LeadArticle};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArticleEdit {
    /// The revision that was read; if there is a newer one, nothing is written.
    revision: u32,
    content: NewContent,
}

/// Adds a revision.
#[utoipa::path(
    put, path = "/api/v1/lead/articles/{id}", tag = "articles", security(("session" = [])),
    params(("id" = i64, Path, description = "The article")), request_body = ArticleEdit,
    responses(
        (status = 200, description = "The new revision", body = LeadArticle),
        (status = 400, description = "`invalid_json`", body = ProblemDetails, content_type = PROBLEM),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`not_allowed`, `cross_origin`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 409, description = "`edited_meanwhile`, `slug_taken`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 413, description = "`body_too_large`", body = ProblemDetails, content_type = PROBLEM),
        (status = 415, description = "`unsupported_media_type`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn edit_article(
    lead: LeadOnly,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    JsonBody(edit): JsonBody<ArticleEdit>,
) -> Result<Json<LeadArticle>, Problem> {
    let missing = || Problem::new(ProblemCode::NotFound, "There is nothing under this id.");
    let kind = state.store.article(id).await?.ok_or_else(missing)?.kind;
    let (slug, content) = edit.content.check(kind.into(), &state).await?;
    let article = state.store.edit_article(id, edit.revision, slug, content, lead.0.id).await?;
    let history = state.store.article_history(id).await?;
    Ok(Json(LeadArticle::of(article, history)))
}
