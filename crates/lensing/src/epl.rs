//! The elliptical power law, elliptical in mass: κ = (3 − γ)/2 (θ_E/R)^(γ−1) with the
//! product-average radius R, as a series after Tessore and Metcalf (2015, A&A 580, A79).
//! γ = 2 is isothermal. The shear follows from the profile's homogeneity:
//! z ∂α/∂z + z̄ ∂α/∂z̄ = (1 − t) α with t = γ − 1, ∂α/∂z = κ and ∂α/∂z̄ the complex shear.

use crate::{
    ellipse::Ellipse,
    hessian::Hessian,
    mass::Mass,
    parameter::{ParameterError, within},
};

/// Nearer than this to its centre (arcsec) the profile is taken as flat, so that its numbers stay finite.
const FLOOR: f64 = 1e-9;

/// An elliptical power law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epl {
    ellipse: Ellipse,
    /// γ − 1, the slope of the convergence.
    slope: f64,
    /// b = θ_E √q, arcsec.
    scale: f64,
    /// Second flattening (1 − q)/(1 + q).
    flattening: f64,
    /// Terms of the series until they fall below the last digit.
    terms: u32,
}

impl Epl {
    /// Einstein radius in arcsec and slope γ of the density, ρ ∝ r^(−γ).
    ///
    /// # Errors
    /// When a number is not finite, θ_E negative or γ not in [1.01, 2.99].
    pub fn new(ellipse: Ellipse, theta_e_arcsec: f64, gamma: f64) -> Result<Self, ParameterError> {
        within("theta_e_arcsec", theta_e_arcsec, 0.0, 1e4)?;
        within("gamma", gamma, 1.01, 2.99)?;
        let q = ellipse.q();
        let flattening = (1.0 - q) / (1.0 + q);
        // Term n is at most flattening^n.
        let terms = if flattening < 1e-16 { 1 } else { (-37.5 / flattening.ln()).ceil() as u32 + 1 };
        Ok(Self { ellipse, slope: gamma - 1.0, scale: theta_e_arcsec * q.sqrt(), flattening, terms })
    }

    /// Elliptical radius √(q²u² + v²), never zero.
    fn radius(&self, u: f64, v: f64) -> f64 {
        (self.ellipse.q() * u).hypot(v).max(FLOOR)
    }

    /// Deflection in the frame of the axes.
    fn along_axes(&self, u: f64, v: f64) -> [f64; 2] {
        let (q, t) = (self.ellipse.q(), self.slope);
        let radius = self.radius(u, v);
        let (cos, sin) = (q * u / radius, v / radius);
        let (cos2, sin2) = (cos * cos - sin * sin, 2.0 * cos * sin);
        // Ω = Σ Ωₙ, Ω₀ = e^{iφ}, Ωₙ = −f (2n − (2 − t))/(2n + (2 − t)) e^{2iφ} Ωₙ₋₁.
        let (mut re, mut im) = (cos, sin);
        let (mut sum_re, mut sum_im) = (cos, sin);
        for n in 1..self.terms {
            let n2 = 2.0 * f64::from(n);
            let factor = -self.flattening * (n2 - (2.0 - t)) / (n2 + (2.0 - t));
            (re, im) = (factor * (cos2 * re - sin2 * im), factor * (cos2 * im + sin2 * re));
            sum_re += re;
            sum_im += im;
        }
        let size = 2.0 * self.scale / (1.0 + q) * (self.scale / radius).powf(t - 1.0);
        [size * sum_re, size * sum_im]
    }
}

impl Mass for Epl {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        if self.scale == 0.0 {
            return [0.0, 0.0];
        }
        let [u, v] = self.ellipse.to_axes(x, y);
        self.ellipse.from_axes(self.along_axes(u, v))
    }

    fn hessian(&self, x: f64, y: f64) -> Hessian {
        if self.scale == 0.0 {
            return Hessian::default();
        }
        let [u, v] = self.ellipse.to_axes(x, y);
        let t = self.slope;
        let kappa = 0.5 * (2.0 - t) * (self.scale / self.radius(u, v)).powf(t);
        let r = u.hypot(v).max(FLOOR);
        let (cos, sin) = (u / r, v / r);
        let [ax, ay] = self.along_axes(u, v);
        let change = (1.0 - t) / r;
        let gamma1 = change * (ax * cos - ay * sin) - kappa * (cos * cos - sin * sin);
        let gamma2 = change * (ay * cos + ax * sin) - kappa * 2.0 * cos * sin;
        self.ellipse.hessian_from_axes(Hessian { xx: kappa + gamma1, xy: gamma2, yy: kappa - gamma1 })
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        if self.scale == 0.0 {
            return 0.0;
        }
        let [u, v] = self.ellipse.to_axes(x, y);
        let [ax, ay] = self.along_axes(u, v);
        (u * ax + v * ay) / (2.0 - self.slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_isothermal_slope_is_the_singular_isothermal_ellipsoid() {
        for q in [1.0, 0.999_999, 0.7, 0.3, 0.05] {
            let ellipse = Ellipse::new(0.4, -0.6, q, 0.7).unwrap();
            let power = Epl::new(ellipse, 3.0, 2.0).unwrap();
            let closed = crate::Nie::new(ellipse, 3.0, 0.0).unwrap();
            for (x, y) in [(1.0, 2.0), (-30.0, 4.0), (0.5, -0.6), (0.4, 7.0)] {
                let ([a, b], [c, d]) = (power.deflection(x, y), closed.deflection(x, y));
                assert!((a - c).abs() < 1e-11 && (b - d).abs() < 1e-11, "q {q} at {x},{y}: {a},{b} {c},{d}");
            }
        }
    }

    #[test]
    fn a_round_one_holds_its_einstein_radius_at_any_slope() {
        for gamma in [1.2, 1.7, 2.0, 2.4, 2.8] {
            let lens = Epl::new(Ellipse::circle(0.0, 0.0).unwrap(), 5.0, gamma).unwrap();
            let [ax, ay] = lens.deflection(3.0, 4.0);
            assert!((ax.hypot(ay) - 5.0).abs() < 1e-12);
        }
    }
}
