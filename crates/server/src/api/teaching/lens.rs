//! `GET /api/v1/lens-model`: the lens that the tutorial lets people play with.

use axum::{http::HeaderMap, response::Response};
use tokio::sync::OnceCell;

use crate::{etag, lens_model::LensModel, problem::Problem};

/// Computed by the first who asks; others wait for it.
static MODEL: OnceCell<LensModel> = OnceCell::const_new();

/// A cluster's deflection on a grid, its galaxies and its critical curves. It never changes.
#[utoipa::path(
    get, path = "/api/v1/lens-model", tag = "teaching",
    responses(
        (status = 200, description = "The lens", body = LensModel),
        (status = 304, description = "The client has it")
    )
)]
pub(crate) async fn lens_model(headers: HeaderMap) -> Result<Response, Problem> {
    let compute = async || {
        let model = tokio::task::spawn_blocking(LensModel::compute).await.map_err(Problem::internal)?;
        model.map_err(Problem::internal)
    };
    etag::json(&headers, MODEL.get_or_try_init(compute).await?)
}
