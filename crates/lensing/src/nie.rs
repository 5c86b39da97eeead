//! The isothermal ellipsoid, singular (SIE) or cored (NIE), elliptical in mass:
//! κ = θ_E / (2 √(s² + q x² + y²/q)). Closed form after Kormann, Schneider and
//! Bartelmann (1994) in the variables of Keeton (2001, astro-ph/0102341).

use crate::{
    ellipse::Ellipse,
    fast,
    hessian::Hessian,
    mass::Mass,
    parameter::{ParameterError, within},
};

/// A non-singular isothermal ellipsoid; with core 0, a singular one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nie {
    ellipse: Ellipse,
    /// b q = θ_E √q, arcsec.
    strength: f64,
    /// Core s/√q along the major axis, arcsec.
    core: f64,
    /// √(1 − q²).
    flat: f64,
}

impl Nie {
    /// Einstein radius of the singular circular profile and core radius, both in arcsec.
    ///
    /// # Errors
    /// When a number is not finite or negative.
    pub fn new(ellipse: Ellipse, theta_e_arcsec: f64, core_arcsec: f64) -> Result<Self, ParameterError> {
        within("theta_e_arcsec", theta_e_arcsec, 0.0, 1e4)?;
        within("core_arcsec", core_arcsec, 0.0, 1e5)?;
        let q = ellipse.q();
        Ok(Self {
            ellipse,
            strength: theta_e_arcsec * q.sqrt(),
            core: core_arcsec / q.sqrt(),
            flat: (1.0 - q * q).sqrt(),
        })
    }

    /// The auxiliary radius ψ² = q²(s² + x²) + y², never quite zero.
    #[inline(always)]
    fn psi(&self, u: f64, v: f64) -> f64 {
        let q = self.ellipse.q();
        (q * q * (self.core * self.core + u * u) + v * v).sqrt().max(1e-12)
    }

    /// Adds `sign` times the deflections at many points, with the fast arctangents.
    pub(crate) fn accumulate(&self, sign: f64, xs: &[f64], ys: &[f64], ax: &mut [f64], ay: &mut [f64]) {
        // Compiled for the widest vectors of the machine; the arithmetic is the same on all.
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || self.accumulate_all(sign, xs, ys, ax, ay),
        );
    }

    #[inline(always)]
    fn accumulate_all(&self, sign: f64, xs: &[f64], ys: &[f64], ax: &mut [f64], ay: &mut [f64]) {
        // Rounder than this, the profile equals one of this flattening to 1e-6.
        let f = self.flat.max(1e-3);
        let (q, core, scale) = (self.ellipse.q(), self.core, sign * self.strength / f);
        for (((&x, &y), ax), ay) in xs.iter().zip(ys).zip(ax).zip(ay) {
            let [u, v] = self.ellipse.to_axes(x, y);
            let psi = self.psi(u, v);
            let along = scale * fast::atan(f * u / (psi + core));
            let across = scale * fast::atanh(f * v / (psi + q * q * core));
            let [dx, dy] = self.ellipse.from_axes([along, across]);
            *ax += dx;
            *ay += dy;
        }
    }
}

/// atan(f t)/f, and its series where f is too small to divide by.
fn atan_over(f: f64, t: f64) -> f64 {
    if f * t.abs() < 1e-3 {
        t - f * f * t.powi(3) / 3.0 + f.powi(4) * t.powi(5) / 5.0
    } else {
        (f * t).atan() / f
    }
}

/// atanh(f t)/f, and its series where f is too small to divide by.
fn atanh_over(f: f64, t: f64) -> f64 {
    if f * t.abs() < 1e-3 {
        t + f * f * t.powi(3) / 3.0 + f.powi(4) * t.powi(5) / 5.0
    } else {
        (f * t).atanh() / f
    }
}

impl Mass for Nie {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        let [u, v] = self.ellipse.to_axes(x, y);
        let (q, psi) = (self.ellipse.q(), self.psi(u, v));
        let along = atan_over(self.flat, u / (psi + self.core));
        let across = atanh_over(self.flat, v / (psi + q * q * self.core));
        self.ellipse.from_axes([self.strength * along, self.strength * across])
    }

    fn hessian(&self, x: f64, y: f64) -> Hessian {
        let [u, v] = self.ellipse.to_axes(x, y);
        let (q, psi) = (self.ellipse.q(), self.psi(u, v));
        let (psi_u, psi_v) = (q * q * u / psi, v / psi);
        let (wide, narrow) = (psi + self.core, psi + q * q * self.core);
        let (t, w) = (u / wide, v / narrow);
        let along = self.strength / (1.0 + (self.flat * t).powi(2));
        let across = self.strength / (1.0 - (self.flat * w).powi(2));
        self.ellipse.hessian_from_axes(Hessian {
            xx: along * (1.0 - t * psi_u) / wide,
            xy: -along * t * psi_v / wide,
            yy: across * (1.0 - w * psi_v) / narrow,
        })
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        let [u, v] = self.ellipse.to_axes(x, y);
        let (q, psi) = (self.ellipse.q(), self.psi(u, v));
        let along = atan_over(self.flat, u / (psi + self.core));
        let across = atanh_over(self.flat, v / (psi + q * q * self.core));
        let core_term = if self.core > 0.0 {
            let edge = (psi + self.core).powi(2) + (self.flat * u).powi(2);
            self.core * (0.5 * edge.ln() - ((1.0 + q) * self.core).ln())
        } else {
            0.0
        };
        self.strength * (u * along + v * across - core_term)
    }

    fn add_deflections(&self, xs: &[f64], ys: &[f64], ax: &mut [f64], ay: &mut [f64]) {
        self.accumulate(1.0, xs, ys, ax, ay);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_deflects_by_its_einstein_radius_everywhere() {
        let lens = Nie::new(Ellipse::circle(0.0, 0.0).unwrap(), 1.5, 0.0).unwrap();
        for r in [0.01, 1.0, 40.0] {
            let [ax, ay] = lens.deflection(0.6 * r, 0.8 * r);
            assert!((ax.hypot(ay) - 1.5).abs() < 1e-12);
        }
    }

    #[test]
    fn the_round_limit_is_smooth() {
        let near = |q: f64| {
            Nie::new(Ellipse::new(0.0, 0.0, q, 0.3).unwrap(), 3.0, 0.2).unwrap().deflection(1.1, -0.7)
        };
        let [a, b] = [near(1.0), near(1.0 - 1e-9)];
        assert!((a[0] - b[0]).abs() < 1e-8 && (a[1] - b[1]).abs() < 1e-8);
        let [a, b] = [near(0.999_999_4), near(0.999_999_6)];
        assert!((a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6);
    }
}
