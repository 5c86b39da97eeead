//! What of the project lies in a placed picture. Clusters of catalogues and published discoveries are public.
//! Detected images of the survey are for leads: volunteers may still be asked about them, and what the site
//! believes of an image must not reach who has to judge it.

use plates::matched::{Footprint, match_in};
use serde::Serialize;
use store::SkyBox;
use utoipa::ToSchema;

use super::verdict::Placed;
use crate::{problem::Problem, state::AppState};

/// Of each kind at most.
const MOST: usize = 100;
/// Rows of a box around the picture that are looked through.
const MOST_ROWS: u32 = 10_000;

/// Something that lies in a picture.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Inside {
    pub kind: InsideKind,
    /// Its name in a catalogue, or a discovery's title in English.
    pub name: String,
    /// A discovery's title in Chinese.
    #[schema(required = true)]
    pub name_zh: Option<String>,
    pub ra_deg: f64,
    pub dec_deg: f64,
    /// Where it is in the picture: shares from the top left corner.
    #[schema(value_type = Vec<f64>, min_items = 2, max_items = 2)]
    pub at: [f64; 2],
    /// A cluster's redshift.
    #[schema(required = true)]
    pub z: Option<f64>,
    /// Of a discovery: its name in addresses.
    #[schema(required = true)]
    pub slug: Option<String>,
    /// Of a candidate: probability of a lens.
    #[schema(required = true)]
    pub probability: Option<f64>,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InsideKind {
    /// Of a catalogue.
    Cluster,
    /// Published here.
    Discovery,
    /// A detected image of the survey: told to leads only.
    Candidate,
}

/// Everything in the picture, each kind from its middle outwards.
pub(crate) async fn of(state: &AppState, placed: &Placed, for_leads: bool) -> Result<Vec<Inside>, Problem> {
    let around = around(placed);
    let mut all = clusters(state, placed).await?;
    let discoveries = state.store.discoveries_in(around, MOST_ROWS).await?.into_iter();
    all.extend(nearest(discoveries.filter_map(|row| {
        let english = if row.title_en.is_empty() { row.title_zh.clone() } else { row.title_en };
        let found = inside(placed, InsideKind::Discovery, english, row.ra_deg, row.dec_deg)?;
        let name_zh = Some(row.title_zh).filter(|title| !title.is_empty());
        Some(Inside { slug: Some(row.slug), name_zh, ..found })
    })));
    if for_leads {
        let candidates = state.store.candidates_in(around, MOST_ROWS).await?.into_iter();
        all.extend(nearest(candidates.filter_map(|row| {
            let found = inside(placed, InsideKind::Candidate, row.external_id, row.ra_deg, row.dec_deg)?;
            Some(Inside { probability: Some(row.p_joint), ..found })
        })));
    }
    Ok(all)
}

async fn clusters(state: &AppState, placed: &Placed) -> Result<Vec<Inside>, Problem> {
    let (state, placed) = (state.clone(), placed.clone());
    let look = move || {
        let Some(outline) = Footprint::of_image(&placed.wcs, placed.width, placed.height) else {
            return Vec::new();
        };
        let found = match_in(&outline, &state.placing.catalogues.current(), 0.0);
        nearest(found.into_iter().filter_map(|one| {
            let there =
                inside(&placed, InsideKind::Cluster, one.name, one.position.ra_deg, one.position.dec_deg)?;
            Some(Inside { z: one.z, ..there })
        }))
    };
    tokio::task::spawn_blocking(look).await.map_err(Problem::internal)
}

/// What the picture may reach.
fn around(placed: &Placed) -> SkyBox {
    let diagonal = f64::from(placed.width).hypot(f64::from(placed.height)) * placed.scale_arcsec / 3600.0;
    // Far from the middle a degree takes more pixels, never fewer: half of the diagonal is enough, but for
    // distortion.
    let reach = if diagonal.is_finite() { diagonal * 0.6 } else { 180.0 };
    box_around(placed.ra_deg, placed.dec_deg, reach)
}

/// The box around everything within `reach` of a place, degrees; every right ascension, where a pole is in reach.
fn box_around(ra: f64, dec: f64, reach: f64) -> SkyBox {
    let dec_deg = ((dec - reach).max(-90.0), (dec + reach).min(90.0));
    let aside = if dec.abs() + reach < 90.0 {
        (reach.to_radians().sin() / dec.to_radians().cos()).min(1.0).asin().to_degrees()
    } else {
        180.0
    };
    let turned = |ra: f64| ra.rem_euclid(360.0);
    SkyBox {
        dec_deg,
        ra_deg: if aside < 90.0 { (turned(ra - aside), turned(ra + aside)) } else { (0.0, 360.0) },
    }
}

/// What lies within the picture's edges.
fn inside(placed: &Placed, kind: InsideKind, name: String, ra_deg: f64, dec_deg: f64) -> Option<Inside> {
    let at = placed.share_of(ra_deg, dec_deg)?;
    let is_inside = at.iter().all(|share| (0.0..=1.0).contains(share));
    let found =
        Inside { kind, name, name_zh: None, ra_deg, dec_deg, at, z: None, slug: None, probability: None };
    is_inside.then_some(found)
}

fn nearest(found: impl Iterator<Item = Inside>) -> Vec<Inside> {
    let mut found: Vec<Inside> = found.collect();
    let from_middle = |one: &Inside| (one.at[0] - 0.5).hypot(one.at[1] - 0.5);
    found.sort_by(|a, b| from_middle(a).total_cmp(&from_middle(b)));
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(within: &SkyBox, ra: f64, dec: f64) -> bool {
        let (first, last) = within.ra_deg;
        let across = if first > last { ra >= first || ra <= last } else { (first..=last).contains(&ra) };
        across && (within.dec_deg.0..=within.dec_deg.1).contains(&dec)
    }

    #[test]
    fn a_box_holds_all_that_is_in_reach_and_little_else() {
        for (ra, dec, reach) in [
            (150.0, 30.0, 5.0),
            (0.5, -60.0, 3.0),
            (359.9, 0.0, 1.0),
            (20.0, 89.5, 1.0),
            (200.0, -45.0, 44.9),
        ] {
            let within = box_around(ra, dec, reach);
            let middle = domain::SkyCoord { ra_deg: ra, dec_deg: dec };
            for n in 0..64_800 {
                let (there, up) = (f64::from(n % 360), f64::from(n / 360) - 90.0);
                let sky = domain::SkyCoord { ra_deg: there, dec_deg: up };
                if middle.separation_arcsec(sky) < reach * 3600.0 {
                    assert!(holds(&within, there, up), "{there} {up} of {within:?}");
                }
            }
        }
        assert_eq!(box_around(0.5, 0.0, 1.0).dec_deg, (-1.0, 1.0));
        assert!(
            !holds(&box_around(0.5, 0.0, 1.0), 2.0, 0.0) && holds(&box_around(0.5, 0.0, 1.0), 359.6, 0.0)
        );
        assert_eq!(box_around(20.0, 89.5, 1.0).ra_deg, (0.0, 360.0));
    }
}
