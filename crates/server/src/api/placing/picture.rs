//! `GET /api/v1/placements/{id}/picture`: its pixels.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::missing;

/// The picture as it is kept: made smaller and encoded by the server.
#[utoipa::path(
    get, path = "/api/v1/placements/{id}/picture", tag = "placing", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The picture")),
    responses(
        (status = 200, description = "The bytes", content((Vec<u8> = "image/jpeg"))),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`placement_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn placement_picture(
    me: SignedIn,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    super::visible(&state, id, &me.0).await?;
    let picture = state.store.placement_picture(id).await?.ok_or_else(missing)?;
    let kind = HeaderValue::try_from(picture.media_type).map_err(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, kind)], picture.bytes).into_response())
}
