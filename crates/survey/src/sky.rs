//! The sky cut into HEALPix cells, and cells dealt into folds: the same
//! cluster can then never stand in training and in a test at once.

use domain::{Seed, SkyCoord};
use serde::{Deserialize, Serialize};

/// Depth of the cells (nside 32, 12,288 cells of 3.4 square degrees).
pub const CELL_DEPTH: u8 = 5;

/// The nested HEALPix cell at [`CELL_DEPTH`] a position lies in.
#[must_use]
pub fn cell_of(sky: SkyCoord) -> u64 {
    let latitude = sky.dec_deg.clamp(-90.0, 90.0).to_radians();
    cdshealpix::nested::hash(CELL_DEPTH, sky.ra_deg.rem_euclid(360.0).to_radians(), latitude)
}

/// What a part of the sky is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fold {
    /// Searched, voted on, trained on.
    Pool,
    /// Judges whether a new network is better than the old.
    Gate,
    /// Looked at in reports only.
    HeldOut,
}

/// A reproducible split of the sky.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SkySplit {
    seed: Seed,
    held_out_fraction: f64,
    gate_fraction: f64,
}

/// The fractions leave no sky for the pool.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "held_out_fraction {held_out} and gate_fraction {gate} must be 0 or more and together below 1, so that some sky is left to search"
)]
pub struct SkySplitError {
    held_out: f64,
    gate: f64,
}

impl SkySplit {
    /// Deals cells at random (by `seed`) with these chances; the rest is the pool.
    ///
    /// # Errors
    /// When a fraction is negative or both together reach 1.
    pub fn new(seed: Seed, held_out_fraction: f64, gate_fraction: f64) -> Result<Self, SkySplitError> {
        let valid =
            held_out_fraction >= 0.0 && gate_fraction >= 0.0 && held_out_fraction + gate_fraction < 1.0;
        if !valid {
            return Err(SkySplitError { held_out: held_out_fraction, gate: gate_fraction });
        }
        Ok(Self { seed: seed.child("sky-split"), held_out_fraction, gate_fraction })
    }

    /// The fold of a cell.
    #[must_use]
    pub fn fold(&self, cell: u64) -> Fold {
        // 53 bits fill the mantissa of a number in [0, 1).
        let chance = (self.seed.index(cell).to_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        if chance < self.held_out_fraction {
            Fold::HeldOut
        } else if chance < self.held_out_fraction + self.gate_fraction {
            Fold::Gate
        } else {
            Fold::Pool
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_have_the_size_asked_for_and_never_change() {
        let split = SkySplit::new(Seed::root(1), 0.2, 0.1).unwrap();
        let count = |fold| (0..12_288).filter(|&cell| split.fold(cell) == fold).count();
        assert!((count(Fold::HeldOut) as f64 / 12_288.0 - 0.2).abs() < 0.02);
        assert!((count(Fold::Gate) as f64 / 12_288.0 - 0.1).abs() < 0.02);
        let again = SkySplit::new(Seed::root(1), 0.2, 0.1).unwrap();
        assert!((0..500).all(|cell| split.fold(cell) == again.fold(cell)));
    }

    #[test]
    fn neighbours_share_a_cell_and_every_cell_is_on_the_map() {
        let at = |ra, dec| cell_of(SkyCoord { ra_deg: ra, dec_deg: dec });
        assert_eq!(at(150.0, 2.0), at(150.01, 2.01));
        assert_ne!(at(150.0, 2.0), at(170.0, 2.0));
        for (ra, dec) in [(0.0, 90.0), (360.0, -90.0), (-1.0, 0.0), (719.9, 41.8)] {
            assert!(at(ra, dec) < 12_288);
        }
        // Cell 0 of the nested scheme at any depth begins at RA 45°, Dec 0°.
        assert_eq!(at(45.0, 0.5), 0);
    }

    #[test]
    fn refuses_to_leave_no_pool() {
        assert!(SkySplit::new(Seed::root(1), 0.6, 0.4).is_err());
        assert!(SkySplit::new(Seed::root(1), -0.1, 0.4).is_err());
        assert!(SkySplit::new(Seed::root(1), f64::NAN, 0.4).is_err());
    }
}
