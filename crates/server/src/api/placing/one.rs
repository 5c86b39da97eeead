//! `GET /api/v1/placements/{id}`: how far a picture is, and where it lies.

use axum::{extract::State, http::HeaderMap, response::Response};
use store::Rank;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    etag,
    extract::Path,
    placing::{inside, verdict::Verdict},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

use super::{missing, views::Placement};

/// One's own picture in hand or finished; for leads also one that was sent to them, with the candidates in it.
#[utoipa::path(
    get, path = "/api/v1/placements/{id}", tag = "placing", security(("session" = [])),
    params(("id" = Uuid, Path, description = "The picture")),
    responses(
        (
            status = 200, description = "The picture", body = Placement,
            headers(("ETag", description = "Of the answer"))
        ),
        (status = 304, description = "The client has it"),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (status = 404, description = "`placement_not_found`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn placement(
    me: SignedIn,
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    if let Some((job, ahead)) = state.placing.job(id) {
        if job.owner != me.id() {
            return Err(missing());
        }
        return etag::personal(&headers, &Placement::of_job(&job, ahead));
    }
    let found = super::visible(&state, id, &me.0).await?;
    let own = found.volunteer == me.id();
    // Leads see the candidates in what others sent them, not in pictures that they bring themselves: who
    // also classifies should not find here what is believed of images.
    let for_leads = !own && me.0.role >= Rank::Lead;
    let inside = match super::verdict(&found)? {
        Verdict::Placed(placed) => inside::of(&state, &placed, for_leads).await?,
        Verdict::NotPlaced(_) => Vec::new(),
    };
    etag::personal(&headers, &Placement::whole(found, own, inside)?)
}
