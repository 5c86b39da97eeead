//! What lies where an image was placed: clusters and candidates of the survey's
//! catalogues inside its outline, or near it.

mod footprint;
mod list;

use domain::SkyCoord;
use serde::Serialize;

pub use footprint::Footprint;
pub use list::{ListKind, SkyList};

/// A cluster or candidate in or near an image.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Matched {
    /// Its name, or `row <n>` of its list.
    pub name: String,
    /// What the list holds.
    pub kind: ListKind,
    /// Name of the list.
    pub list: String,
    /// Its number in the list: `cluster_id` of an imported catalogue.
    pub id: i64,
    /// Where it is.
    pub position: SkyCoord,
    /// Column and row in the image (the middle of the first pixel is 0), where its projection is known.
    pub pixel: Option<[f64; 2]>,
    /// Angle to the middle of the image, arcmin.
    pub separation_arcmin: f64,
    /// Whether it lies inside the outline; else it is near.
    pub inside: bool,
    /// Its redshift.
    pub z: Option<f64>,
    /// Mass of a cluster (M500c), solar masses.
    pub m500_msun: Option<f64>,
    /// How sure the list is that a candidate is a lens.
    pub grade: Option<String>,
    /// Who found it.
    pub reference: Option<String>,
}

/// Everything of the lists inside the outline, and outside no farther than `margin_arcmin` from it: inside
/// first, the nearest to the middle first, in the order of the lists.
#[must_use]
pub fn match_in(footprint: &Footprint, lists: &[SkyList], margin_arcmin: f64) -> Vec<Matched> {
    let margin_arcmin = if margin_arcmin.is_finite() { margin_arcmin.max(0.0) } else { 0.0 };
    let radius_arcmin = footprint.radius_arcmin() + margin_arcmin;
    let mut found = Vec::new();
    for list in lists {
        list.each_within(footprint.centre(), radius_arcmin, |entry| {
            let inside = footprint.contains(entry.position);
            if !inside && footprint.distance_arcmin(entry.position) > margin_arcmin {
                return;
            }
            found.push(Matched {
                name: entry.name.clone().unwrap_or_else(|| format!("row {}", entry.row)),
                kind: list.kind(),
                list: list.name().to_owned(),
                id: entry.id,
                position: entry.position,
                pixel: footprint.pixel(entry.position),
                separation_arcmin: footprint.centre().separation_arcsec(entry.position) / 60.0,
                inside,
                z: entry.z,
                m500_msun: entry.m500_msun,
                grade: entry.grade.clone(),
                reference: entry.reference.clone(),
            });
        });
    }
    // Stable: what is equally far stays in the order of the lists.
    found.sort_by(|a, b| b.inside.cmp(&a.inside).then(a.separation_arcmin.total_cmp(&b.separation_arcmin)));
    found
}
