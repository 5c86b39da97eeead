//! Finding positions near a position: sorted by HEALPix cells as wide as the
//! radius, so that only nine cells need looking at, anywhere on the sky.

use cdshealpix::{best_starting_depth, has_best_starting_depth, nested};
use domain::SkyCoord;

/// Positions, to be asked for neighbours within one radius.
pub struct SkyIndex<'a> {
    positions: &'a [SkyCoord],
    radius_arcsec: f64,
    /// `None`: the radius is so wide that everything is looked at.
    depth: Option<u8>,
    /// Cell and index of each position, sorted.
    cells: Vec<(u64, u32)>,
}

impl<'a> SkyIndex<'a> {
    /// Sorts the positions (at most 2³² of them) for this radius.
    #[must_use]
    pub fn new(positions: &'a [SkyCoord], radius_arcsec: f64) -> Self {
        // A hair more, for the rounding of cell borders.
        let radius = (radius_arcsec.max(1e-3) * 1.000_001 / 3600.0).to_radians();
        let depth = has_best_starting_depth(radius).then(|| best_starting_depth(radius));
        let mut cells: Vec<(u64, u32)> = (0_u32..)
            .zip(positions)
            .map(|(index, &sky)| (depth.map_or(0, |depth| cell(depth, sky)), index))
            .collect();
        cells.sort_unstable();
        Self { positions, radius_arcsec, depth, cells }
    }

    /// Index and separation in arcsec of every position within the radius (its edge included), nearest
    /// first.
    #[must_use]
    pub fn near(&self, sky: SkyCoord) -> Vec<(usize, f64)> {
        let mut found = Vec::new();
        let mut look = |cells: &[(u64, u32)]| {
            found.extend(cells.iter().filter_map(|&(_, index)| {
                let separation = sky.separation_arcsec(self.positions[index as usize]);
                (separation <= self.radius_arcsec).then_some((index as usize, separation))
            }));
        };
        match self.depth {
            None => look(&self.cells),
            Some(depth) => {
                for wanted in around(depth, sky) {
                    let start = self.cells.partition_point(|&(cell, _)| cell < wanted);
                    let end = start + self.cells[start..].partition_point(|&(cell, _)| cell == wanted);
                    look(&self.cells[start..end]);
                }
            }
        }
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found
    }
}

fn cell(depth: u8, sky: SkyCoord) -> u64 {
    let latitude = sky.dec_deg.clamp(-90.0, 90.0).to_radians();
    nested::hash(depth, sky.ra_deg.rem_euclid(360.0).to_radians(), latitude)
}

/// The cell of a position and those that touch it.
fn around(depth: u8, sky: SkyCoord) -> Vec<u64> {
    nested::neighbours(depth, cell(depth, sky), true).values_vec()
}

/// Cells at `depth` that may hold something within `radius_arcsec` of the position: all that do, and
/// perhaps a few more. `None` when the radius is too wide for cells of that depth.
#[must_use]
pub fn cells_within(depth: u8, sky: SkyCoord, radius_arcsec: f64) -> Option<Vec<u64>> {
    let radius = (radius_arcsec.max(1e-3) * 1.000_001 / 3600.0).to_radians();
    let fine =
        has_best_starting_depth(radius).then(|| best_starting_depth(radius)).filter(|&fine| fine >= depth)?;
    let mut cells: Vec<u64> =
        around(fine, sky).into_iter().map(|cell| cell >> (2 * (fine - depth))).collect();
    cells.sort_unstable();
    cells.dedup();
    if cells.len() == 1 {
        return Some(cells);
    }
    // A border is near; a drawn disc of finer cells says which cells it really reaches.
    let (longitude, latitude) = (sky.ra_deg.rem_euclid(360.0).to_radians(), sky.dec_deg.to_radians());
    let finer = (fine + 3).min(29) - depth;
    let disc = nested::cone_coverage_approx_custom(depth, finer, longitude, latitude, radius);
    let mut reached: Vec<u64> = disc.flat_iter().collect();
    reached.push(cell(depth, sky));
    reached.sort_unstable();
    reached.dedup();
    Some(reached)
}
