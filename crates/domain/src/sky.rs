//! Positions on the sky.

use serde::{Deserialize, Serialize};

/// ICRS right ascension and declination in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SkyCoord {
    /// Right ascension, [0, 360).
    pub ra_deg: f64,
    /// Declination, [−90, 90].
    pub dec_deg: f64,
}

impl SkyCoord {
    /// A position, its right ascension wrapped into [0, 360); `None` if either number is not
    /// finite or the declination is beyond a pole.
    #[must_use]
    pub fn new(ra_deg: f64, dec_deg: f64) -> Option<Self> {
        let valid = ra_deg.is_finite() && dec_deg.abs() <= 90.0;
        valid.then(|| Self { ra_deg: ra_deg.rem_euclid(360.0), dec_deg })
    }

    /// Angle between two positions in arcsec (haversine, exact for small angles too).
    #[must_use]
    pub fn separation_arcsec(self, other: Self) -> f64 {
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let across = self.dec_deg.to_radians().cos() * other.dec_deg.to_radians().cos();
        let h = half(self.dec_deg - other.dec_deg) + across * half(self.ra_deg - other.ra_deg);
        (2.0 * h.min(1.0).sqrt().asin()).to_degrees() * 3600.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_ascension_wraps_and_declination_does_not() {
        assert_eq!(SkyCoord::new(-10.0, 0.0).map(|c| c.ra_deg), Some(350.0));
        assert_eq!(SkyCoord::new(0.0, 90.5), None);
        assert_eq!(SkyCoord::new(f64::NAN, 0.0), None);
    }

    #[test]
    fn one_arcsec_across_the_meridian() {
        let a = SkyCoord { ra_deg: 359.999_861_111_111_1, dec_deg: 0.0 };
        let b = SkyCoord { ra_deg: 0.000_138_888_888_9, dec_deg: 0.0 };
        assert!((a.separation_arcsec(b) - 1.0).abs() < 1e-6);
    }
}
