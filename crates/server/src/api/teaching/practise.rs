//! `POST /api/v1/projects/{slug}/practice/{number}`: what a practice image is, for who has answered.
//! Nothing is kept.

use axum::{Json, extract::State};
use serde::Deserialize;
use store::Purpose;
use utoipa::ToSchema;

use crate::{
    client_address::ClientAddress,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::{
    super::{project, views::Answer},
    Lesson,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PracticeAnswer {
    answer: Answer,
}

/// Answers a practice image.
#[utoipa::path(
    post, path = "/api/v1/projects/{slug}/practice/{number}", tag = "teaching",
    params(
        ("slug" = String, Path, description = "The project"),
        ("number" = u32, Path, description = "The image's number")
    ),
    request_body = PracticeAnswer,
    responses(
        (status = 200, description = "What it is", body = Lesson),
        (
            status = 404, description = "`project_not_found`, `image_not_found`, `not_found`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn practise(
    State(state): State<AppState>,
    address: ClientAddress,
    Path((slug, number)): Path<(String, u32)>,
    JsonBody(answer): JsonBody<PracticeAnswer>,
) -> Result<Json<Lesson>, Problem> {
    state.limiters.lessons.take(address.0, state.clock.now())?;
    let project = project(&state, &slug).await?;
    let image = state.store.teaching_image(project.id, Purpose::Practice, number).await?;
    let missing = || Problem::new(ProblemCode::ImageNotFound, "There is no practice image of this number.");
    Ok(Json(Lesson::of(image.ok_or_else(missing)?, answer.answer)))
}
