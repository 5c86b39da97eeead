//! `GET /api/v1/projects/{slug}/status`: how far a project is. No number here is about one image.

use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{
    etag,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::{project, views::Status};

/// The numbers of a project now.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/status", tag = "projects",
    params(("slug" = String, Path, description = "The project")),
    responses(
        (status = 200, description = "The numbers", body = Status, headers(("ETag", description = "Of the numbers"))),
        (status = 304, description = "The client has them"),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn status(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = project(&state, &slug).await?;
    etag::json(&headers, &Status::from(state.numbers.of(project.id).await?))
}
