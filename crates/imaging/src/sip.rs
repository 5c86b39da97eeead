//! The gnomonic projection with polynomial distortion (SIP). Shupe et al. 2005,
//! ADASS XIV, ASP Conf. 347, 491.

use domain::SkyCoord;
use serde::{Deserialize, Serialize};

use crate::TanWcs;

/// Highest order of a polynomial: the convention's single digits.
pub const MAX_SIP_ORDER: usize = 9;

/// A polynomial in two variables, Σ c\[p\]\[q\] uᵖ vᵠ with p + q ≤ order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Polynomial {
    /// Row p holds the coefficients of uᵖ, from v⁰.
    pub rows: Vec<Vec<f64>>,
}

impl Polynomial {
    /// All zero.
    #[must_use]
    pub fn zero(order: usize) -> Self {
        Self { rows: (0..=order).map(|p| vec![0.0; order + 1 - p]).collect() }
    }

    /// The terms (p, q) of total degree `least` to `order`, in the order of the coefficients that
    /// [`Polynomial::from_terms`] takes.
    pub fn terms(least: usize, order: usize) -> impl Iterator<Item = (usize, usize)> {
        (least..=order).flat_map(|degree| (0..=degree).map(move |q| (degree - q, q)))
    }

    /// From coefficients in the order of [`Polynomial::terms`].
    #[must_use]
    pub fn from_terms(least: usize, order: usize, coefficients: &[f64]) -> Self {
        let mut polynomial = Self::zero(order);
        for ((p, q), &value) in Self::terms(least, order).zip(coefficients) {
            polynomial.rows[p][q] = value;
        }
        polynomial
    }

    /// Highest p + q.
    #[must_use]
    pub fn order(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// Its value.
    #[must_use]
    pub fn at(&self, u: f64, v: f64) -> f64 {
        // Horner's scheme in both directions.
        let row = |cells: &Vec<f64>| cells.iter().rev().fold(0.0, |sum, &c| sum * v + c);
        self.rows.iter().rev().fold(0.0, |sum, cells| sum * u + row(cells))
    }

    /// Its slopes along u and v.
    #[must_use]
    pub fn slopes(&self, u: f64, v: f64) -> (f64, f64) {
        let mut along = (0.0, 0.0);
        for (p, cells) in self.rows.iter().enumerate() {
            for (q, &c) in cells.iter().enumerate().filter(|(_, c)| **c != 0.0) {
                let power = |base: f64, n: usize| base.powi(i32::try_from(n).unwrap_or(0));
                if p > 0 {
                    along.0 += c * p as f64 * power(u, p - 1) * power(v, q);
                }
                if q > 0 {
                    along.1 += c * q as f64 * power(u, p) * power(v, q - 1);
                }
            }
        }
        along
    }

    fn is_zero(&self) -> bool {
        self.rows.iter().flatten().all(|&c| c == 0.0)
    }
}

/// A TAN projection with SIP distortion. Pixels are counted as FITS does, from 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TanSip {
    /// The projection of undistorted pixels.
    pub tan: TanWcs,
    /// Added to u = x − CRPIX1.
    pub a: Polynomial,
    /// Added to v = y − CRPIX2.
    pub b: Polynomial,
    /// Added to the undistorted u to get the pixel: about the inverse of `a`.
    pub ap: Polynomial,
    /// The same for v.
    pub bp: Polynomial,
}

impl From<TanWcs> for TanSip {
    fn from(tan: TanWcs) -> Self {
        let none = Polynomial::default;
        Self { tan, a: none(), b: none(), ap: none(), bp: none() }
    }
}

impl TanSip {
    /// Whether it bends anything.
    #[must_use]
    pub fn is_distorted(&self) -> bool {
        !(self.a.is_zero() && self.b.is_zero())
    }

    /// Position of a pixel (1-based).
    #[must_use]
    pub fn pixel_to_sky(&self, x: f64, y: f64) -> SkyCoord {
        let (u, v) = (x - self.tan.crpix[0], y - self.tan.crpix[1]);
        self.tan.pixel_to_sky(x + self.a.at(u, v), y + self.b.at(u, v))
    }

    /// Pixel (1-based) of a position; `None` for the far half of the sky, and where the distortion
    /// cannot be undone.
    #[must_use]
    pub fn sky_to_pixel(&self, sky: SkyCoord) -> Option<(f64, f64)> {
        let (x, y) = self.tan.sky_to_pixel(sky)?;
        if !self.is_distorted() {
            return Some((x, y));
        }
        let (u, v) = (x - self.tan.crpix[0], y - self.tan.crpix[1]);
        let (u, v) = self.bend(u, v)?;
        Some((u + self.tan.crpix[0], v + self.tan.crpix[1]))
    }

    /// Distorted (u, v) of undistorted ones: Newton's method, begun at the stored inverse.
    fn bend(&self, u0: f64, v0: f64) -> Option<(f64, f64)> {
        let (mut u, mut v) = (u0 + self.ap.at(u0, v0), v0 + self.bp.at(u0, v0));
        for _ in 0..20 {
            let miss = (u + self.a.at(u, v) - u0, v + self.b.at(u, v) - v0);
            let ((au, av), (bu, bv)) = (self.a.slopes(u, v), self.b.slopes(u, v));
            let (m00, m01, m10, m11) = (1.0 + au, av, bu, 1.0 + bv);
            let det = m00 * m11 - m01 * m10;
            let step = ((m11 * miss.0 - m01 * miss.1) / det, (m00 * miss.1 - m10 * miss.0) / det);
            (u, v) = (u - step.0, v - step.1);
            if !(u.is_finite() && v.is_finite()) {
                return None;
            }
            if step.0.hypot(step.1) < 1e-9 * (1.0 + u0.hypot(v0)) {
                return Some((u, v));
            }
        }
        None
    }

    /// Side of a square pixel of the same area at a pixel, arcsec.
    #[must_use]
    pub fn pixel_scale_arcsec(&self, x: f64, y: f64) -> f64 {
        let (u, v) = (x - self.tan.crpix[0], y - self.tan.crpix[1]);
        let ((au, av), (bu, bv)) = (self.a.slopes(u, v), self.b.slopes(u, v));
        let stretch = ((1.0 + au) * (1.0 + bv) - av * bu).abs().sqrt();
        // Away from the tangent point a gnomonic pixel covers less of the sky.
        let (dx, dy) = (u + self.a.at(u, v), v + self.b.at(u, v));
        let cd = self.tan.cd;
        let xi = (cd[0][0] * dx + cd[0][1] * dy).to_radians();
        let eta = (cd[1][0] * dx + cd[1][1] * dy).to_radians();
        self.tan.pixel_scale_arcsec() * stretch * (1.0 + xi * xi + eta * eta).powf(-0.75)
    }

    /// Sets `ap` and `bp` to invert `a` and `b` over an image of this size as well as a polynomial of one order
    /// more can.
    #[must_use]
    pub fn with_inverse(mut self, width: u32, height: u32) -> Self {
        if !self.is_distorted() {
            (self.ap, self.bp) = (Polynomial::default(), Polynomial::default());
            return self;
        }
        let order = (self.a.order().max(self.b.order()) + 1).min(MAX_SIP_ORDER);
        let unit = f64::from(width.max(height)).max(1.0);
        let terms: Vec<_> = Polynomial::terms(0, order).collect();
        let n = terms.len();
        let steps = 4 * (order + 1);
        let mut normal = vec![0.0; n * n];
        let mut right = vec![[0.0; 2]; n];
        for i in 0..=steps {
            for j in 0..=steps {
                let at = |k: usize, size: u32, origin: f64| {
                    0.5 + f64::from(size) * k as f64 / steps as f64 - origin
                };
                let (u, v) = (at(i, width, self.tan.crpix[0]), at(j, height, self.tan.crpix[1]));
                let (du, dv) = (self.a.at(u, v), self.b.at(u, v));
                let (s, t) = ((u + du) / unit, (v + dv) / unit);
                let row: Vec<f64> = terms.iter().map(|&(p, q)| s.powi(p as i32) * t.powi(q as i32)).collect();
                for r in 0..n {
                    right[r][0] -= row[r] * du;
                    right[r][1] -= row[r] * dv;
                    for c in 0..n {
                        normal[r * n + c] += row[r] * row[c];
                    }
                }
            }
        }
        let solved = solve_symmetric(&mut normal, &mut right);
        if !solved {
            return self;
        }
        let scaled = |k: usize| -> Vec<f64> {
            let power = |&(p, q): &(usize, usize)| unit.powi((p + q) as i32);
            right.iter().zip(&terms).map(|(value, term)| value[k] / power(term)).collect()
        };
        self.ap = Polynomial::from_terms(0, order, &scaled(0));
        self.bp = Polynomial::from_terms(0, order, &scaled(1));
        self
    }
}

/// Solves M x = r in place for a symmetric positive definite M (row by row) and several right sides, by
/// Cholesky's decomposition. False where M is not.
pub fn solve_symmetric<const K: usize>(m: &mut [f64], r: &mut [[f64; K]]) -> bool {
    let n = r.len();
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| m[i * n + k] * m[j * n + k]).sum();
            let rest = m[i * n + j] - dot;
            if i == j {
                if rest <= 0.0 || !rest.is_finite() {
                    return false;
                }
                m[i * n + i] = rest.sqrt();
            } else {
                m[i * n + j] = rest / m[j * n + j];
            }
        }
    }
    for i in 0..n {
        let dot: [f64; K] = std::array::from_fn(|k| (0..i).map(|j| m[i * n + j] * r[j][k]).sum());
        r[i] = std::array::from_fn(|k| (r[i][k] - dot[k]) / m[i * n + i]);
    }
    for i in (0..n).rev() {
        let dot: [f64; K] = std::array::from_fn(|k| (i + 1..n).map(|j| m[j * n + i] * r[j][k]).sum());
        r[i] = std::array::from_fn(|k| (r[i][k] - dot[k]) / m[i * n + i]);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bent() -> TanSip {
        let tan = TanWcs { crval: [150.0, 40.0], crpix: [512.5, 384.5], cd: [[-0.01, 0.002], [0.002, 0.01]] };
        let mut sip = TanSip::from(tan);
        sip.a = Polynomial::from_terms(2, 3, &[1e-5, -2e-6, 4e-6, 2e-9, 0.0, -1e-9, 3e-9]);
        sip.b = Polynomial::from_terms(2, 3, &[-3e-6, 5e-6, 1e-6, 0.0, 2e-9, 1e-9, -2e-9]);
        sip.with_inverse(1024, 768)
    }

    #[test]
    fn pixels_go_to_the_sky_and_back_within_a_millionth() {
        let sip = bent();
        for (x, y) in [(1.0, 1.0), (1024.0, 768.0), (1.0, 768.0), (512.0, 300.0), (900.3, 77.7)] {
            let (u, v) = sip.sky_to_pixel(sip.pixel_to_sky(x, y)).unwrap();
            assert!((u - x).hypot(v - y) < 1e-6, "{x} {y}: {u} {v}");
        }
    }

    #[test]
    fn the_stored_inverse_alone_is_good_to_a_hundredth_of_a_pixel() {
        let sip = bent();
        for (u, v) in [(-500.0, -380.0), (500.0, 380.0), (-500.0, 380.0), (100.0, 50.0)] {
            let (s, t): (f64, f64) = (u + sip.a.at(u, v), v + sip.b.at(u, v));
            let (back_u, back_v) = (s + sip.ap.at(s, t), t + sip.bp.at(s, t));
            assert!((back_u - u).hypot(back_v - v) < 0.01, "{u} {v}: {back_u} {back_v}");
        }
    }

    #[test]
    fn the_scale_is_that_of_small_steps() {
        let sip = bent();
        let (x, y) = (900.0, 100.0);
        let area = |step: f64| {
            let v = |x, y| {
                let sky = sip.pixel_to_sky(x, y);
                let (sin_ra, cos_ra) = sky.ra_deg.to_radians().sin_cos();
                let (sin_dec, cos_dec) = sky.dec_deg.to_radians().sin_cos();
                [cos_dec * cos_ra, cos_dec * sin_ra, sin_dec]
            };
            let minus = |a: [f64; 3], b: [f64; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
            let (e, n) = (minus(v(x + step, y), v(x, y)), minus(v(x, y + step), v(x, y)));
            let c = [e[1] * n[2] - e[2] * n[1], e[2] * n[0] - e[0] * n[2], e[0] * n[1] - e[1] * n[0]];
            (c[0] * c[0] + c[1] * c[1] + c[2] * c[2]).sqrt().sqrt() / step
        };
        let expected = area(1e-3).to_degrees() * 3600.0;
        assert!((sip.pixel_scale_arcsec(x, y) / expected - 1.0).abs() < 1e-5);
    }

    #[test]
    fn without_distortion_it_is_the_plain_projection() {
        let tan = bent().tan;
        let sip = TanSip::from(tan).with_inverse(100, 100);
        assert_eq!(sip.pixel_to_sky(3.0, 4.0), tan.pixel_to_sky(3.0, 4.0));
        assert_eq!(
            sip.sky_to_pixel(SkyCoord { ra_deg: 150.2, dec_deg: 40.1 }),
            tan.sky_to_pixel(SkyCoord { ra_deg: 150.2, dec_deg: 40.1 })
        );
    }
}
