//! `PUT /api/v1/lead/articles/{id}/publication`: everybody may read it from now on.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    account::role::LeadOnly,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::{content::check_complete, views::LeadArticle};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publication {
    /// The revision that was read; if there is a newer one, nothing is published.
    revision: u32,
}

/// Publishes the newest revision.
#[utoipa::path(
    put, path = "/api/v1/lead/articles/{id}/publication", tag = "articles", security(("session" = [])),
    params(("id" = i64, Path, description = "The article")), request_body = Publication,
    responses(
        (status = 200, description = "Published", body = LeadArticle),
        (status = 400, description = "`invalid_json`", body = ProblemDetails, content_type = PROBLEM),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`not_allowed`, `cross_origin`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 409,
            description = "`edited_meanwhile`; `image_still_open`: people are still asked about the image of \
                           this discovery",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 413, description = "`body_too_large`", body = ProblemDetails, content_type = PROBLEM),
        (status = 415, description = "`unsupported_media_type`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 422, description = "`invalid_field`: title or text is missing",
            body = ProblemDetails, content_type = PROBLEM
        )
    )
)]
pub(crate) async fn publish_article(
    lead: LeadOnly,
    State(state): State<AppState>,
    Path(id): Path<i64>,
    JsonBody(wish): JsonBody<Publication>,
) -> Result<Json<LeadArticle>, Problem> {
    let missing = || Problem::new(ProblemCode::NotFound, "There is nothing under this id.");
    check_complete(&state.store.article(id).await?.ok_or_else(missing)?.content)?;
    let article = state.store.publish_article(id, wish.revision, lead.0.id).await?;
    tracing::info!(article = id, revision = wish.revision, lead = %lead.0.id, "article published");
    let history = state.store.article_history(id).await?;
    Ok(Json(LeadArticle::of(article, history)))
}
