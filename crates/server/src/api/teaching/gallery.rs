//! `GET /api/v1/projects/{slug}/gallery`: known lenses and look-alikes with all that is known of them.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Serialize;
use store::{Purpose, TeachingImage};
use utoipa::ToSchema;

use crate::{
    etag,
    extract::{Path, Query},
    pagination::{List, PageQuery},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::{
    super::{classifications::Truth, project, views::Image},
    OwnWords, own_words, truth,
};

/// A known lens or look-alike.
#[derive(Serialize, ToSchema)]
pub(crate) struct GalleryImage {
    number: u32,
    image: Image,
    truth: Truth,
    /// What it is, such as `ring` or `spiral`.
    kind: String,
    /// Whether a computer made it.
    simulated: bool,
    /// Closed polygons around what there is to see, as shares of the image from its top left corner.
    #[schema(required = true)]
    outline: Option<Vec<Vec<[f64; 2]>>>,
    /// Name of a real object.
    #[schema(required = true)]
    title: Option<String>,
    /// Right ascension and declination of a real object, degrees.
    #[schema(required = true)]
    position: Option<[f64; 2]>,
    /// The paper that describes it.
    #[schema(required = true)]
    reference: Option<String>,
    /// Whose picture it is.
    #[schema(required = true)]
    credit: Option<String>,
    #[schema(required = true)]
    words: Option<OwnWords>,
}

impl GalleryImage {
    fn of(image: TeachingImage) -> Self {
        Self {
            number: image.place,
            image: Image::of(&image.image),
            truth: truth(image.truth),
            kind: image.kind,
            simulated: image.simulated,
            outline: image.outline,
            title: image.about.title,
            position: image.about.position.filter(|_| !image.simulated).map(|sky| [sky.ra_deg, sky.dec_deg]),
            reference: image.about.reference,
            credit: image.about.credit,
            words: own_words(image.words),
        }
    }
}

/// The gallery, real objects first.
#[utoipa::path(
    get, path = "/api/v1/projects/{slug}/gallery", tag = "teaching",
    params(("slug" = String, Path, description = "The project"), PageQuery),
    responses(
        (status = 200, description = "Images, perhaps none", body = List<GalleryImage>),
        (status = 304, description = "The client has them"),
        (status = 404, description = "`project_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn gallery(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = query.page::<u32>()?;
    let project = project(&state, &slug).await?;
    let images = state.store.teaching_images(project.id, Purpose::Gallery, page.after, page.fetch()).await?;
    etag::json(&headers, &page.list(images, |image| image.place, GalleryImage::of))
}
