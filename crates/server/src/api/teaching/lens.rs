//! `GET /api/v1/lens-model`: the lens that the tutorial lets people play with.

use std::sync::OnceLock;

use axum::{http::HeaderMap, response::Response};

use crate::{etag, lens_model::LensModel, problem::Problem};

/// Computed by the first who asks.
static MODEL: OnceLock<LensModel> = OnceLock::new();

/// A cluster's deflection on a grid, its galaxies and its critical curves. It never changes.
#[utoipa::path(
    get, path = "/api/v1/lens-model", tag = "teaching",
    responses(
        (status = 200, description = "The lens", body = LensModel),
        (status = 304, description = "The client has it")
    )
)]
pub(crate) async fn lens_model(headers: HeaderMap) -> Result<Response, Problem> {
    let model = match MODEL.get() {
        Some(model) => model,
        None => {
            let model = tokio::task::spawn_blocking(LensModel::compute).await.map_err(Problem::internal)?;
            let model = model.map_err(Problem::internal)?;
            MODEL.get_or_init(|| model)
        }
    };
    etag::json(&headers, model)
}
