//! `GET /api/v1/placements/{id}/header`: the place of a picture as a FITS header.

use axum::{extract::State, response::Response};
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::Path,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// A FITS header with the projection (TAN, SIP), for the picture as it was uploaded.
#[utoipa::path(
    get, path = "/api/v1/placements/{id}/header", tag = "placing", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The picture")),
    responses(
        (
            status = 200, description = "A file", content((Vec<u8> = "application/fits")),
            headers(("Content-Disposition", description = "The name of the file"))
        ),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`placement_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn placement_header(
    me: SignedIn,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let found = super::visible(&state, id, &me.0).await?;
    let placed = super::placed(&found)?;
    super::attachment(&found, ".wcs.fits", "application/fits", placed.header.into_bytes())
}
