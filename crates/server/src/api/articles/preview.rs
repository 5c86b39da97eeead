//! `POST /api/v1/lead/preview`: what a Markdown text will look like.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    account::role::LeadOnly,
    extract::JsonBody,
    markdown,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// Characters; those of a body.
const LONGEST: usize = 60_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkdownText {
    #[schema(max_length = 60_000)]
    markdown: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Rendered {
    /// HTML that is safe to put into a page.
    html: String,
}

/// Renders Markdown exactly as an article is rendered; nothing is kept.
#[utoipa::path(
    post, path = "/api/v1/lead/preview", tag = "articles", security(("session" = [])),
    request_body = MarkdownText,
    responses(
        (status = 200, description = "The HTML", body = Rendered),
        (status = 400, description = "`invalid_json`", body = ProblemDetails, content_type = PROBLEM),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`not_allowed`, `cross_origin`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 413, description = "`body_too_large`", body = ProblemDetails, content_type = PROBLEM),
        (status = 415, description = "`unsupported_media_type`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn preview(
    lead: LeadOnly,
    State(state): State<AppState>,
    JsonBody(text): JsonBody<MarkdownText>,
) -> Result<Json<Rendered>, Problem> {
    state.limiters.volunteers.take(lead.0.id, state.clock.now())?;
    if text.markdown.chars().count() > LONGEST {
        return Err(Problem::field("markdown", "At most 60000 characters fit here."));
    }
    Ok(Json(Rendered { html: markdown::to_html(&text.markdown) }))
}
