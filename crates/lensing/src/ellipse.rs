//! Where a profile sits and how it is flattened: centre, axis ratio and the
//! direction of its major axis. All elliptical profiles use the product-average
//! radius R² = q x² + y²/q, which keeps the area inside R when q changes.

use crate::{
    hessian::Hessian,
    parameter::{ParameterError, within},
};

/// Centre (arcsec), axis ratio and orientation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ellipse {
    x: f64,
    y: f64,
    q: f64,
    phi: f64,
    cos: f64,
    sin: f64,
}

impl Ellipse {
    /// Centre in arcsec, axis ratio `q` = b/a in [0.05, 1], major axis `phi` radians counter-clockwise from +x.
    ///
    /// # Errors
    /// When a number is not finite or `q` is out of range.
    pub fn new(x: f64, y: f64, q: f64, phi: f64) -> Result<Self, ParameterError> {
        within("centre_x_arcsec", x, -1e6, 1e6)?;
        within("centre_y_arcsec", y, -1e6, 1e6)?;
        within("q", q, 0.05, 1.0)?;
        within("phi_rad", phi, -1e3, 1e3)?;
        let (sin, cos) = phi.sin_cos();
        Ok(Self { x, y, q, phi, cos, sin })
    }

    /// The same from ellipticity components e = (1 − q)/(1 + q)·(cos 2φ, sin 2φ).
    ///
    /// # Errors
    /// When a number is not finite or the axis ratio is out of range.
    pub fn from_components(x: f64, y: f64, e1: f64, e2: f64) -> Result<Self, ParameterError> {
        let e = e1.hypot(e2);
        Self::new(x, y, (1.0 - e) / (1.0 + e), 0.5 * e2.atan2(e1))
    }

    /// Position angle in degrees east of north, for images with north up and east left,
    /// as the angle `phi` of [`Ellipse::new`].
    #[must_use]
    pub fn phi_of_position_angle(pa_deg: f64) -> f64 {
        (pa_deg + 90.0).to_radians()
    }

    /// A circle around this point.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn circle(x: f64, y: f64) -> Result<Self, ParameterError> {
        Self::new(x, y, 1.0, 0.0)
    }

    /// Centre in arcsec.
    #[must_use]
    pub const fn centre(&self) -> [f64; 2] {
        [self.x, self.y]
    }

    /// Axis ratio.
    #[must_use]
    pub const fn q(&self) -> f64 {
        self.q
    }

    /// Direction of the major axis in radians, counter-clockwise from +x.
    #[must_use]
    pub const fn phi(&self) -> f64 {
        self.phi
    }

    /// A point of the sky in the frame of the axes.
    #[must_use]
    #[inline(always)]
    pub fn to_axes(&self, x: f64, y: f64) -> [f64; 2] {
        let (dx, dy) = (x - self.x, y - self.y);
        [self.cos * dx + self.sin * dy, self.cos * dy - self.sin * dx]
    }

    /// A vector in the frame of the axes, back on the sky.
    #[must_use]
    #[inline(always)]
    pub fn from_axes(&self, vector: [f64; 2]) -> [f64; 2] {
        let [u, v] = vector;
        [self.cos * u - self.sin * v, self.sin * u + self.cos * v]
    }

    /// Second derivatives in the frame of the axes, back on the sky.
    pub(crate) fn hessian_from_axes(&self, hessian: Hessian) -> Hessian {
        hessian.turned(self.cos, self.sin)
    }

    /// Product-average radius in arcsec.
    #[must_use]
    #[inline(always)]
    pub fn radius(&self, x: f64, y: f64) -> f64 {
        let [u, v] = self.to_axes(x, y);
        (self.q * u * u + v * v / self.q).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_galaxy_stretched_to_the_north_has_position_angle_zero() {
        let ellipse = Ellipse::new(0.0, 0.0, 0.5, Ellipse::phi_of_position_angle(0.0)).unwrap();
        assert!(ellipse.radius(0.0, 1.0) < ellipse.radius(1.0, 0.0));
    }

    #[test]
    fn position_angle_grows_from_north_to_east_which_is_left() {
        let ellipse = Ellipse::new(0.0, 0.0, 0.5, Ellipse::phi_of_position_angle(45.0)).unwrap();
        assert!(ellipse.radius(-1.0, 1.0) < ellipse.radius(1.0, 1.0));
    }

    #[test]
    fn components_and_axis_ratio_say_the_same() {
        let ellipse = Ellipse::from_components(0.0, 0.0, 0.1, 0.2).unwrap();
        let e = (1.0 - ellipse.q()) / (1.0 + ellipse.q());
        assert!((e * (2.0 * ellipse.phi()).cos() - 0.1).abs() < 1e-15);
        assert!((e * (2.0 * ellipse.phi()).sin() - 0.2).abs() < 1e-15);
    }

    #[test]
    fn refuses_a_needle() {
        assert_eq!(Ellipse::new(0.0, 0.0, 0.0, 0.0).unwrap_err().name, "q");
    }
}
