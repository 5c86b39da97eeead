//! Star catalogues in memory: positions for one epoch, magnitudes, proper
//! motions. Reading files is `plates`'.

use domain::SkyCoord;

use crate::vector::{Vec3, from_sky, unit};

/// A star, or whatever else shines like one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Star {
    /// Where it is at the catalogue's epoch.
    pub position: SkyCoord,
    /// Magnitude in any one band; small is bright.
    pub magnitude: f32,
    /// Proper motion, milli-arcsec a year: towards east (times cos δ already), towards north.
    pub motion: Option<[f32; 2]>,
}

/// A star that cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum StarError {
    /// Not a position.
    #[error("right ascension {ra_deg} and declination {dec_deg} are no position in degrees")]
    Position {
        /// Right ascension, degrees.
        ra_deg: f64,
        /// Declination, degrees.
        dec_deg: f64,
    },
    /// Not a magnitude.
    #[error("magnitude {0} is no number")]
    Magnitude(f32),
    /// Not a motion.
    #[error("the proper motion ({0}, {1}) is no number of milli-arcsec a year")]
    Motion(f32, f32),
}

impl Star {
    /// A star from plain numbers; right ascension wraps.
    ///
    /// # Errors
    /// When they cannot be those of a star.
    pub fn new(
        ra_deg: f64,
        dec_deg: f64,
        magnitude: f32,
        motion: Option<[f32; 2]>,
    ) -> Result<Self, StarError> {
        let position = SkyCoord::new(ra_deg, dec_deg).ok_or(StarError::Position { ra_deg, dec_deg })?;
        if !magnitude.is_finite() {
            return Err(StarError::Magnitude(magnitude));
        }
        if let Some([east, north]) = motion.filter(|motion| motion.iter().any(|v| !v.is_finite())) {
            return Err(StarError::Motion(east, north));
        }
        Ok(Self { position, magnitude, motion })
    }

    /// Its direction `years` after the catalogue's epoch: a straight line in the plane that touches the
    /// sphere at its place, without parallax and radial motion.
    #[must_use]
    pub fn direction_after(&self, years: f64) -> Vec3 {
        let here = from_sky(self.position);
        let Some([east, north]) = self.motion.filter(|_| years != 0.0) else { return here };
        let radians = |mas: f32| (f64::from(mas) * years / 3.6e6).to_radians();
        let (east, north) = (radians(east), radians(north));
        let (sin_ra, cos_ra) = self.position.ra_deg.to_radians().sin_cos();
        let (sin_dec, cos_dec) = self.position.dec_deg.to_radians().sin_cos();
        unit([
            here[0] - east * sin_ra - north * sin_dec * cos_ra,
            here[1] + east * cos_ra - north * sin_dec * sin_ra,
            here[2] + north * cos_dec,
        ])
    }
}

/// Stars, brightest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    name: String,
    epoch: Option<f64>,
    stars: Vec<Star>,
}

impl Catalogue {
    /// Sorts stars by magnitude; those of one magnitude keep their order. `epoch` is the Julian year
    /// the positions are for.
    #[must_use]
    pub fn new(name: impl Into<String>, epoch: Option<f64>, mut stars: Vec<Star>) -> Self {
        // Most catalogues come sorted, and a stable sort of sorted rows is one look at each.
        stars.sort_by(|a, b| a.magnitude.total_cmp(&b.magnitude));
        Self { name: name.into(), epoch, stars }
    }

    /// Its name; may be empty.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Julian year of the positions, if known.
    #[must_use]
    pub fn epoch(&self) -> Option<f64> {
        self.epoch
    }

    /// The stars, brightest first.
    #[must_use]
    pub fn stars(&self) -> &[Star] {
        &self.stars
    }

    /// Whether any star has a proper motion.
    #[must_use]
    pub fn has_motion(&self) -> bool {
        self.stars.iter().any(|star| star.motion.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::to_sky;

    #[test]
    fn stars_come_brightest_first_and_ties_keep_their_order() {
        let star = |ra, magnitude| Star::new(ra, 0.0, magnitude, None).unwrap();
        let catalogue = Catalogue::new("c", None, vec![star(1.0, 9.0), star(2.0, -1.5), star(3.0, 9.0)]);
        let order: Vec<f64> = catalogue.stars().iter().map(|star| star.position.ra_deg).collect();
        assert_eq!(order, [2.0, 1.0, 3.0]);
        assert!(!catalogue.has_motion());
    }

    #[test]
    fn what_cannot_be_a_star_is_an_error() {
        assert!(matches!(Star::new(0.0, 91.0, 1.0, None), Err(StarError::Position { .. })));
        assert!(matches!(Star::new(f64::NAN, 0.0, 1.0, None), Err(StarError::Position { .. })));
        assert!(matches!(Star::new(0.0, 0.0, f32::NAN, None), Err(StarError::Magnitude(_))));
        assert!(matches!(Star::new(0.0, 0.0, 1.0, Some([1.0, f32::INFINITY])), Err(StarError::Motion(..))));
        assert_eq!(Star::new(-10.0, 0.0, 1.0, None).unwrap().position.ra_deg, 350.0);
    }

    #[test]
    fn barnards_star_moves_ten_arcsec_a_year() {
        // Hipparcos 87937: J1991.25 to J2000.0, both columns of the catalogue (ESA 1997, SP-1200, and van Leeuwen 2007).
        let then = Star::new(269.454_022_54, 4.668_288_16, 9.5, Some([-797.84, 10_326.93])).unwrap();
        let now = to_sky(then.direction_after(8.75));
        assert!((now.ra_deg - 269.452_076).abs() < 3e-6, "{now:?}");
        assert!((now.dec_deg - 4.693_388).abs() < 3e-6, "{now:?}");
        let still = Star { motion: None, ..then };
        assert_eq!(still.direction_after(8.75), from_sky(still.position));
    }
}
