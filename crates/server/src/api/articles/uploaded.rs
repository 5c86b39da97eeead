//! `GET /api/v1/uploads/{name}`: a picture of an article.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    etag,
    extract::Path,
    pictures,
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
};

/// The bytes behind a name never change.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The bytes of an uploaded picture.
#[utoipa::path(
    get, path = "/api/v1/uploads/{name}", tag = "articles",
    params(("name" = String, Path, description = "`<sha256>.webp` or `<sha256>.jpg`")),
    responses(
        (status = 200, description = "The bytes", content((Vec<u8> = "image/webp"), (Vec<u8> = "image/jpeg"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "`image_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn uploaded(
    State(state): State<AppState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::new(ProblemCode::ImageNotFound, "No picture has this name.");
    let kept = pictures::Kept::parse(&name).ok_or_else(missing)?;
    let tag = HeaderValue::try_from(format!("\"{}\"", kept.name())).map_err(Problem::internal)?;
    let told = [(header::CACHE_CONTROL, FOREVER), (header::ETAG, tag.clone())];
    if etag::is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, told).into_response());
    }
    let path = kept.path(&state.images);
    match tokio::fs::read(&path).await {
        Ok(bytes) => Ok((told, [(header::CONTENT_TYPE, kept.media_type())], bytes).into_response()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(missing()),
        Err(error) => Err(Problem::internal(format!("{}: {error}", path.display()))),
    }
}
