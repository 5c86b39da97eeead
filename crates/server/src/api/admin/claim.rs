//! `POST /api/v1/admin/claim`: the link that the server printed on its console makes the first admin.

use axum::{Json, extract::State};

use crate::{
    account::session::InPerson,
    api::{account::LinkSecret, views::Me},
    extract::JsonBody,
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// Makes whoever is signed in the first admin. Works once, and only while there is no admin.
#[utoipa::path(
    post, path = "/api/v1/admin/claim", tag = "people", security(("session" = [])), request_body = LinkSecret,
    responses(
        (status = 200, description = "They are an admin now", body = Me),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 403, description = "`not_allowed` (with a token)", body = ProblemDetails, content_type = PROBLEM),
        (status = 410, description = "`link_not_valid`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn claim(
    me: InPerson,
    State(state): State<AppState>,
    JsonBody(link): JsonBody<LinkSecret>,
) -> Result<Json<Me>, Problem> {
    state.limiters.volunteers.take(me.volunteer.id, state.clock.now())?;
    let digest = link.parse()?.digest();
    let admin = state.store.claim_admin(digest, me.volunteer.id).await?;
    tracing::info!(volunteer = %admin.id, "became the first admin");
    Me::of(&state, &admin).await.map(Json)
}
