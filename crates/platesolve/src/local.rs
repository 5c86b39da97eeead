//! Narrow fields whose place is roughly known: a small index on the fly, of the
//! catalogue's objects around the place and for quads of the image's size. The
//! objects may be galaxies of a deep survey; for 2′ to 10′ no index of bright
//! stars will do.

use domain::{Progress, SkyCoord};

use crate::{
    Field, Hints, Index, Refusal, Solution, SolveSettings,
    build::{BuildError, BuildSettings, build},
    catalogue::{Catalogue, Star},
    search,
    solve::solve,
    vector::{angle_to_chord, distance2, from_sky, to_sky},
    verify_wcs::RefStar,
};

/// The shortest and the longest quads, as shares of the image's shorter side.
const QUADS: (f64, f64) = (0.15, 0.9);
/// Quads of a cell: fewer than in an index for the whole sky, since these are soon looked through.
const PASSES: u32 = 4;
/// Longest over shortest quad of one index.
const BAND: f64 = 3.0;

/// What is roughly known of an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surroundings {
    /// Where its middle is thought to be.
    pub centre: SkyCoord,
    /// How far from there it may really be, arcmin.
    pub radius_arcmin: f64,
    /// Smallest and largest side of a pixel, arcsec.
    pub scale_arcsec: (f64, f64),
}

/// Why no index or no place was found.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LocalError {
    /// Numbers that are none.
    #[error("{field} is {value}; it must be {range}")]
    Setting {
        /// Which.
        field: &'static str,
        /// What it is.
        value: f64,
        /// What it can be.
        range: &'static str,
    },
    /// The catalogue is empty there.
    #[error(
        "the catalogue has {found} objects within {radius_arcmin:.1}′ of RA {ra_deg:.4}°, Dec {dec_deg:.4}°; at least 4 are needed: check the position, or bring a catalogue that covers it"
    )]
    NothingThere {
        /// Objects found.
        found: usize,
        /// How far was looked.
        radius_arcmin: f64,
        /// Right ascension, degrees.
        ra_deg: f64,
        /// Declination, degrees.
        dec_deg: f64,
    },
    /// The index cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The image fits nowhere there.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Surroundings {
    fn check(&self, shorter_side: u32) -> Result<(), LocalError> {
        let (low, high) = self.scale_arcsec;
        let settings = [
            ("the image's shorter side (pixels)", f64::from(shorter_side), shorter_side > 0, "above 0"),
            ("the pixel scale (arcsec)", low, low > 0.0 && low.is_finite(), "above 0"),
            (
                "the largest pixel scale (arcsec)",
                high,
                high >= low && high <= 3600.0,
                "the smallest or more, at most 3600",
            ),
            (
                "the radius (arcmin)",
                self.radius_arcmin,
                (0.0..=600.0).contains(&self.radius_arcmin),
                "from 0 to 600",
            ),
            (
                "the declination (degrees)",
                self.centre.dec_deg,
                SkyCoord::new(self.centre.ra_deg, self.centre.dec_deg).is_some(),
                "from -90 to 90, with a right ascension",
            ),
        ];
        match settings.into_iter().find(|(.., holds, _)| !holds) {
            Some((field, value, _, range)) => Err(LocalError::Setting { field, value, range }),
            None => Ok(()),
        }
    }
}

/// Indexes for an image of `width` × `height` pixels: of all quads that fit into it, the largest first.
///
/// # Errors
/// When the catalogue has next to nothing there, or a number is none.
pub fn indexes_around(
    catalogue: &Catalogue,
    around: &Surroundings,
    (width, height): (u32, u32),
    progress: &dyn Progress,
) -> Result<Vec<Index<'static>>, LocalError> {
    around.check(width.min(height))?;
    let (low, high) = (around.scale_arcsec.0 / 60.0, around.scale_arcsec.1 / 60.0);
    let (shorter, longer) = (f64::from(width.min(height)), f64::from(width).hypot(f64::from(height)));
    // As far as a corner of the image may reach.
    let reach = around.radius_arcmin + longer / 2.0 * high;
    let centre = from_sky(around.centre);
    let most = angle_to_chord((reach / 60.0).to_radians().min(std::f64::consts::PI)).powi(2);
    let near = catalogue.stars().iter().filter(|s| distance2(from_sky(s.position), centre) <= most);
    let stars: Vec<Star> = near.copied().collect();
    if stars.len() < 4 {
        let SkyCoord { ra_deg, dec_deg } = around.centre;
        return Err(LocalError::NothingThere { found: stars.len(), radius_arcmin: reach, ra_deg, dec_deg });
    }
    let near = Catalogue::new(catalogue.name(), catalogue.epoch(), stars);
    let (mut to, least) = (QUADS.1 * shorter * high, QUADS.0 * shorter * low);
    let mut indexes = Vec::new();
    let mut missing = None;
    // The bands meet: their bounds are those of the quads asked for, cut evenly.
    let bands = ((to / least).ln() / BAND.ln()).ceil().clamp(1.0, 12.0);
    let factor = (to / least).powf(1.0 / bands);
    for _ in 0..bands as u32 {
        let settings = BuildSettings {
            occupied_only: true,
            passes: PASSES,
            reuse_loosened: 0,
            dedup_arcsec: low * 60.0,
            jitter_arcsec: (0.1 * low * 60.0).max(0.05),
            ..BuildSettings::scale(to / factor, to)
        };
        match build(&near, &settings, progress) {
            Ok(index) => indexes.push(index),
            Err(error @ (BuildError::NoQuads { .. } | BuildError::TooFewStars { .. })) => {
                missing = Some(error);
            }
            Err(error) => return Err(error.into()),
        }
        to /= factor;
    }
    match missing {
        Some(error) if indexes.is_empty() => Err(error.into()),
        _ => Ok(indexes),
    }
}

/// Places an image of which its surroundings are known, by the catalogue's objects there.
///
/// # Errors
/// As [`indexes_around`]; or the solver's refusal.
pub fn solve_around(
    field: &Field,
    catalogue: &Catalogue,
    around: &Surroundings,
    settings: &SolveSettings,
    progress: &dyn Progress,
) -> Result<Solution, LocalError> {
    let indexes = indexes_around(catalogue, around, (field.width, field.height), progress)?;
    let hints = Hints {
        position: Some((around.centre, around.radius_arcmin / 60.0)),
        scale_arcsec: Some(around.scale_arcsec),
        ..settings.hints
    };
    Ok(solve(field, &indexes, &SolveSettings { hints, ..settings.clone() }, progress)?)
}

/// The stars of an index around a position, moved to a Julian year where it knows their motion: what
/// [`crate::verify_wcs::verify_wcs`] compares with.
#[must_use]
pub fn stars_around(
    index: &Index<'_>,
    centre: SkyCoord,
    radius_arcmin: f64,
    year: Option<f64>,
) -> Vec<RefStar> {
    let angle = (radius_arcmin / 60.0).to_radians().clamp(0.0, std::f64::consts::PI);
    let mut ids = Vec::new();
    search::cone(index, from_sky(centre), angle_to_chord(angle), |star| ids.push(star as usize));
    ids.sort_unstable();
    // Ranks and magnitudes do not make one order.
    let all_known = ids.iter().all(|&id| index.magnitude_of(id).is_some());
    let star = |id: usize| {
        let direction = index.star_at(id, year).filter(|d| d.iter().all(|v| v.is_finite()))?;
        let by_magnitude = index.magnitude_of(id).filter(|_| all_known);
        let by_rank = || index.sweep.get(id).map(|&rank| f64::from(rank));
        Some(RefStar { position: to_sky(direction), magnitude: by_magnitude.or_else(by_rank).unwrap_or(0.0) })
    };
    ids.into_iter().filter_map(star).collect()
}
