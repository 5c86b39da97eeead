//! `POST /api/v1/lead/uploads`: a picture for an article. It is decoded, made smaller and written anew,
//! so that nothing but its pixels is kept.

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    account::role::LeadOnly,
    pictures,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

/// A picture that articles may show.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadedPicture {
    /// Its address; the bytes behind it never change.
    url: String,
    width: u32,
    height: u32,
}

/// Keeps a picture (JPEG, PNG or WebP; at most 12 MB and 40 million pixels), 1600 pixels wide or high at
/// most, without anything that the camera wrote into it.
#[utoipa::path(
    post, path = "/api/v1/lead/uploads", tag = "articles", security(("session" = [])),
    request_body(content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"))),
    responses(
        (status = 201, description = "Kept", body = UploadedPicture),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`not_allowed`, `cross_origin`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 413, description = "`body_too_large`", body = ProblemDetails, content_type = PROBLEM),
        (status = 415, description = "`unsupported_media_type`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 422, description = "`invalid_field`: this is no picture, or too large a one",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM),
        (status = 503, description = "`busy`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn upload(
    lead: LeadOnly,
    State(state): State<AppState>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<UploadedPicture>), Problem> {
    state.limiters.volunteers.take(lead.0.id, state.clock.now())?;
    let too_large =
        |_| Problem::new(ProblemCode::BodyTooLarge, "A picture has at most 12 MB; make it smaller.");
    let bytes = bytes.map_err(too_large)?;
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let picture = pictures::keep(&state.images, bytes, media_type.unwrap_or_default()).await?;
    let url = format!("/api/v1/uploads/{}", picture.name);
    Ok((StatusCode::CREATED, Json(UploadedPicture { url, width: picture.width, height: picture.height })))
}
