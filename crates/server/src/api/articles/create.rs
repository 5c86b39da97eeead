//! `POST /api/v1/lead/articles`: a lead begins an article.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    account::role::LeadOnly,
    extract::JsonBody,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::{ArticleKind, content::NewContent, views::LeadArticle};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewArticle {
    kind: ArticleKind,
    content: NewContent,
}

/// Begins an article; only leads see it until it is published.
#[utoipa::path(
    post, path = "/api/v1/lead/articles", tag = "articles", security(("session" = [])),
    request_body = NewArticle,
    responses(
        (status = 201, description = "The draft", body = LeadArticle),
        (status = 400, description = "`invalid_json`", body = ProblemDetails, content_type = PROBLEM),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`not_allowed`, `cross_origin`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 409, description = "`slug_taken`", body = ProblemDetails, content_type = PROBLEM),
        (status = 413, description = "`body_too_large`", body = ProblemDetails, content_type = PROBLEM),
        (status = 415, description = "`unsupported_media_type`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn create_article(
    lead: LeadOnly,
    State(state): State<AppState>,
    JsonBody(new): JsonBody<NewArticle>,
) -> Result<(StatusCode, Json<LeadArticle>), Problem> {
    let (slug, content) = new.content.check(new.kind, &state).await?;
    let article = state.store.create_article(new.kind.into(), slug, content, lead.0.id).await?;
    let history = state.store.article_history(article.id).await?;
    Ok((StatusCode::CREATED, Json(LeadArticle::of(article, history))))
}
