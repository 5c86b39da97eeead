//! `GET /api/v1/projects/{slug}/me/history/{id}`: one of one's own answers, to see the image again.

use axum::{extract::State, http::HeaderMap, response::Response};
use domain::ClassificationId;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    etag,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

use super::{super::project, views::OwnAnswer};

/// One of one's own answers.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/me/history/{id}", tag = "own work", security(("session" = [])),
    params(
        ("slug" = String, Path, description = "The project"),
        ("id" = Uuid, Path, description = "The classification")
    ),
    responses(
        (
            status = 200, description = "The answer", body = OwnAnswer,
            headers(("ETag", description = "Of the answer"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 404, description = "`project_not_found`, `classification_not_found`, `not_found`",
            body = ProblemDetails, content_type = PROBLEM
        )
    )
)]
pub(super) async fn vote(
    volunteer: SignedIn,
    State(state): State<AppState>,
    Path((slug, id)): Path<(String, Uuid)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = project(&state, &slug).await?;
    let row = state.store.own_vote(project.id, volunteer.id(), ClassificationId(id)).await?;
    let missing = || Problem::new(ProblemCode::ClassificationNotFound, "There is no such answer of yours.");
    etag::personal(&headers, &OwnAnswer::of(row.ok_or_else(missing)?))
}
