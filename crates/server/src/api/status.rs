//! `GET /api/v1/projects/{slug}/status`: how far a project is. No number here is about one image.

use axum::{Json, extract::State};

use crate::{
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
        (status = 200, description = "The numbers", body = Status),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn status(
    State(state): State<AppState>,
    Path(slug): Path<String>,
) -> Result<Json<Status>, Problem> {
    let project = project(&state, &slug).await?;
    Ok(Json(state.numbers.of(project.id).await?.into()))
}
