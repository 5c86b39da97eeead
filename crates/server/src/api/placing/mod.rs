//! "Where is my picture?": upload, progress, result, files to take away, sending to the leads and their inbox.
//! A placement is private to its owner until it is sent; then leads see it too.

mod about;
mod annotated;
mod deletion;
mod done;
mod header_file;
mod inbox;
mod list;
mod one;
mod picture;
mod sending;
mod upload;
mod views;

use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use store::{Placement, Rank, Volunteer};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    placing::verdict::{Placed, Verdict},
    problem::{Problem, ProblemCode},
    state::AppState,
};

/// Endpoints that answer at once.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(about::about_placing))
        .routes(routes!(list::own_placements))
        .routes(routes!(one::placement, deletion::delete_placement))
        .routes(routes!(picture::placement_picture))
        .routes(routes!(annotated::annotated_picture))
        .routes(routes!(header_file::placement_header))
        .routes(routes!(sending::send_placement))
        .routes(routes!(inbox::sent_placements))
        .routes(routes!(done::mark_placement))
}

/// The upload: it takes as long as the line of whoever sends it, and has a limit of time of its own.
pub(super) fn upload_route() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upload::upload_picture)).layer(DefaultBodyLimit::disable())
}

/// Whose it is does not tell whether it is.
fn missing() -> Problem {
    Problem::new(ProblemCode::PlacementNotFound, "There is no such picture of yours.")
}

/// A finished placement that this person may see: their own, or for leads one that was sent.
async fn visible(state: &AppState, id: Uuid, who: &Volunteer) -> Result<Placement, Problem> {
    let found = state.store.placement(id).await?.ok_or_else(missing)?;
    let is_sent_to_them = found.sent_at.is_some() && who.role >= Rank::Lead;
    if found.volunteer == who.id || is_sent_to_them { Ok(found) } else { Err(missing()) }
}

fn verdict(placement: &Placement) -> Result<Verdict, Problem> {
    serde_json::from_value(placement.result.clone()).map_err(Problem::internal)
}

/// The place of a placement that has one.
fn placed(placement: &Placement) -> Result<Placed, Problem> {
    match verdict(placement)? {
        Verdict::Placed(placed) => Ok(*placed),
        Verdict::NotPlaced(_) => {
            Err(Problem::new(ProblemCode::PlacementNotFound, "This picture has no known place on the sky."))
        }
    }
}

/// A file to keep. The name is made of what the person's device called the picture, as far as that is plain.
fn attachment(
    placement: &Placement,
    ending: &str,
    kind: &'static str,
    bytes: Vec<u8>,
) -> Result<Response, Problem> {
    let stem = placement.file_name.rsplit_once('.').map_or(placement.file_name.as_str(), |(stem, _)| stem);
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    let stem: String = stem.chars().map(plain).take(60).collect();
    let name = HeaderValue::try_from(format!("attachment; filename=\"{stem}{ending}\""));
    let name = name.map_err(Problem::internal)?;
    let kind = HeaderValue::from_static(kind);
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}
