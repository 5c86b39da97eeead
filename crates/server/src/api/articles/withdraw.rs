//! `DELETE /api/v1/lead/articles/{id}/publication`: an article becomes a draft again.

use axum::{Json, extract::State};

use crate::{
    account::role::LeadOnly,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::views::LeadArticle;

/// Withdraws an article; its texts are kept. Nothing happens to a draft.
#[utoipa::path(
    delete, path = "/api/v1/lead/articles/{id}/publication", tag = "articles", security(("session" = [])),
    params(("id" = i64, Path, description = "The article")),
    responses(
        (status = 200, description = "A draft", body = LeadArticle),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`not_allowed`, `cross_origin`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn withdraw_article(
    lead: LeadOnly,
    State(state): State<AppState>,
    Path(id): Path<i64>,
) -> Result<Json<LeadArticle>, Problem> {
    let article = state.store.withdraw_article(id, lead.0.id).await?;
    tracing::info!(article = id, lead = %lead.0.id, "article withdrawn");
    let history = state.store.article_history(id).await?;
    Ok(Json(LeadArticle::of(article, history)))
}
