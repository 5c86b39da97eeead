//! Where images really lie: a look at each before it is taken in, by someone
//! who knows the stars. How that is done is not known here; what came of it goes
//! into a table beside the dataset, and is told.

use std::{collections::BTreeMap, fs, path::Path};

use domain::{Progress, SkyCoord};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{CHUNK, Item};
use crate::{Source, SurveyError, atomic, source};

/// Name of the table.
pub const ASTROMETRY_FILE: &str = "astrometry.csv";

/// An image to look at.
#[derive(Debug, Clone, Copy)]
pub struct Plate<'a> {
    /// What to call it in messages.
    pub name: &'a str,
    /// The first of its files.
    pub bytes: &'a [u8],
    /// Where the list or the header says it is.
    pub position: Option<SkyCoord>,
    /// Side of a pixel, where the list says it.
    pub pixel_scale_arcsec: Option<f64>,
}

/// Knows where images lie.
pub trait Astrometry: Sync {
    /// Everything that decides the answers; part of what a dataset is known by.
    fn settings(&self) -> serde_json::Value;

    /// Whether images with wrong coordinates are to be left out.
    fn refuses_wrong(&self) -> bool;

    /// Places an image without coordinates, or checks one with; `None` where neither is wanted. The same
    /// image gives the same answer.
    fn look(&self, plate: &Plate<'_>) -> Option<Astrometric>;
}

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AstrometricState {
    /// It had no coordinates, and was found.
    Placed,
    /// It had no coordinates, and was not found.
    NotPlaced,
    /// Its coordinates are right.
    Pass,
    /// It lies a little off.
    Shifted,
    /// It is turned, and may lie off as well.
    Rotated,
    /// Its coordinates cannot be used.
    Wrong,
    /// Sources or stars are too few for an answer.
    TooFew,
    /// It could not be looked at.
    NotChecked,
}

impl AstrometricState {
    /// As in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::NotPlaced => "not_placed",
            Self::Pass => "pass",
            Self::Shifted => "shifted",
            Self::Rotated => "rotated",
            Self::Wrong => "wrong",
            Self::TooFew => "too_few",
            Self::NotChecked => "not_checked",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        use AstrometricState as S;
        let all =
            [S::Placed, S::NotPlaced, S::Pass, S::Shifted, S::Rotated, S::Wrong, S::TooFew, S::NotChecked];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// What is known of an image after a look; `None` where that was not found out.
#[derive(Debug, Clone, PartialEq)]
pub struct Astrometric {
    /// What came of it.
    pub state: AstrometricState,
    /// Where its middle really lies.
    pub centre: Option<SkyCoord>,
    /// So far east of where it says, arcsec on the sky.
    pub east_arcsec: Option<f64>,
    /// … north.
    pub north_arcsec: Option<f64>,
    /// Turned by so much against what it says, degrees from north to east.
    pub rotation_deg: Option<f64>,
    /// Side of a pixel, arcsec.
    pub scale_arcsec: Option<f64>,
    /// Root mean square distance of sources from their stars, arcsec.
    pub rms_arcsec: Option<f64>,
    /// Sources that are stars.
    pub matches: Option<usize>,
    /// Logarithm of the odds against chance.
    pub log_odds: Option<f64>,
    /// The same in words, or why there is no answer.
    pub detail: String,
}

impl Astrometric {
    /// Only a state and words.
    #[must_use]
    pub fn words(state: AstrometricState, detail: impl Into<String>) -> Self {
        Self {
            state,
            centre: None,
            east_arcsec: None,
            north_arcsec: None,
            rotation_deg: None,
            scale_arcsec: None,
            rms_arcsec: None,
            matches: None,
            log_odds: None,
            detail: detail.into(),
        }
    }
}

/// What came of all looks.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct AstrometrySummary {
    /// Images by what came of them.
    pub counts: BTreeMap<AstrometricState, u64>,
    /// Those with wrong coordinates, by id, and what is wrong.
    pub wrong: Vec<(String, String)>,
}

/// Looks at every image on all cores.
pub(super) fn look_at_all(
    items: &[Item],
    astrometry: &dyn Astrometry,
    progress: &dyn Progress,
) -> Result<Vec<Option<Astrometric>>, SurveyError> {
    progress.begin("looking where images lie", items.len() as u64);
    let mut looks = Vec::with_capacity(items.len());
    for chunk in items.chunks(CHUNK) {
        progress.check()?;
        looks.par_extend(chunk.par_iter().map(|item| look(item, astrometry)));
        progress.advance(chunk.len() as u64);
    }
    progress.end();
    Ok(looks)
}

/// `None` also for a file that will be refused for a better reason.
fn look(item: &Item, astrometry: &dyn Astrometry) -> Option<Astrometric> {
    let wanted = item.image.as_ref().ok()?;
    let source: Source = wanted.source.parse().ok()?;
    let bytes = source::read_file(source.files.first()?).ok()?;
    if source.plane.is_some() {
        let why = "a plane of a stack has no projection of its own";
        return Some(Astrometric::words(AstrometricState::NotChecked, why));
    }
    let pixel_scale_arcsec = wanted.options.pixel_scale_arcsec;
    let plate = Plate { name: &item.shown, bytes: &bytes, position: wanted.position, pixel_scale_arcsec };
    astrometry.look(&plate)
}

/// Gives images that were placed their position, and refuses wrong ones if that is wished.
pub(super) fn apply(items: &mut [Item], looks: &[Option<Astrometric>], refuse_wrong: bool) {
    for (item, look) in items.iter_mut().zip(looks) {
        let (Ok(wanted), Some(look)) = (&mut item.image, look) else { continue };
        match look.state {
            AstrometricState::Placed => wanted.position = wanted.position.or(look.centre),
            AstrometricState::Wrong if refuse_wrong => {
                let detail = &look.detail;
                item.image =
                    Err(format!("its coordinates are wrong: {detail}; correct its header, or remove it"));
            }
            _ => {}
        }
    }
}

const COLUMNS: [&str; 13] = [
    "id",
    "path",
    "state",
    "ra_deg",
    "dec_deg",
    "east_arcsec",
    "north_arcsec",
    "rotation_deg",
    "scale_arcsec",
    "rms_arcsec",
    "matches",
    "log_odds",
    "detail",
];

/// Writes the table, one line per image that was looked at.
pub(super) fn write(
    out: &Path,
    items: &[Item],
    looks: &[Option<Astrometric>],
) -> Result<AstrometrySummary, SurveyError> {
    let path = out.join(ASTROMETRY_FILE);
    let mut lines = csv::Writer::from_writer(Vec::new());
    let wrong = SurveyError::shard::<String>(&path);
    lines.write_record(COLUMNS).map_err(|error| wrong(error.to_string()))?;
    let mut summary = AstrometrySummary::default();
    for (item, look) in items.iter().zip(looks) {
        let (Ok(wanted), Some(look)) = (&item.image, look) else { continue };
        let number =
            |value: Option<f64>, digits: usize| value.map_or(String::new(), |v| format!("{v:.digits$}"));
        let line = [
            wanted.id.clone(),
            wanted.source.clone(),
            look.state.name().to_owned(),
            number(look.centre.map(|sky| sky.ra_deg), 7),
            number(look.centre.map(|sky| sky.dec_deg), 7),
            number(look.east_arcsec, 3),
            number(look.north_arcsec, 3),
            number(look.rotation_deg, 4),
            number(look.scale_arcsec, 6),
            number(look.rms_arcsec, 3),
            look.matches.map_or(String::new(), |n| n.to_string()),
            number(look.log_odds, 1),
            look.detail.clone(),
        ];
        lines.write_record(&line).map_err(|error| wrong(error.to_string()))?;
        summary.count(look.state, &wanted.id, &look.detail);
    }
    let bytes = lines.into_inner().map_err(|error| wrong(error.to_string()))?;
    atomic::write(&path, &bytes)?;
    Ok(summary)
}

/// The summary of a table that was written before; `None` where there is none.
pub(super) fn read_summary(out: &Path) -> Option<AstrometrySummary> {
    let bytes = fs::read(out.join(ASTROMETRY_FILE)).ok()?;
    let mut summary = AstrometrySummary::default();
    for record in csv::Reader::from_reader(bytes.as_slice()).records() {
        let record = record.ok()?;
        summary.count(AstrometricState::of_name(record.get(2)?)?, record.get(0)?, record.get(12)?);
    }
    Some(summary)
}

impl AstrometrySummary {
    fn count(&mut self, state: AstrometricState, id: &str, detail: &str) {
        *self.counts.entry(state).or_default() += 1;
        if state == AstrometricState::Wrong {
            self.wrong.push((id.to_owned(), detail.to_owned()));
        }
    }
}
