//! `PUT /api/v1/lead/placements/{id}/done`: a lead has dealt with a picture, or has not after all.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::role::LeadOnly,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlacementDone {
    done: bool,
}

/// Marks a picture that was sent as done, or takes the mark away.
#[utoipa::path(
    put, path = "/api/v1/lead/placements/{id}/done", tag = "placing", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The picture")), request_body = PlacementDone,
    responses(
        (status = 204, description = "Marked"),
        (status = 400, description = "`invalid_json`", body = ProblemDetails, content_type = PROBLEM),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed`, `cross_origin`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`placement_not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn mark_placement(
    lead: LeadOnly,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    JsonBody(wish): JsonBody<PlacementDone>,
) -> Result<StatusCode, Problem> {
    state.store.set_placement_done(id, wish.done, lead.0.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
