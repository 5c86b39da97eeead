//! `GET /api/v1/projects`: what one can work on.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{problem::Problem, state::AppState};

#[derive(Serialize, ToSchema)]
pub(crate) struct Project {
    /// The project's name in addresses.
    slug: String,
    name: String,
    description: String,
    /// Whether it hands out images.
    active: bool,
}

/// All projects, by slug.
#[utoipa::path(
    get, path = "/api/v1/projects", tag = "projects",
    responses((status = 200, description = "All projects", body = Vec<Project>))
)]
pub(super) async fn projects(State(state): State<AppState>) -> Result<Json<Vec<Project>>, Problem> {
    let projects = state.store.projects().await?;
    let view = |project: store::Project| Project {
        slug: project.slug,
        name: project.name,
        description: project.description,
        active: project.active,
    };
    Ok(Json(projects.into_iter().map(view).collect()))
}
