//! `GET /api/v1/projects`: what one can work on.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{etag, problem::Problem, state::AppState};

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
    responses(
        (status = 200, description = "All projects", body = Vec<Project>, headers(("ETag", description = "Of the list"))),
        (status = 304, description = "The client has it")
    )
)]
pub(super) async fn projects(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Problem> {
    let projects = state.store.projects().await?;
    let view = |project: store::Project| Project {
        slug: project.slug,
        name: project.name,
        description: project.description,
        active: project.active,
    };
    etag::json(&headers, &projects.into_iter().map(view).collect::<Vec<_>>())
}
