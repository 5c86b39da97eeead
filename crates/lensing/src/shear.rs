//! Constant external shear.

use crate::{
    hessian::Hessian,
    mass::Mass,
    parameter::{ParameterError, within},
};

/// Shear of everything outside the field, about the image's centre or another point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shear {
    origin: [f64; 2],
    gamma1: f64,
    gamma2: f64,
}

impl Shear {
    /// Components γ1 (along x and y) and γ2 (along the diagonals).
    ///
    /// # Errors
    /// When a component is not in (−1, 1).
    pub fn new(gamma1: f64, gamma2: f64) -> Result<Self, ParameterError> {
        within("gamma1", gamma1, -0.999, 0.999)?;
        within("gamma2", gamma2, -0.999, 0.999)?;
        Ok(Self { origin: [0.0, 0.0], gamma1, gamma2 })
    }

    /// The same shear with its undeflected point at `origin` (arcsec): a shift of the source plane.
    ///
    /// # Errors
    /// When a coordinate is not finite.
    pub fn about(self, origin: [f64; 2]) -> Result<Self, ParameterError> {
        within("origin_x_arcsec", origin[0], -1e6, 1e6)?;
        within("origin_y_arcsec", origin[1], -1e6, 1e6)?;
        Ok(Self { origin, ..self })
    }
}

impl Mass for Shear {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        let (x, y) = (x - self.origin[0], y - self.origin[1]);
        [self.gamma1 * x + self.gamma2 * y, self.gamma2 * x - self.gamma1 * y]
    }

    fn hessian(&self, _x: f64, _y: f64) -> Hessian {
        Hessian { xx: self.gamma1, xy: self.gamma2, yy: -self.gamma1 }
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        let (x, y) = (x - self.origin[0], y - self.origin[1]);
        0.5 * self.gamma1 * (x * x - y * y) + self.gamma2 * x * y
    }
}
