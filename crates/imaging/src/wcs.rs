//! The gnomonic (TAN) projection of FITS, the one sky projection the house
//! needs. Formulae: Calabretta & Greisen 2002, A&A 395, 1077, §5.1.3.

use domain::SkyCoord;
use serde::{Deserialize, Serialize};

/// A TAN projection. Pixels are counted as FITS does: the middle of the first pixel is (1, 1).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TanWcs {
    /// Right ascension and declination of the tangent point, degrees.
    pub crval: [f64; 2],
    /// Pixel (x, y) of the tangent point, 1-based.
    pub crpix: [f64; 2],
    /// Degrees per pixel: `[[CD1_1, CD1_2], [CD2_1, CD2_2]]`.
    pub cd: [[f64; 2]; 2],
}

impl TanWcs {
    /// North up, east left, as the Legacy Surveys cut: tangent point in the middle.
    #[must_use]
    pub fn north_up(centre: SkyCoord, width: usize, height: usize, pixel_scale_arcsec: f64) -> Self {
        let step = pixel_scale_arcsec / 3600.0;
        Self {
            crval: [centre.ra_deg, centre.dec_deg],
            crpix: [(width as f64 + 1.0) / 2.0, (height as f64 + 1.0) / 2.0],
            cd: [[-step, 0.0], [0.0, step]],
        }
    }

    /// Determinant of CD.
    fn determinant(&self) -> f64 {
        self.cd[0][0] * self.cd[1][1] - self.cd[0][1] * self.cd[1][0]
    }

    /// Whether pixels and sky correspond one to one near the tangent point.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let numbers = self.crval.iter().chain(&self.crpix).chain(self.cd.iter().flatten());
        numbers.copied().all(f64::is_finite)
            && self.crval[1].abs() <= 90.0
            && self.determinant().abs() > f64::MIN_POSITIVE
    }

    /// Side of a square pixel of the same area, arcsec.
    #[must_use]
    pub fn pixel_scale_arcsec(&self) -> f64 {
        self.determinant().abs().sqrt() * 3600.0
    }

    /// Position of a pixel (1-based).
    #[must_use]
    pub fn pixel_to_sky(&self, x: f64, y: f64) -> SkyCoord {
        let (dx, dy) = (x - self.crpix[0], y - self.crpix[1]);
        let xi = (self.cd[0][0] * dx + self.cd[0][1] * dy).to_radians();
        let eta = (self.cd[1][0] * dx + self.cd[1][1] * dy).to_radians();
        let (sin0, cos0) = self.crval[1].to_radians().sin_cos();
        let along = cos0 - eta * sin0;
        let ra = self.crval[0] + xi.atan2(along).to_degrees();
        let dec = (sin0 + eta * cos0).atan2(xi.hypot(along)).to_degrees();
        SkyCoord { ra_deg: ra.rem_euclid(360.0), dec_deg: dec }
    }

    /// Pixel (1-based) of a position; `None` for the far half of the sky, which TAN cannot show.
    #[must_use]
    pub fn sky_to_pixel(&self, sky: SkyCoord) -> Option<(f64, f64)> {
        let (sin_a, cos_a) = (sky.ra_deg - self.crval[0]).to_radians().sin_cos();
        let (sin_d, cos_d) = sky.dec_deg.to_radians().sin_cos();
        let (sin0, cos0) = self.crval[1].to_radians().sin_cos();
        let depth = sin_d * sin0 + cos_d * cos0 * cos_a;
        if depth <= 0.0 {
            return None;
        }
        let xi = (cos_d * sin_a / depth).to_degrees();
        let eta = ((sin_d * cos0 - cos_d * sin0 * cos_a) / depth).to_degrees();
        let det = self.determinant();
        let dx = (self.cd[1][1] * xi - self.cd[0][1] * eta) / det;
        let dy = (self.cd[0][0] * eta - self.cd[1][0] * xi) / det;
        Some((self.crpix[0] + dx, self.crpix[1] + dy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sky_to_pixel_inverts_pixel_to_sky_everywhere() {
        for (ra, dec) in [(0.0, 0.0), (359.999, 45.0), (180.0, -89.9), (12.3, 89.99)] {
            let wcs =
                TanWcs { crval: [ra, dec], crpix: [190.5, 191.0], cd: [[-7.1e-5, 1.3e-5], [1.2e-5, 7.3e-5]] };
            for (x, y) in [(1.0, 1.0), (381.0, 20.5), (190.5, 191.0)] {
                let (u, v) = wcs.sky_to_pixel(wcs.pixel_to_sky(x, y)).unwrap();
                assert!((u - x).abs() < 1e-5 && (v - y).abs() < 1e-5, "{ra} {dec}: {u} {v}");
            }
        }
    }

    #[test]
    fn north_is_up_and_east_is_left() {
        let centre = SkyCoord { ra_deg: 150.0, dec_deg: 2.0 };
        let wcs = TanWcs::north_up(centre, 381, 381, 0.262);
        assert!((wcs.pixel_scale_arcsec() - 0.262).abs() < 1e-12);
        assert!(wcs.pixel_to_sky(191.0, 300.0).dec_deg > 2.0);
        assert!(wcs.pixel_to_sky(10.0, 191.0).ra_deg > 150.0);
        assert_eq!(wcs.pixel_to_sky(191.0, 191.0), centre);
    }

    #[test]
    fn the_far_side_of_the_sky_has_no_pixel() {
        let wcs = TanWcs::north_up(SkyCoord { ra_deg: 0.0, dec_deg: 0.0 }, 10, 10, 1.0);
        assert_eq!(wcs.sky_to_pixel(SkyCoord { ra_deg: 180.0, dec_deg: 0.0 }), None);
    }
}
