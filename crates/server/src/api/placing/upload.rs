//! `POST /api/v1/placements`: a picture to be placed on the sky. The file is the body, as it is; hints are in
//! the query. It is looked at when its turn comes; what is kept then is not the file.

use std::time::Duration;

use axum::{
    Json,
    body::Bytes,
    extract::{Request, State},
    http::{StatusCode, header},
};
use domain::SkyCoord;
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    account::session::SignedIn,
    extract::Query,
    placing::{
        queue::{self, Upload},
        solver::{self, Wish},
    },
    problem::{PROBLEM, Problem, ProblemCode, ProblemDetails},
    secret,
    state::AppState,
    text,
};

/// Even over a slow line: few files may be on their way in at once, and nobody is to hold a place for long.
const LONGEST_UPLOAD: Duration = Duration::from_secs(4 * 60);
/// Without a byte.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// Characters.
const LONGEST_NAME: usize = 120;
/// Arcsec per pixel.
const SCALES: std::ops::RangeInclusive<f64> = 0.001..=36_000.0;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// What the file is called.
    #[param(max_length = 120)]
    name: Option<String>,
    /// Hint: right ascension near the middle, degrees; together with `dec` and `radius`.
    ra: Option<f64>,
    /// Hint: declination, degrees.
    dec: Option<f64>,
    /// Hint: the middle lies within so many degrees.
    radius: Option<f64>,
    /// Hint: smallest side of a pixel, arcsec; together with `scale_high`.
    scale_low: Option<f64>,
    /// Hint: largest side of a pixel, arcsec.
    scale_high: Option<f64>,
}

/// Under a name of its own: utoipa would describe it a second time.
type Asked = Query<UploadQuery>;

/// That it was taken in.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadReceipt {
    /// Ask for `/api/v1/placements/{id}` until it is placed or not.
    id: Uuid,
}

/// Takes in a picture (FITS, PNG, JPEG or TIFF) to be placed on the sky. One at a time for each person.
#[utoipa::path(
    post, path = "/api/v1/placements", tag = "placing", security(("session" = [])), params(UploadQuery),
    request_body(content((Vec<u8> = "application/octet-stream")), description = "The file"),
    responses(
        (status = 202, description = "Taken in", body = UploadReceipt),
        (status = 401, description = "`not_signed_in`", body = ProblemDetails, content_type = PROBLEM),
        (
            status = 409, description = "`already_placing`, `limit_reached`",
            body = ProblemDetails, content_type = PROBLEM
        ),
        (status = 413, description = "`body_too_large`", body = ProblemDetails, content_type = PROBLEM),
        (status = 415, description = "`not_a_picture`", body = ProblemDetails, content_type = PROBLEM),
        (status = 422, description = "`invalid_field`", body = ProblemDetails, content_type = PROBLEM),
        (status = 429, description = "`too_many_requests`", body = ProblemDetails, content_type = PROBLEM),
        (status = 503, description = "`no_star_index`, `busy`", body = ProblemDetails, content_type = PROBLEM)
    )
)]
pub(crate) async fn upload_picture(
    me: SignedIn,
    State(state): State<AppState>,
    Query(query): Asked,
    request: Request,
) -> Result<(StatusCode, Json<UploadReceipt>), Problem> {
    let wish = query.wish()?;
    let name = query.name.as_deref().unwrap_or_default();
    let file_name = text::line("name", name, LONGEST_NAME)?;
    check_room(&state, &me).await?;
    // Whatever can be said without the file has been said.
    let _way_in = state.placing.way_in(me.id())?;
    state.limiters.pictures.take(me.id(), state.clock.now())?;
    let bytes = body(request, state.placing.settings.max_upload_bytes).await?;
    // What it is called and what the browser says of it count for nothing.
    if !solver::is_picture(&bytes) {
        let detail = "Send a FITS, PNG, JPEG or TIFF file.";
        return Err(Problem::new(ProblemCode::NotAPicture, detail));
    }
    let id = secret::random_id()?;
    queue::enqueue(&state, id, Upload { owner: me.id(), file_name, bytes, wish })?;
    Ok((StatusCode::ACCEPTED, Json(UploadReceipt { id })))
}

async fn check_room(state: &AppState, me: &SignedIn) -> Result<(), Problem> {
    let indexes = {
        let state = state.clone();
        let look = move || state.placing.indexes.about().0.len();
        tokio::task::spawn_blocking(look).await.map_err(Problem::internal)?
    };
    if indexes == 0 {
        let detail = "Nothing can be placed until the people who run this server have built a star index.";
        return Err(Problem::new(ProblemCode::NoStarIndex, detail));
    }
    if state.store.placement_count(me.id()).await? >= u64::from(state.placing.settings.kept_each) {
        return Err(Problem::new(ProblemCode::LimitReached, "Delete one of your placed pictures first."));
    }
    state.placing.check_room(me.id())
}

/// The whole body, if it is not too large and comes in time.
async fn body(request: Request, most: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        let detail = format!("A picture has at most {} MB; make it smaller.", most / (1024 * 1024));
        Problem::new(ProblemCode::BodyTooLarge, detail)
    };
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    let too_slow = |_| Problem::new(ProblemCode::TooSlow, "The file took too long to arrive.");
    let mut body = request.into_body();
    let all = async {
        let mut bytes = Vec::new();
        while let Some(frame) = timeout(LONGEST_PAUSE, body.frame()).await.map_err(too_slow)? {
            let cut_off = |_| {
                let detail = "The file ended before it was complete; send it again.";
                Problem::new(ProblemCode::InvalidJson, detail)
            };
            // Trailers are not of the file.
            let Ok(data) = frame.map_err(cut_off)?.into_data() else { continue };
            if bytes.len() + data.len() > most {
                return Err(too_large());
            }
            bytes.extend_from_slice(&data);
        }
        Ok(Bytes::from(bytes))
    };
    timeout(LONGEST_UPLOAD, all).await.map_err(too_slow)?
}

impl UploadQuery {
    fn wish(&self) -> Result<Wish, Problem> {
        let position = match (self.ra, self.dec, self.radius) {
            (None, None, None) => None,
            (Some(ra), Some(dec), Some(radius)) => {
                let sky = SkyCoord::new(ra, dec).ok_or_else(|| {
                    Problem::field("dec", "Give right ascension and declination in degrees, −90 to 90.")
                })?;
                if !(radius > 0.0 && radius <= 180.0) {
                    return Err(Problem::field(
                        "radius",
                        "Give a radius of more than 0 and at most 180 degrees.",
                    ));
                }
                Some((sky, radius))
            }
            _ => {
                return Err(Problem::field(
                    "radius",
                    "Give `ra`, `dec` and `radius` together, or none of them.",
                ));
            }
        };
        let scale_arcsec = match (self.scale_low, self.scale_high) {
            (None, None) => None,
            (Some(low), Some(high)) if low <= high && SCALES.contains(&low) && SCALES.contains(&high) => {
                Some((low, high))
            }
            _ => {
                let detail =
                    "Give the smallest and the largest scale together, 0.001 to 36000 arcsec per pixel.";
                return Err(Problem::field("scale_low", detail));
            }
        };
        Ok(Wish { position, scale_arcsec })
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures::{StreamExt as _, stream};

    use super::*;

    /// So many bytes, one after each pause.
    fn slowly(pause: Duration, bytes: usize) -> Request {
        let drops = stream::iter(0..bytes).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, std::io::Error>(Bytes::from_static(b"x"))
        });
        Request::new(Body::from_stream(drops))
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_too_slowly_holds_no_place_for_long() {
        let code = async |pause, bytes| {
            let sent = body(slowly(Duration::from_secs(pause), bytes), 20).await;
            sent.map(|bytes| bytes.len()).map_err(|problem| problem.code)
        };
        assert_eq!(code(19, 10).await, Ok(10));
        assert_eq!(code(21, 1).await, Err(ProblemCode::TooSlow), "a pause");
        assert_eq!(code(19, 20).await, Err(ProblemCode::TooSlow), "always a little");
        assert_eq!(code(1, 21).await, Err(ProblemCode::BodyTooLarge));
    }
}
