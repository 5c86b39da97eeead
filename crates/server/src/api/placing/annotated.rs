//! `GET /api/v1/placements/{id}/annotated`: the picture with its grid and its stars drawn into it.

use axum::{extract::State, response::Response};
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::Path,
    placing::{draw, inside},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::missing;

/// The picture as it is kept, with its grid and its stars drawn into it, as a PNG.
#[utoipa::path(
    get, path = "/api/v1/placements/{id}/annotated", tag = "placing", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The picture")),
    responses(
        (
            status = 200, description = "A file", content((Vec<u8> = "image/png")),
            headers(("Content-Disposition", description = "The name of the file"))
        ),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`placement_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn annotated_picture(
    me: SignedIn,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    state.limiters.volunteers.take(me.id(), state.clock.now())?;
    let found = super::visible(&state, id, &me.0).await?;
    let placed = super::placed(&found)?;
    let picture = state.store.placement_picture(id).await?.ok_or_else(missing)?;
    // Without candidates, whoever asks: the file is made to be given away.
    let inside = inside::of(&state, &placed, false).await?;
    let drawn = tokio::task::spawn_blocking(move || draw::annotated(&placed, &picture.bytes, &inside));
    let png = drawn.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    super::attachment(&found, ".placed.png", "image/png", png)
}
