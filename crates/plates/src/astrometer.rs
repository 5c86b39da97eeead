//! What `survey`'s ingest asks of images on their way in: those without
//! coordinates are placed, those with are checked.

use std::path::Path;

use domain::{Progress, Silent, SkyCoord};
use platesolve::{
    Field, Hints, Index, SolveSettings,
    code::TangentPlane,
    extract::{ExtractSettings, extract},
    local::Surroundings,
    solve,
    vector::from_sky,
    verify_wcs::{CheckSettings, Verdict},
};
use survey::{Astrometric, AstrometricState, Astrometry, Plate};

use crate::{
    IndexFolder, Picture,
    references::{References, ReferencesError, describe_indexes, indexes_in},
};

/// Look-ups spent on one image; some seconds. Most images of a survey that can be placed take a hundredth.
const EFFORT: u64 = 3_000_000;
/// A scale that is stated may be off by this share.
const SCALE_SLACK: f64 = 0.05;
/// Below this an image hardly ever shows enough stars to be placed blind, arcsec.
const CUTOUT_ARCSEC: f64 = 120.0;

/// Places and checks images.
#[derive(Debug, Default)]
pub struct Astrometer {
    indexes: Option<IndexFolder>,
    references: Option<References>,
    refuse_wrong: bool,
    check: CheckSettings,
}

impl Astrometer {
    /// Places images by the indexes of `index` (if any), checks coordinates with `references`: index files, or
    /// a catalogue.
    ///
    /// # Errors
    /// When a folder has no index, or a file is neither index nor catalogue.
    pub fn open(
        index: &[impl AsRef<Path>],
        references: Option<&Path>,
        refuse_wrong: bool,
        progress: &dyn Progress,
    ) -> Result<Self, ReferencesError> {
        let indexes = (!index.is_empty()).then(|| indexes_in(index)).transpose()?;
        let references = references.map(|path| References::open(path, progress)).transpose()?;
        Ok(Self { indexes, references, refuse_wrong, check: CheckSettings::default() })
    }

    fn place(
        &self,
        field: &Field,
        picture: &Picture,
        views: &[Index<'_>],
        scale: Option<f64>,
    ) -> Astrometric {
        let settings = SolveSettings {
            hints: Hints { scale_arcsec: scale.map(slack), ..Hints::default() },
            effort: EFFORT,
            epoch: picture.date,
            ..SolveSettings::default()
        };
        match solve(field, views, &settings, &Silent) {
            Ok(solution) => Astrometric {
                centre: rounded(solution.centre),
                scale_arcsec: Some(solution.scale_arcsec),
                matches: Some(solution.matches.len()),
                log_odds: Some(solution.log_odds - solution.ln_trials),
                ..Astrometric::words(
                    AstrometricState::Placed,
                    format!("placed by {} stars", solution.matches.len()),
                )
            },
            Err(refusal) => {
                let side = scale.map(|scale| scale * f64::from(field.width.max(field.height)));
                let small = side.filter(|&side| side < CUTOUT_ARCSEC).map_or(String::new(), |side| {
                    format!("; a cutout of {side:.0}″ shows too few stars to be placed blind: give its position in a table")
                });
                Astrometric::words(AstrometricState::NotPlaced, format!("{refusal}{small}"))
            }
        }
    }
}

impl Astrometry for Astrometer {
    fn settings(&self) -> serde_json::Value {
        serde_json::json!({
            "index": self.indexes.as_ref().map(describe_indexes),
            "references": self.references.as_ref().map(References::describe),
            "check": self.check,
            "effort": EFFORT,
        })
    }

    fn refuses_wrong(&self) -> bool {
        self.refuse_wrong
    }

    fn look(&self, plate: &Plate<'_>) -> Option<Astrometric> {
        let not_checked = |why: String| Some(Astrometric::words(AstrometricState::NotChecked, why));
        if self.indexes.is_none() && self.references.is_none() {
            return None;
        }
        let picture = match Picture::read(plate.bytes, plate.name) {
            Ok(picture) => picture,
            Err(error) => return not_checked(error.to_string()),
        };
        let field = || extract(&picture.grey, &ExtractSettings::default()).field;
        if picture.claimed.is_some() {
            let references = self.references.as_ref()?;
            let verdict = references.check(&picture, &field(), &self.check)?;
            return Some(told(&picture, &verdict));
        }
        match (&self.indexes, plate.position) {
            (Some(folder), None) => {
                Some(self.place(&field(), &picture, &folder.views(), plate.pixel_scale_arcsec))
            }
            (_, Some(stated)) => {
                let references = self.references.as_ref()?;
                let Some(scale) = plate.pixel_scale_arcsec else {
                    return not_checked(
                        "it has a position, but neither projection nor pixel scale to check it with"
                            .to_owned(),
                    );
                };
                Some(near(references, &field(), &picture, stated, scale, self.check.tolerance_px))
            }
            (None, None) => not_checked("it has no coordinates; --index would have it placed".to_owned()),
        }
    }
}

/// Looks for a picture without projection around where the list says it is, as far as its corners reach.
fn near(
    references: &References,
    field: &Field,
    picture: &Picture,
    stated: SkyCoord,
    scale: f64,
    tolerance_px: f64,
) -> Astrometric {
    let diagonal = f64::from(field.width).hypot(f64::from(field.height));
    let around = Surroundings {
        centre: stated,
        radius_arcmin: diagonal / 2.0 * scale / 60.0,
        scale_arcsec: slack(scale),
    };
    let settings = SolveSettings { effort: EFFORT, epoch: picture.date, ..SolveSettings::default() };
    let solution = match references.place(field, &around, &settings) {
        Ok(solution) => solution,
        Err(error) => {
            let why = format!("not found where the list has it, which says little: {error}");
            return Astrometric::words(AstrometricState::NotChecked, why);
        }
    };
    let [north, east] = TangentPlane::at(from_sky(stated)).project(from_sky(solution.centre));
    let (north, east) = (north.to_degrees() * 3600.0, east.to_degrees() * 3600.0);
    let off = north.hypot(east);
    let state = if off <= tolerance_px * solution.scale_arcsec {
        AstrometricState::Pass
    } else {
        AstrometricState::Shifted
    };
    let stars = solution.matches.len();
    let detail = format!(
        "its middle lies {east:.2}″ east and {north:.2}″ north of the listed position: {stars} stars"
    );
    Astrometric {
        centre: rounded(solution.centre),
        east_arcsec: Some(east),
        north_arcsec: Some(north),
        scale_arcsec: Some(solution.scale_arcsec),
        matches: Some(stars),
        log_odds: Some(solution.log_odds - solution.ln_trials),
        ..Astrometric::words(state, detail)
    }
}

/// What a stated scale may really be.
fn slack(scale: f64) -> (f64, f64) {
    (scale * (1.0 - SCALE_SLACK), scale * (1.0 + SCALE_SLACK))
}

/// A verdict as ingest tells it.
fn told(picture: &Picture, verdict: &Verdict) -> Astrometric {
    let state = match verdict {
        Verdict::Pass(_) => AstrometricState::Pass,
        Verdict::Shifted(_) => AstrometricState::Shifted,
        Verdict::Rotated(_) => AstrometricState::Rotated,
        Verdict::Wrong { .. } => AstrometricState::Wrong,
        Verdict::TooFewToTell { .. } => AstrometricState::TooFew,
    };
    let bare = Astrometric::words(state, verdict.to_string());
    let Some(place) = verdict.place() else { return bare };
    let middle = |size: u32| (f64::from(size) + 1.0) / 2.0;
    let centre = place.corrected.pixel_to_sky(middle(picture.grey.width()), middle(picture.grey.height()));
    Astrometric {
        centre: rounded(centre),
        east_arcsec: Some(place.east_arcsec),
        north_arcsec: Some(place.north_arcsec),
        rotation_deg: Some(place.rotation_deg),
        scale_arcsec: Some(place.corrected.tan.pixel_scale_arcsec()),
        rms_arcsec: Some(place.rms_arcsec),
        matches: Some(place.matches),
        log_odds: Some(place.log_odds - place.ln_trials),
        ..bare
    }
}

/// To less than a thousandth of an arcsec: what is written does not hang on the last bit.
fn rounded(sky: SkyCoord) -> Option<SkyCoord> {
    let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
    SkyCoord::new(round(sky.ra_deg), round(sky.dec_deg))
}
