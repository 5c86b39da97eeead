//! `GET /api/v1/images/{name}`: the picture of an image in three forms, named by the digest of the first.
//! The response carries nothing but the bytes and what follows from their name: no dates, no origin.

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

/// The forms of a picture: what its name ends with, and what it is.
const FORMS: [(&str, &str); 3] =
    [(".small.webp", "image/webp"), (".webp", "image/webp"), (".jpg", "image/jpeg")];

/// A picture: the whole, the whole with half as many pixels on a side, or a thumbnail. Its length is one of
/// few, and tells nothing.
#[utoipa::path(
    get, path = "/api/v1/images/{name}", tag = "work",
    params(("name" = String, Path, description = "`<sha256>.webp`, `<sha256>.small.webp` or `<sha256>.jpg`")),
    responses(
        (
            status = 200, description = "The bytes",
            content((Vec<u8> = "image/webp"), (Vec<u8> = "image/jpeg"))
        ),
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
    let form = FORMS.iter().find_map(|(end, kind)| Some((name.strip_suffix(end)?, end, kind)));
    let (hex, end, kind) = form.ok_or_else(missing)?;
    let digest: Digest = hex.parse().map_err(|_| missing())?;
    // Built from the parsed digest, never from the name: no other file can be reached.
    let hex = digest.to_string();
    let tag = HeaderValue::try_from(format!("\"{hex}{end}\"")).map_err(Problem::internal)?;
    let told = [(header::CACHE_CONTROL, FOREVER), (header::ETAG, tag.clone())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag) {
        return Ok((StatusCode::NOT_MODIFIED, told).into_response());
    }
    let path = state.images.join(&hex[..2]).join(format!("{hex}{end}"));
    match tokio::fs::read(&path).await {
        Ok(bytes) => Ok((told, [(header::CONTENT_TYPE, *kind)], bytes).into_response()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing()),
        Err(error) => Err(Problem::internal(format!("{}: {error}", path.display()))),
    }
}
