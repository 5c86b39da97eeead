//! `GET /api/v1/images/{name}`: the preview of an image, named by the digest of its bytes. The
//! response carries nothing but the bytes and what follows from their name: no dates, no origin.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::Digest;

use crate::{
    extract::Path,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

/// The bytes behind a name never change.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A preview, as lossless WebP without metadata.
#[utoipa::path(
    get, path = "/api/v1/images/{name}", tag = "work",
    params(("name" = String, Path, description = "`<sha256>.webp`")),
    responses(
        (status = 200, description = "The bytes", body = Vec<u8>, content_type = "image/webp"),
        (status = 304, description = "The client has it"),
        (status = 404, description = "`image_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(super) async fn image(
    State(state): State<AppState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::new(ProblemCode::ImageNotFound, "No image has this name.");
    let digest: Digest = name.strip_suffix(".webp").and_then(|hex| hex.parse().ok()).ok_or_else(missing)?;
    // Built from the parsed digest, never from the name: no other file can be reached.
    let hex = digest.to_string();
    let tag = HeaderValue::try_from(format!("\"{hex}\"")).map_err(Problem::internal)?;
    let told = [(header::CACHE_CONTROL, FOREVER), (header::ETAG, tag.clone())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag) {
        return Ok((StatusCode::NOT_MODIFIED, told).into_response());
    }
    let path = state.images.join(&hex[..2]).join(format!("{hex}.webp"));
    match tokio::fs::read(&path).await {
        Ok(bytes) => Ok((told, [(header::CONTENT_TYPE, "image/webp")], bytes).into_response()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing()),
        Err(error) => Err(Problem::internal(format!("{}: {error}", path.display()))),
    }
}
