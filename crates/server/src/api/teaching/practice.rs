//! `GET /api/v1/projects/{slug}/practice`: images to practise on, without what they are.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Serialize;
use store::Purpose;
use utoipa::ToSchema;

use crate::{
    etag,
    extract::{Path, Query},
    pagination::{List, PageQuery},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::super::{project, views::Image};

/// An image to practise on.
#[derive(Serialize, ToSchema)]
pub(crate) struct PracticeImage {
    /// Answer it under this number.
    number: u32,
    image: Image,
}

/// Practice images in their order; begin again where they end.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/practice", tag = "teaching",
    params(("slug" = String, Path, description = "The project"), PageQuery),
    responses(
        (status = 200, description = "Images, perhaps none", body = List<PracticeImage>),
        (status = 304, description = "The client has them"),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn practice(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = query.page::<u32>()?;
    let project = project(&state, &slug).await?;
    let images = state.store.teaching_images(project.id, Purpose::Practice, page.after, page.fetch()).await?;
    let view =
        |image: store::TeachingImage| PracticeImage { number: image.place, image: Image::of(&image.image) };
    etag::json(&headers, &page.list(images, |image| image.place, view))
}
