//! Checking an image that claims coordinates: do the catalogue's stars lie
//! where its sources are? If not there, then a little further, turned, mirrored
//! or at another scale? Every answer but "too few to tell" had to beat chance
//! by odds that allow for all places looked at. Nothing here is random.

mod judge;
mod odds;
mod refine;
mod scene;
mod similarity;
mod verdict;
mod votes;

use domain::SkyCoord;
use imaging::TanSip;
use serde::{Deserialize, Serialize};

use crate::Field;
use odds::Fit;
use scene::Scene;
use similarity::Similarity;

pub use verdict::{Placement, Verdict, WrongBecause};

/// A star or galaxy of a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RefStar {
    /// Where it is.
    pub position: SkyCoord,
    /// Magnitude, or any other number that is small for the stars one expects to see first.
    pub magnitude: f64,
}

/// How claimed coordinates are checked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckSettings {
    /// Coordinates that are off by no more than this in the middle and at all corners pass, pixels; by no more
    /// than two standard errors of a source against its star, where that is more.
    pub tolerance_px: f64,
    /// Standard error of a catalogue position along one axis, arcsec.
    pub star_sigma_arcsec: f64,
    /// What a good projection leaves unexplained along one axis, pixels.
    pub projection_sigma_px: f64,
    /// Share of the sources that are no stars of the catalogue.
    pub distractors: f64,
    /// Logarithm of the odds against chance that an answer takes, after the places tried are taken off.
    pub accept: f64,
    /// How far the image is looked for: shares of its longer side.
    pub reach: f64,
    /// Sources looked at, from the first of the field on.
    pub max_sources: usize,
}

impl Default for CheckSettings {
    /// A pass by chance once in a million.
    fn default() -> Self {
        Self {
            tolerance_px: 2.0,
            star_sigma_arcsec: 0.1,
            projection_sigma_px: 0.5,
            distractors: 0.25,
            accept: 1e6_f64.ln(),
            reach: 1.0,
            max_sources: 200,
        }
    }
}

/// Candidates that are looked at more closely, of each kind.
const SHIFTS: usize = 4;
/// Turns that are looked at more closely, of each parity.
const TURNS: usize = 4;
/// An image with so many times as many sources as there are stars is much deeper than the catalogue.
const DEEPER: usize = 10;

/// Compares the sources of an image with the catalogue's `stars` around where it claims to be (give those of
/// twice its size, if it may be shifted). Some milliseconds at most.
#[must_use]
pub fn verify_wcs(field: &Field, claimed: &TanSip, stars: &[RefStar], settings: &CheckSettings) -> Verdict {
    if !claimed.tan.is_valid() {
        return Verdict::Wrong { because: WrongBecause::NoProjection, place: None };
    }
    let scene = Scene::new(field, claimed, stars, settings);
    let found = [as_claimed, shifted, turned].iter().find_map(|look| {
        let fit = look(&scene, settings)?;
        (fit.log_odds - fit.ln_trials >= settings.accept).then_some(fit)
    });
    match found {
        Some(fit) => judge::judge(&scene, claimed, &fit, settings),
        None => nothing_fits(&scene, settings),
    }
}

/// At the claimed place, or so near that it makes no difference.
fn as_claimed(scene: &Scene, settings: &CheckSettings) -> Option<Fit> {
    let exact = odds::of(scene, Similarity::IDENTITY, settings);
    let reach = scene.tolerance(settings);
    let near = refine::from(scene, Similarity::IDENTITY, 1.5 * reach);
    let mut near = odds::of(scene, near, settings);
    // Shift, turn and scale: so many places can be told apart within the tolerance.
    near.ln_trials = 4.0 * (1.0 + reach / scene.sigma).ln();
    better(Some(exact), near)
}

/// Anywhere within reach, not turned.
fn shifted(scene: &Scene, settings: &CheckSettings) -> Option<Fit> {
    let (reach, least_bin) = (scene.longer_side() * settings.reach, 3.0 * scene.sigma);
    let ln_trials = scene.ln_shifts(reach);
    if scene.ln_most(settings) < settings.accept + ln_trials {
        return None;
    }
    let votes = votes::shifts(scene, Similarity::IDENTITY, reach, least_bin, SHIFTS);
    votes.places.into_iter().fold(None, |best, start| {
        let mut fit = odds::of(scene, refine::from(scene, start, votes.bin), settings);
        fit.ln_trials = ln_trials;
        better(best, fit)
    })
}

/// Turned by any angle, mirrored, at 0.6 to 1.6 times the scale; shifted by half its side at most.
fn turned(scene: &Scene, settings: &CheckSettings) -> Option<Fit> {
    let reach = scene.longer_side() * settings.reach.min(0.5);
    let radius = scene.half_diagonal();
    let least_bin = (3.0 * scene.sigma).max(0.006 * radius);
    let steps = radius / (2.0 * scene.sigma);
    let ln_trials = scene.ln_shifts(reach)
        + (std::f64::consts::TAU * steps).max(1.0).ln()
        + (2.0 * votes::LN_SCALE * steps).max(1.0).ln()
        + 2.0_f64.ln();
    if scene.ln_most(settings) < settings.accept + ln_trials {
        return None;
    }
    let mut best = None;
    for start in [false, true].into_iter().flat_map(|mirrored| votes::turns(scene, mirrored, TURNS)) {
        let votes = votes::shifts(scene, start, reach, least_bin, 2);
        for start in votes.places {
            let mut fit = odds::of(scene, refine::from(scene, start, votes.bin), settings);
            fit.ln_trials = ln_trials;
            best = better(best, fit);
        }
    }
    best
}

/// The likelier one; the first of equals.
fn better(old: Option<Fit>, new: Fit) -> Option<Fit> {
    match old {
        Some(old) if old.log_odds - old.ln_trials >= new.log_odds - new.ln_trials => Some(old),
        _ => Some(new),
    }
}

/// Nothing was found: because nothing is there, or because there is too little to find it by.
fn nothing_fits(scene: &Scene, settings: &CheckSettings) -> Verdict {
    let (sources, references) = (scene.sources.len(), scene.inside);
    // What one match is worth at its usual distance. Half of the fewer kind should match.
    let worth = scene.ln_worth(settings) - 1.0;
    let needed = ((2.0 * settings.accept / worth.max(1.0)).ceil() as usize).max(4);
    // An image far deeper than the catalogue may show its stars burnt out, and so not at all.
    let of_its_depth = needed.max(scene.all_sources / DEEPER);
    if sources < needed || references < of_its_depth {
        let needed = if references < needed { needed } else { of_its_depth };
        return Verdict::TooFewToTell { sources: scene.all_sources, references, needed };
    }
    Verdict::Wrong { because: WrongBecause::NothingFits { sources, references }, place: None }
}

#[cfg(test)]
mod tests;
