//! Second derivatives of a lensing potential, and what they mean.

use std::ops::{Add, AddAssign, Mul, Sub};

/// ∂²ψ/∂x², ∂²ψ/∂x∂y, ∂²ψ/∂y² at one point; dimensionless.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hessian {
    /// ∂²ψ/∂x².
    pub xx: f64,
    /// ∂²ψ/∂x∂y.
    pub xy: f64,
    /// ∂²ψ/∂y².
    pub yy: f64,
}

impl Hessian {
    /// Convergence κ.
    #[must_use]
    pub fn kappa(&self) -> f64 {
        0.5 * (self.xx + self.yy)
    }

    /// Shear (γ1, γ2).
    #[must_use]
    pub fn shear(&self) -> [f64; 2] {
        [0.5 * (self.xx - self.yy), self.xy]
    }

    /// 1 − κ − |γ|: zero on tangential critical curves, negative inside them.
    #[must_use]
    pub fn tangential_eigenvalue(&self) -> f64 {
        let [g1, g2] = self.shear();
        1.0 - self.kappa() - g1.hypot(g2)
    }

    /// 1 − κ + |γ|: zero on radial critical curves.
    #[must_use]
    pub fn radial_eigenvalue(&self) -> f64 {
        let [g1, g2] = self.shear();
        1.0 - self.kappa() + g1.hypot(g2)
    }

    /// Signed magnification 1/det(1 − H).
    #[must_use]
    pub fn magnification(&self) -> f64 {
        1.0 / ((1.0 - self.xx) * (1.0 - self.yy) - self.xy * self.xy)
    }

    /// The same second derivatives seen in a frame turned back by the angle with this cosine and sine.
    pub(crate) fn turned(self, cos: f64, sin: f64) -> Self {
        let (cc, ss, cs) = (cos * cos, sin * sin, cos * sin);
        Self {
            xx: cc * self.xx - 2.0 * cs * self.xy + ss * self.yy,
            xy: cs * (self.xx - self.yy) + (cc - ss) * self.xy,
            yy: ss * self.xx + 2.0 * cs * self.xy + cc * self.yy,
        }
    }

    /// A circular profile's Hessian at (x, y) from α/r and κ.
    pub(crate) fn circular(x: f64, y: f64, alpha_over_r: f64, kappa: f64) -> Self {
        let r2 = x * x + y * y;
        if r2 == 0.0 {
            return Self { xx: kappa, xy: 0.0, yy: kappa };
        }
        // dα/dr − α/r, from κ = (dα/dr + α/r)/2.
        let steep = 2.0 * (kappa - alpha_over_r);
        Self {
            xx: alpha_over_r + steep * x * x / r2,
            xy: steep * x * y / r2,
            yy: alpha_over_r + steep * y * y / r2,
        }
    }
}

impl Add for Hessian {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { xx: self.xx + other.xx, xy: self.xy + other.xy, yy: self.yy + other.yy }
    }
}

impl Sub for Hessian {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + other * -1.0
    }
}

impl AddAssign for Hessian {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<f64> for Hessian {
    type Output = Self;

    fn mul(self, by: f64) -> Self {
        Self { xx: self.xx * by, xy: self.xy * by, yy: self.yy * by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_keeps_convergence_and_the_size_of_the_shear() {
        let h = Hessian { xx: 0.7, xy: -0.2, yy: 0.1 };
        let (sin, cos) = 0.8_f64.sin_cos();
        let turned = h.turned(cos, sin);
        assert!((turned.kappa() - h.kappa()).abs() < 1e-15);
        assert!((turned.tangential_eigenvalue() - h.tangential_eigenvalue()).abs() < 1e-15);
    }

    #[test]
    fn magnification_is_one_over_the_product_of_the_eigenvalues() {
        let h = Hessian { xx: 0.7, xy: -0.2, yy: 0.1 };
        let product = h.tangential_eigenvalue() * h.radial_eigenvalue();
        assert!((h.magnification() * product - 1.0).abs() < 1e-12);
    }
}
