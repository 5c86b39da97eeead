//! The Sérsic light profile, with b_n exact: the radius R_e holds half the light.

use crate::{
    ellipse::Ellipse,
    light::Light,
    parameter::{ParameterError, within},
};

/// b_n, the root of γ(2n, b) = Γ(2n)/2.
#[must_use]
pub fn sersic_b(n: f64) -> f64 {
    let a = 2.0 * n;
    // Ciotti & Bertin (1999) to two terms, then Newton on P(a, b) = ½ to the last digit.
    let mut b = a - 1.0 / 3.0 + 4.0 / (405.0 * n);
    for _ in 0..6 {
        // P(a, b) = b^a e^−b/Γ(a) · Σ b^k/(a (a+1) … (a+k)).
        let density = ((a - 1.0) * b.ln() - b - ln_gamma(a)).exp();
        let (mut term, mut sum) = (1.0 / a, 0.0);
        for k in 1..200 {
            sum += term;
            term *= b / (a + f64::from(k));
        }
        b -= b * sum - 0.5 / density;
    }
    b
}

/// ln Γ(x) for x > 0: Stirling's series, after moving x beyond 20 where it is exact to 1e-15.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x, 1.0);
    while x < 20.0 {
        product *= x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let tail = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y / 1680.0))) / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + tail - product.ln()
}

/// Total flux over I_e R_e²: 2π n e^b b^(−2n) Γ(2n), for a given b.
#[must_use]
pub fn sersic_total(n: f64, b: f64) -> f64 {
    2.0 * std::f64::consts::PI * n * (b - 2.0 * n * b.ln() + ln_gamma(2.0 * n)).exp()
}

/// A Sérsic profile on the sky, its radius product-averaged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sersic {
    ellipse: Ellipse,
    n: f64,
    r_e_arcsec: f64,
    b: f64,
    /// Surface brightness at R_e.
    i_e: f64,
}

impl Sersic {
    /// Index `n`, half-light radius in arcsec, total flux in any unit; the surface brightness is
    /// in that unit per square arcsec.
    ///
    /// # Errors
    /// When `n` is not in [0.2, 12] or a number is not finite or not positive.
    pub fn new(ellipse: Ellipse, n: f64, r_e_arcsec: f64, flux: f64) -> Result<Self, ParameterError> {
        within("n", n, 0.2, 12.0)?;
        within("r_e_arcsec", r_e_arcsec, 1e-4, 1e4)?;
        within("flux", flux, 0.0, 1e12)?;
        let b = sersic_b(n);
        let i_e = flux / (sersic_total(n, b) * r_e_arcsec * r_e_arcsec);
        Ok(Self { ellipse, n, r_e_arcsec, b, i_e })
    }

    /// The profile with a given b and surface brightness at R_e, for comparison with other codes.
    ///
    /// # Errors
    /// As [`Sersic::new`].
    pub fn with_b(
        ellipse: Ellipse,
        n: f64,
        r_e_arcsec: f64,
        i_e: f64,
        b: f64,
    ) -> Result<Self, ParameterError> {
        within("n", n, 0.2, 12.0)?;
        within("r_e_arcsec", r_e_arcsec, 1e-4, 1e4)?;
        within("b", b, 1e-3, 30.0)?;
        Ok(Self { ellipse, n, r_e_arcsec, b, i_e })
    }

    /// Surface brightness per square arcsec at a point.
    #[must_use]
    pub fn brightness(&self, x: f64, y: f64) -> f64 {
        let radius = self.ellipse.radius(x, y) / self.r_e_arcsec;
        // The exponents of a disc and of a Gaussian need no power function.
        let power = match self.n {
            1.0 => radius,
            0.5 => radius * radius,
            n => radius.powf(1.0 / n),
        };
        self.i_e * (-self.b * (power - 1.0)).exp()
    }
}

impl Light for Sersic {
    fn brightness(&self, x: f64, y: f64) -> f64 {
        Self::brightness(self, x, y)
    }

    fn flux(&self) -> f64 {
        self.i_e * self.r_e_arcsec * self.r_e_arcsec * sersic_total(self.n, self.b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quadrature::integrate;

    #[test]
    fn half_the_light_is_inside_the_half_light_radius() {
        for n in [0.5, 1.0, 2.5, 4.0] {
            let profile = Sersic::new(Ellipse::circle(0.0, 0.0).unwrap(), n, 1.0, 1.0).unwrap();
            let ring = |r: f64| 2.0 * std::f64::consts::PI * r * profile.brightness(r, 0.0);
            // In t = r^(1/4) the cusp of a high index is smooth.
            let half = integrate(0.0, 1.0, |t| ring(t.powi(4)) * 4.0 * t.powi(3));
            assert!((half - 0.5).abs() < 1e-9, "n = {n}: {half}");
        }
    }
}
