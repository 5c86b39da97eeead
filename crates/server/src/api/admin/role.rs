//! `PUT /api/v1/admin/people/{id}/role`: giving somebody a role.

use axum::{Json, extract::State};
use domain::VolunteerId;
use serde::{Deserialize, Serialize};
use store::{NewRank, StoreError};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::role::AdminOnly,
    api::views::Role,
    extract::{JsonBody, Path},
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    state::AppState,
    text,
};

const LONGEST_REASON: usize = 200;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleChoice {
    role: Role,
    /// For the record that admins see.
    #[schema(max_length = 200)]
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct GivenRole {
    id: Uuid,
    role: Role,
}

/// Gives a role, and writes down who gave it. Roles above `volunteer` need a verified address.
#[utoipa::path(
    put, path = "/api/v1/admin/people/{id}/role", tag = "people", security(("session" = [])),
    params(("id" = Uuid, Path, description = "From the list of people")),
    request_body = RoleChoice,
    responses(
        (status = 200, description = "The role they have now", body = GivenRole),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 403, description = "`not_allowed`, `email_not_verified` (theirs)",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 404, description = "`not_found`", body = ProblemDetails, content_type = PROBLEM),
        (status = 409, description = "`last_admin`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn give_role(
    AdminOnly(admin): AdminOnly,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
    JsonBody(choice): JsonBody<RoleChoice>,
) -> Result<Json<GivenRole>, Problem> {
    let reason = text::line("reason", choice.reason.as_deref().unwrap_or_default(), LONGEST_REASON)?;
    let new = NewRank { volunteer: VolunteerId(id), role: choice.role.into(), by: Some(admin.id), reason };
    let changed = state.store.set_rank(new).await.map_err(|error| match error {
        StoreError::NotFound { .. } => Problem::new(ProblemCode::NotFound, "There is no such person."),
        other => other.into(),
    })?;
    tracing::info!(by = %admin.id, volunteer = %changed.id, role = %changed.role, "role given");
    Ok(Json(GivenRole { id: changed.id.0, role: changed.role.into() }))
}
