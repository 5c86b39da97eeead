//! Asking whether an image shows a known lens, for those who build training
//! sets.

use std::collections::HashSet;

use domain::SkyCoord;

use super::LensMatch;
use crate::{ManifestRow, catalogue::Entry, sky_index::SkyIndex};

/// Known lenses by position, and subjects known to lie on one by id.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KnownLenses {
    ids: HashSet<String>,
    positions: Vec<SkyCoord>,
    names: Vec<String>,
}

impl KnownLenses {
    /// From the result of a cross-match.
    #[must_use]
    pub fn from_matches(matches: &[LensMatch]) -> Self {
        let mut known = Self::default();
        let mut seen = HashSet::new();
        for found in matches {
            known.ids.insert(found.subject_id.clone());
            let lens = SkyCoord::new(found.lens_ra_deg, found.lens_dec_deg);
            if let Some(lens) =
                lens.filter(|lens| seen.insert((lens.ra_deg.to_bits(), lens.dec_deg.to_bits())))
            {
                known.positions.push(lens);
                known.names.push(found.lens.clone());
            }
        }
        known
    }

    /// From a list of lenses.
    #[must_use]
    pub fn from_entries(lenses: &[Entry]) -> Self {
        let name = |lens: &Entry| lens.name.clone().unwrap_or_else(|| format!("row {}", lens.row));
        Self {
            ids: HashSet::new(),
            positions: lenses.iter().map(|lens| lens.position).collect(),
            names: lenses.iter().map(name).collect(),
        }
    }

    /// Lenses with a position.
    #[must_use]
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty() && self.ids.is_empty()
    }

    /// For each row, the nearest known lens within `radius_arcsec`; a row without a position is found by
    /// its id.
    #[must_use]
    pub fn on<'a>(
        &self,
        rows: impl IntoIterator<Item = (Option<SkyCoord>, &'a str)>,
        radius_arcsec: f64,
    ) -> Vec<Option<&str>> {
        let index = SkyIndex::new(&self.positions, radius_arcsec);
        let lens = |(position, id): (Option<SkyCoord>, &str)| match position {
            Some(sky) => index.near(sky).first().map(|&(lens, _)| self.names[lens].as_str()),
            None => self.ids.get(id).map(String::as_str),
        };
        rows.into_iter().map(lens).collect()
    }

    /// For each row of a dataset, whether it shows a known lens: such rows belong neither to the
    /// negatives nor to what a network learns from.
    #[must_use]
    pub fn mark(&self, rows: &[ManifestRow], radius_arcsec: f64) -> Vec<bool> {
        let places = rows.iter().map(|row| (row.image.position, row.image.id.as_str()));
        self.on(places, radius_arcsec).into_iter().map(|lens| lens.is_some()).collect()
    }
}
