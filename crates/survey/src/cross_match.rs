//! Which images or clusters lie on a known lens: to keep them out of the
//! "confirmed non-lenses" that a network learns from, and to make the list of
//! real lenses it is tested on.

mod file;
mod known;

use domain::{Progress, SkyCoord};
use serde::{Deserialize, Serialize};

pub use file::{MATCH_COLUMNS, read_matches, write_matches};
pub use known::KnownLenses;

use crate::{
    ManifestRow, SurveyError,
    catalogue::{CatalogueError, Entry},
    sky_index::SkyIndex,
};

/// Distance from the centre within which a lens counts: half a cutout of the talk.
pub const DEFAULT_RADIUS_ARCSEC: f64 = 50.0;

/// Something that may lie on a known lens.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Its id in the catalogue or dataset.
    pub id: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Where it is.
    pub position: SkyCoord,
}

impl From<&Entry> for Subject {
    fn from(entry: &Entry) -> Self {
        Self { id: entry.id.to_string(), name: entry.name.clone(), position: entry.position }
    }
}

impl Subject {
    /// An image of a dataset; `None` without a position.
    #[must_use]
    pub fn of_row(row: &ManifestRow) -> Option<Self> {
        Some(Self { id: row.image.id.clone(), name: None, position: row.image.position? })
    }
}

/// A lens near a subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LensMatch {
    /// Id of the subject.
    pub subject_id: String,
    /// Its name.
    pub subject_name: Option<String>,
    /// Its right ascension, degrees.
    pub ra_deg: f64,
    /// Its declination, degrees.
    pub dec_deg: f64,
    /// Name of the lens, or `row <n>` of its list.
    pub lens: String,
    /// Right ascension of the lens, degrees.
    pub lens_ra_deg: f64,
    /// Declination of the lens, degrees.
    pub lens_dec_deg: f64,
    /// Angle between both, arcsec.
    pub separation_arcsec: f64,
    /// Redshift of the lens.
    pub lens_z: Option<f64>,
    /// What kind of lens.
    pub kind: Option<String>,
    /// How sure its list is.
    pub grade: Option<String>,
    /// Who found it.
    pub reference: Option<String>,
    /// The list it is in.
    pub list: String,
}

/// Every pair of a subject and a lens of the `list` within `radius_arcsec` (the edge included), in the
/// order of the subjects, the nearest lens first.
///
/// # Errors
/// When the radius is no positive angle, or on request.
pub fn cross_match(
    subjects: &[Subject],
    lenses: &[Entry],
    list: &str,
    radius_arcsec: f64,
    progress: &dyn Progress,
) -> Result<Vec<LensMatch>, CatalogueError> {
    check_radius(radius_arcsec)?;
    let positions: Vec<SkyCoord> = subjects.iter().map(|subject| subject.position).collect();
    let index = SkyIndex::new(&positions, radius_arcsec);
    progress.begin("comparing with known lenses", lenses.len() as u64);
    let mut found: Vec<(usize, f64, usize)> = Vec::new();
    for (number, lens) in lenses.iter().enumerate() {
        if number.is_multiple_of(1024) {
            progress.check()?;
            progress.advance(1024.min(lenses.len() - number) as u64);
        }
        found.extend(index.near(lens.position).into_iter().map(|(subject, sep)| (subject, sep, number)));
    }
    progress.end();
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    Ok(found
        .into_iter()
        .map(|(subject, separation_arcsec, lens)| {
            let (subject, lens) = (&subjects[subject], &lenses[lens]);
            LensMatch {
                subject_id: subject.id.clone(),
                subject_name: subject.name.clone(),
                ra_deg: subject.position.ra_deg,
                dec_deg: subject.position.dec_deg,
                lens: lens.name.clone().unwrap_or_else(|| format!("row {}", lens.row)),
                lens_ra_deg: lens.position.ra_deg,
                lens_dec_deg: lens.position.dec_deg,
                separation_arcsec: (separation_arcsec * 1e6).round() / 1e6,
                lens_z: lens.z,
                kind: lens.kind.clone(),
                grade: lens.grade.clone(),
                reference: lens.reference.clone(),
                list: list.to_owned(),
            }
        })
        .collect())
}

fn check_radius(radius_arcsec: f64) -> Result<(), CatalogueError> {
    if radius_arcsec > 0.0 && radius_arcsec <= 180.0 * 3600.0 {
        return Ok(());
    }
    let reason = format!("is {radius_arcsec}; give an angle above 0, such as {DEFAULT_RADIUS_ARCSEC} arcsec");
    Err(SurveyError::Row { id: "match".to_owned(), field: "radius", reason }.into())
}
