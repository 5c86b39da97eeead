//! A placement as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use store::Placement as Stored;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    placing::{
        grid::{self, GridLine},
        inside::Inside,
        queue::Job,
        verdict::{NotPlaced, Placed, Verdict},
        watch::Phase,
    },
    problem::Problem,
};

/// Recognised stars that are sent.
const MOST_STARS: usize = 200;

/// Where a picture is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlacementState {
    /// Others are before it.
    Queued,
    /// It is read and its stars are looked for.
    Finding,
    /// The sky is searched for them.
    Searching,
    Placed,
    NotPlaced,
}

/// A picture and what is known of its place.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Placement {
    pub id: Uuid,
    /// As the person's device called it.
    pub file_name: String,
    pub state: PlacementState,
    /// Pictures before it, while it waits.
    #[schema(required = true)]
    pub ahead: Option<usize>,
    /// Share of the present step that is done, 0 to 1, where that is known.
    #[schema(required = true)]
    pub share: Option<f64>,
    /// When it was finished.
    #[schema(required = true)]
    pub at: Option<DateTime<Utc>>,
    /// Whether its pixels are kept.
    pub has_picture: bool,
    #[schema(required = true)]
    pub place: Option<SkyPlace>,
    #[schema(required = true)]
    pub not_placed: Option<NotPlaced>,
    /// What lies in it; empty in lists.
    pub inside: Vec<Inside>,
    /// Whether it belongs to who asks.
    pub own: bool,
    /// Its owner's name, for leads.
    #[schema(required = true)]
    pub author: Option<String>,
    /// What was written to the leads.
    #[schema(required = true)]
    pub note: Option<String>,
    #[schema(required = true)]
    pub sent_at: Option<DateTime<Utc>>,
    /// When a lead dealt with it.
    #[schema(required = true)]
    pub done_at: Option<DateTime<Utc>>,
}

/// Where a picture lies. Places in the picture are shares of it as it is shown, from the top left corner.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct SkyPlace {
    /// Pixels of the picture that was uploaded, as it is shown.
    width: u32,
    height: u32,
    /// Middle of the picture, degrees.
    ra_deg: f64,
    dec_deg: f64,
    /// Side of a pixel in the middle, arcsec.
    scale_arcsec: f64,
    /// Width and height, degrees.
    width_deg: f64,
    height_deg: f64,
    /// Degrees from north towards east to the direction that points up in the picture as it is shown.
    rotation_deg: f64,
    /// Whether east is to the right where north is up: the picture is a mirror image of the sky.
    mirrored: bool,
    /// Natural logarithm of the odds of this place against chance, the places that were tried taken off.
    log_odds: f64,
    /// Corners of the picture as it is shown: top left, top right, bottom right, bottom left; right ascension
    /// and declination, degrees.
    #[schema(value_type = Vec<Vec<f64>>, min_items = 4, max_items = 4)]
    corners: [[f64; 2]; 4],
    /// Sources that were found, and how many of them were recognised as stars.
    sources: usize,
    matched: usize,
    /// The most certain of these; empty in lists.
    stars: Vec<StarView>,
    /// Lines of right ascension and declination; empty in lists.
    grid: Vec<GridLine>,
    /// The index that knew the place.
    index: String,
    /// What finding it took.
    seconds: f64,
}

/// A recognised star.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct StarView {
    #[schema(value_type = Vec<f64>, min_items = 2, max_items = 2)]
    at: [f64; 2],
    #[schema(required = true)]
    magnitude: Option<f64>,
    /// Distance from where the catalogue has it, pixels of the uploaded picture.
    off_px: f64,
}

impl Placement {
    /// A job in hand.
    pub fn of_job(job: &Job, ahead: usize) -> Self {
        let phase = job.watch.phase();
        Self {
            id: job.id,
            file_name: job.file_name.clone(),
            state: match phase {
                Phase::Waiting => PlacementState::Queued,
                Phase::Finding => PlacementState::Finding,
                Phase::Searching => PlacementState::Searching,
            },
            ahead: (phase == Phase::Waiting).then_some(ahead),
            share: job.watch.share(),
            at: None,
            has_picture: false,
            place: None,
            not_placed: None,
            inside: Vec::new(),
            own: true,
            author: None,
            note: None,
            sent_at: None,
            done_at: None,
        }
    }

    /// A finished one, without stars, grid and what lies in it.
    pub fn summary(stored: Stored, own: bool) -> Result<Self, Problem> {
        Self::build(stored, own, SkyPlace::short)
    }

    /// A finished one with everything.
    pub fn whole(stored: Stored, own: bool, inside: Vec<Inside>) -> Result<Self, Problem> {
        Ok(Self { inside, ..Self::build(stored, own, SkyPlace::whole)? })
    }

    fn build(stored: Stored, own: bool, place: impl Fn(&Placed) -> SkyPlace) -> Result<Self, Problem> {
        let (place, not_placed) = match super::verdict(&stored)? {
            Verdict::Placed(placed) => (Some(place(&placed)), None),
            Verdict::NotPlaced(why) => (None, Some(why)),
        };
        Ok(Self {
            id: stored.id,
            file_name: stored.file_name,
            state: if place.is_some() { PlacementState::Placed } else { PlacementState::NotPlaced },
            ahead: None,
            share: None,
            at: Some(stored.at),
            has_picture: stored.has_picture,
            place,
            not_placed,
            inside: Vec::new(),
            own,
            author: (!own).then_some(stored.author),
            note: stored.note,
            sent_at: stored.sent_at,
            done_at: stored.done_at,
        })
    }
}

impl SkyPlace {
    fn short(placed: &Placed) -> Self {
        let corner = |across: f64, down: f64| {
            let sky = placed.sky_at([across, down]);
            [sky.ra_deg, sky.dec_deg]
        };
        let (up, mirrored) = placed.upwards();
        let [width, height] = placed.shown_size();
        let degrees = |pixels: u32| f64::from(pixels) * placed.scale_arcsec / 3600.0;
        Self {
            width,
            height,
            ra_deg: placed.ra_deg,
            dec_deg: placed.dec_deg,
            scale_arcsec: placed.scale_arcsec,
            width_deg: degrees(width),
            height_deg: degrees(height),
            rotation_deg: up,
            mirrored,
            log_odds: placed.log_odds - placed.ln_trials,
            corners: [corner(0.0, 0.0), corner(1.0, 0.0), corner(1.0, 1.0), corner(0.0, 1.0)],
            sources: placed.sources,
            matched: placed.matched,
            stars: Vec::new(),
            grid: Vec::new(),
            index: placed.index.clone(),
            seconds: placed.seconds,
        }
    }

    fn whole(placed: &Placed) -> Self {
        let star = |star: &crate::placing::verdict::Star| StarView {
            at: placed.share(star.x, star.y),
            magnitude: star.magnitude,
            off_px: star.off_px,
        };
        Self {
            stars: placed.stars.iter().take(MOST_STARS).map(star).collect(),
            grid: grid::lines(placed),
            ..Self::short(placed)
        }
    }
}
