//! The singular isothermal sphere: κ = θ_E/(2 r), a deflection of one size everywhere.

use crate::{
    hessian::Hessian,
    mass::Mass,
    parameter::{ParameterError, within},
};

/// Nearer than this to its centre (arcsec) the profile is taken as flat, so that its numbers stay finite.
const FLOOR: f64 = 1e-12;

/// A singular isothermal sphere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sis {
    centre: [f64; 2],
    theta_e_arcsec: f64,
}

impl Sis {
    /// Centre and Einstein radius in arcsec; see [`crate::einstein_radius_sis_arcsec`] for σ.
    ///
    /// # Errors
    /// When a number is not finite or the Einstein radius negative.
    pub fn new(centre: [f64; 2], theta_e_arcsec: f64) -> Result<Self, ParameterError> {
        within("centre_x_arcsec", centre[0], -1e6, 1e6)?;
        within("centre_y_arcsec", centre[1], -1e6, 1e6)?;
        within("theta_e_arcsec", theta_e_arcsec, 0.0, 1e4)?;
        Ok(Self { centre, theta_e_arcsec })
    }

    /// Offset from the centre and its length, never zero.
    fn offset(&self, x: f64, y: f64) -> (f64, f64, f64) {
        let (dx, dy) = (x - self.centre[0], y - self.centre[1]);
        (dx, dy, dx.hypot(dy).max(FLOOR))
    }
}

impl Mass for Sis {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        let (dx, dy, r) = self.offset(x, y);
        [self.theta_e_arcsec * dx / r, self.theta_e_arcsec * dy / r]
    }

    fn hessian(&self, x: f64, y: f64) -> Hessian {
        let (dx, dy, r) = self.offset(x, y);
        let slope = self.theta_e_arcsec / r;
        Hessian::circular(dx, dy, slope, 0.5 * slope)
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        self.theta_e_arcsec * self.offset(x, y).2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_round_coreless_isothermal_ellipsoid() {
        let sis = Sis::new([0.4, -0.6], 1.5).unwrap();
        let nie = crate::Nie::new(crate::Ellipse::circle(0.4, -0.6).unwrap(), 1.5, 0.0).unwrap();
        for (x, y) in [(1.0, 2.0), (-30.0, 4.0), (0.401, -0.6)] {
            let ([a, b], [c, d]) = (sis.deflection(x, y), nie.deflection(x, y));
            assert!((a - c).abs() < 1e-12 && (b - d).abs() < 1e-12);
            let (h, k) = (sis.hessian(x, y), nie.hessian(x, y));
            let off = (h.xx - k.xx).abs() + (h.xy - k.xy).abs() + (h.yy - k.yy).abs();
            assert!(off < 1e-9 * h.kappa());
            assert!((sis.potential(x, y) - nie.potential(x, y)).abs() < 1e-12);
        }
    }
}
