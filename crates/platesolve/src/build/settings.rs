//! How an index is built, checked.

use rayon::prelude::*;

use super::BuildError;
use crate::{
    catalogue::{Catalogue, Star},
    healpix::Grid,
    preset::Preset,
    vector::Vec3,
};

/// How an index is built. The usual values are those of published index files.
#[derive(Debug, Clone, PartialEq)]
pub struct BuildSettings {
    /// Number of the index; 0 for none.
    pub id: i32,
    /// Shortest distance of A and B, radians.
    pub scale_low_rad: f64,
    /// Longest distance of A and B, radians.
    pub scale_high_rad: f64,
    /// Nside of the grid whose cells get quads.
    pub nside: u32,
    /// Nside of the grid whose cells give stars; `None` for the same.
    pub cut_nside: Option<u32>,
    /// Stars a cell gives at most.
    pub sweeps: u16,
    /// Quads a cell gets at most.
    pub passes: u32,
    /// Quads a star serves in at most.
    pub reuse: u16,
    /// The same when cells are left without quads; `reuse` for no more.
    pub reuse_loosened: u16,
    /// Stars of a quad: 3, 4 or 5.
    pub dim_quads: usize,
    /// A star this near to a brighter one is left out, arcsec; 0 for none.
    pub dedup_arcsec: f64,
    /// Brightest and faintest magnitude of the stars taken.
    pub magnitudes: [f32; 2],
    /// Only cells in which a star lies get quads.
    pub occupied_only: bool,
    /// Standard error of positions, arcsec.
    pub jitter_arcsec: f64,
    /// Julian year to which stars are moved; `None` to leave them.
    pub epoch: Option<f64>,
    /// One cell after the other; slower, the same result.
    pub sequential: bool,
}

impl BuildSettings {
    /// Settings for quads of a scale, arcmin; the grid is the presets'.
    #[must_use]
    pub fn scale(low_arcmin: f64, high_arcmin: f64) -> Self {
        let radians = |arcmin: f64| (arcmin / 60.0).to_radians();
        Self {
            id: 0,
            scale_low_rad: radians(low_arcmin),
            scale_high_rad: radians(high_arcmin),
            nside: Preset::nside_for(high_arcmin),
            cut_nside: None,
            sweeps: 10,
            passes: 16,
            reuse: 8,
            reuse_loosened: 20,
            dim_quads: 4,
            dedup_arcsec: 1.0,
            magnitudes: [f32::NEG_INFINITY, f32::INFINITY],
            occupied_only: false,
            jitter_arcsec: 1.0,
            epoch: None,
            sequential: false,
        }
    }

    /// Settings of a preset; `None` if there is none of this number.
    #[must_use]
    pub fn preset(number: i32) -> Option<Self> {
        let preset = Preset::new(number)?;
        Some(Self { nside: preset.nside, ..Self::scale(preset.low_arcmin, preset.high_arcmin) })
    }

    /// Whether each setting is in its range.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        let arcmin = |radians: f64| radians.to_degrees() * 60.0;
        let high = arcmin(self.scale_high_rad);
        let settings = [
            ("the longest AB (arcmin)", high, high > 0.0 && high <= 5400.0, "above 0 and at most 5400"),
            (
                "the shortest AB (arcmin)",
                arcmin(self.scale_low_rad),
                self.scale_low_rad > 0.0 && self.scale_low_rad < self.scale_high_rad,
                "above 0 and below the longest",
            ),
            ("stars of a quad", self.dim_quads as f64, (3..=5).contains(&self.dim_quads), "3, 4 or 5"),
            ("sweeps", f64::from(self.sweeps), self.sweeps >= 1, "1 or more"),
            ("passes", f64::from(self.passes), (1..=1000).contains(&self.passes), "1 to 1000"),
            ("reuse", f64::from(self.reuse), (1..=10_000).contains(&self.reuse), "1 to 10000"),
            (
                "reuse, loosened",
                f64::from(self.reuse_loosened),
                self.reuse_loosened <= 10_000,
                "at most 10000",
            ),
            (
                "dedup (arcsec)",
                self.dedup_arcsec,
                (0.0..=3600.0).contains(&self.dedup_arcsec),
                "from 0 to 3600",
            ),
            (
                "jitter (arcsec)",
                self.jitter_arcsec,
                self.jitter_arcsec > 0.0 && self.jitter_arcsec <= 3600.0,
                "above 0 and at most 3600",
            ),
            (
                "the brightest magnitude",
                f64::from(self.magnitudes[0]),
                self.magnitudes[0] <= self.magnitudes[1],
                "not fainter than the faintest",
            ),
        ];
        for (field, value, holds, range) in settings {
            if !holds {
                return Err(BuildError::Setting { field, value, range });
            }
        }
        // Cells of a few quads' length, or cells far smaller, would take for ever and gain nothing.
        let side = self.grid(self.nside)?.side_rad();
        if self.scale_high_rad > 16.0 * side {
            let better = Preset::nside_for(high);
            return Err(BuildError::TooFine { nside: self.nside, high_arcmin: high, better });
        }
        Ok(())
    }

    pub(super) fn grid(&self, nside: u32) -> Result<Grid, BuildError> {
        let range = "from 1 to 536870912";
        Grid::new(nside).ok_or(BuildError::Setting { field: "Nside", value: f64::from(nside), range })
    }

    /// The stars between the limits; `stars` are sorted by magnitude.
    pub(super) fn between_magnitudes<'a>(&self, stars: &'a [Star]) -> &'a [Star] {
        let start = stars.partition_point(|star| star.magnitude < self.magnitudes[0]);
        let end = stars.partition_point(|star| star.magnitude <= self.magnitudes[1]);
        &stars[start..end.max(start)]
    }

    /// Years to move stars by, and the epoch of the outcome.
    pub(super) fn years(&self, catalogue: &Catalogue) -> Result<(f64, Option<f64>), BuildError> {
        let Some(wanted) = self.epoch.filter(|_| catalogue.has_motion()) else {
            return Ok((0.0, catalogue.epoch()));
        };
        if !(-10_000.0..=10_000.0).contains(&wanted) {
            let range = "a year from -10000 to 10000";
            return Err(BuildError::Setting { field: "epoch", value: wanted, range });
        }
        let from = catalogue.epoch().ok_or(BuildError::NoEpoch)?;
        Ok((wanted - from, Some(wanted)))
    }

    /// The cells that may get quads, rising: all of them, those with stars, or those near stars where
    /// all would be far too many.
    pub(super) fn cells(&self, grid: Grid, stars: &[Vec3]) -> Result<Vec<u64>, BuildError> {
        if !self.occupied_only && grid.cells() <= 8 * stars.len() as u64 + 1_000_000 {
            return Ok((0..grid.cells()).collect());
        }
        let mut cells: Vec<u64> = stars.par_iter().map(|&star| grid.cell_of(star)).collect();
        let tidy = |cells: &mut Vec<u64>| {
            cells.par_sort_unstable();
            cells.dedup();
        };
        tidy(&mut cells);
        if self.occupied_only {
            return Ok(cells);
        }
        // The middle of AB is half of AB from A, and every ring of cells is a circle's width.
        let rings = (self.scale_high_rad / 2.0 / (2.0 * grid.inner())).ceil() as usize;
        let mut edge = cells.clone();
        for _ in 0..rings {
            edge = edge.par_iter().flat_map_iter(|&cell| grid.neighbours(cell).to_vec()).collect();
            tidy(&mut edge);
            edge.retain(|cell| cells.binary_search(cell).is_err());
            cells.extend_from_slice(&edge);
            tidy(&mut cells);
        }
        Ok(cells)
    }
}
