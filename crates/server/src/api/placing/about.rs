//! `GET /api/v1/placing`: what can be placed on this server, and what is in hand.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    placing::indexes::{IndexAbout, RefusedIndex},
    problem::{PROBLEM, Problem, ProblemDetails},
    state::AppState,
};

/// Wider pictures are placed now and then: no camera draws half the sky as straight lines.
const WIDEST_DEG: f64 = 60.0;

/// What can be placed on this server.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlacingAbout {
    /// Whether any index is installed: without one nothing can be placed.
    available: bool,
    /// Widths of pictures that can be placed, degrees: from a tenth of what the smallest quads need to ten
    /// times the largest.
    #[schema(required = true, value_type = Option<Vec<f64>>)]
    widths_deg: Option<[f64; 2]>,
    indexes: Vec<IndexAbout>,
    /// Files of the folder that are no index, for leads; empty for others.
    refused: Vec<RefusedIndex>,
    /// Clusters of the catalogues that are known here.
    clusters: usize,
    /// Largest file that is taken, bytes.
    max_bytes: usize,
    /// Placements that one person may keep.
    kept_each: u32,
    /// What was sent to nobody is deleted after so many days.
    keep_days: u64,
    /// A picture that has no place after so many seconds is given up.
    time_limit_seconds: u64,
    /// One's own picture that is being worked on.
    #[schema(required = true)]
    in_hand: Option<Uuid>,
}

/// What can be placed here, how large pictures may be, and one's own picture in hand.
#[utoipa::path(
    get, path = "/api/v1/placing", tag = "placing", security(("session" = [])),
    responses(
        (status = 200, description = "What is installed", body = PlacingAbout),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn about_placing(
    me: SignedIn,
    State(state): State<AppState>,
) -> Result<Json<PlacingAbout>, Problem> {
    let looked = {
        let state = state.clone();
        let look = move || (state.placing.indexes.about(), state.placing.catalogues.len());
        tokio::task::spawn_blocking(look).await.map_err(Problem::internal)?
    };
    let ((indexes, refused), clusters) = looked;
    let settings = &state.placing.settings;
    Ok(Json(PlacingAbout {
        available: !indexes.is_empty(),
        widths_deg: widths(&indexes),
        refused: if me.0.role >= store::Rank::Lead { refused } else { Vec::new() },
        indexes,
        clusters,
        max_bytes: settings.max_upload_bytes,
        kept_each: settings.kept_each,
        keep_days: settings.keep_unsent.as_secs() / (24 * 3600),
        time_limit_seconds: settings.time_limit.as_secs(),
        in_hand: state.placing.job_of(me.id()),
    }))
}

/// Quads of 10 to 100 % of a picture's width are of use.
fn widths(indexes: &[IndexAbout]) -> Option<[f64; 2]> {
    let low = indexes.iter().map(|index| index.quads_arcmin[0]).min_by(f64::total_cmp)?;
    let high = indexes.iter().map(|index| index.quads_arcmin[1]).max_by(f64::total_cmp)?;
    Some([low / 60.0, (high / 6.0).min(WIDEST_DEG)])
}
