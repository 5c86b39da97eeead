//! Which telescopes of the Legacy Surveys saw a position. North and south differ in seeing, depth
//! and filters, so what is measured of a network is said for each.

use std::fmt;

use domain::SkyCoord;
use serde::{Deserialize, Serialize};

/// Declination from which the northern telescopes take over in the northern galactic cap (Dey et al.
/// 2019, arXiv:1804.08657, and the surveys' releases since DR9).
const NORTH_FROM_DEG: f64 = 32.375;
/// North galactic pole, ICRS (Hipparcos catalogue, vol. 1, section 1.5.3).
const GALACTIC_POLE: SkyCoord = SkyCoord { ra_deg: 192.859_48, dec_deg: 27.128_25 };

/// A part of the Legacy Surveys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Footprint {
    /// BASS (g, r) and `MzLS` (z), from Kitt Peak.
    North,
    /// `DECam` (g, r, z), from Cerro Tololo.
    South,
}

impl Footprint {
    /// Both.
    pub const ALL: [Self; 2] = [Self::North, Self::South];

    /// The part a position belongs to.
    #[must_use]
    pub fn of(position: SkyCoord) -> Self {
        let (dec, pole) = (position.dec_deg.to_radians(), GALACTIC_POLE.dec_deg.to_radians());
        let across = (position.ra_deg - GALACTIC_POLE.ra_deg).to_radians().cos();
        let sin_latitude = dec.sin() * pole.sin() + dec.cos() * pole.cos() * across;
        if position.dec_deg >= NORTH_FROM_DEG && sin_latitude > 0.0 { Self::North } else { Self::South }
    }
}

impl fmt::Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::North => "north (BASS, MzLS)",
            Self::South => "south (DECam)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_telescope_has_its_sky() {
        let of = |ra, dec| Footprint::of(SkyCoord::new(ra, dec).expect("a position"));
        assert_eq!(of(200.0, 50.0), Footprint::North);
        assert_eq!(of(200.0, 10.0), Footprint::South);
        // As far north, but south of the Galaxy.
        assert_eq!(of(10.0, 33.0), Footprint::South);
    }
}
