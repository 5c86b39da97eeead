//! The dual pseudo-isothermal profile, elliptical in mass: isothermal between
//! core and cut, finite in mass. It is exactly the difference of two [`Nie`]
//! with the same Einstein radius (glafic's `jaffe`, lenstronomy's CHAMELEON).
//! It is not the variant that is elliptical in its potential.

use crate::{
    ellipse::Ellipse,
    hessian::Hessian,
    mass::Mass,
    nie::Nie,
    parameter::{ParameterError, within},
};

/// A truncated isothermal ellipsoid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dpie {
    core: Nie,
    cut: Nie,
}

impl Dpie {
    /// Einstein radius of the untruncated, coreless profile, core and cut radius, all in arcsec.
    ///
    /// # Errors
    /// When a number is out of range or the cut is not beyond the core.
    pub fn new(
        ellipse: Ellipse,
        theta_e_arcsec: f64,
        core_arcsec: f64,
        cut_arcsec: f64,
    ) -> Result<Self, ParameterError> {
        within("cut_arcsec", cut_arcsec, core_arcsec, 1e5)?;
        Ok(Self {
            core: Nie::new(ellipse, theta_e_arcsec, core_arcsec)?,
            cut: Nie::new(ellipse, theta_e_arcsec, cut_arcsec)?,
        })
    }

    /// Einstein radius that gives lenstool's central surface density `sigma0` (in units of critical).
    #[must_use]
    pub fn theta_e_of_sigma0(sigma0: f64, core_arcsec: f64, cut_arcsec: f64) -> f64 {
        2.0 * sigma0 * core_arcsec * cut_arcsec / (cut_arcsec - core_arcsec)
    }

    /// Total mass in M☉: π Σcrit θ_E (cut − core) D_l², radii in arcsec, Σcrit in M☉/Mpc², D_l in Mpc.
    #[must_use]
    pub fn total_mass(
        theta_e_arcsec: f64,
        core_arcsec: f64,
        cut_arcsec: f64,
        sigma_crit: f64,
        d_l_mpc: f64,
    ) -> f64 {
        let arcsec_mpc = crate::constants::ARCSEC * d_l_mpc;
        std::f64::consts::PI
            * sigma_crit
            * theta_e_arcsec
            * (cut_arcsec - core_arcsec)
            * arcsec_mpc
            * arcsec_mpc
    }
}

impl Mass for Dpie {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        let ([ax, ay], [bx, by]) = (self.core.deflection(x, y), self.cut.deflection(x, y));
        [ax - bx, ay - by]
    }

    fn hessian(&self, x: f64, y: f64) -> Hessian {
        self.core.hessian(x, y) - self.cut.hessian(x, y)
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        self.core.potential(x, y) - self.cut.potential(x, y)
    }

    fn add_deflections(&self, xs: &[f64], ys: &[f64], ax: &mut [f64], ay: &mut [f64]) {
        self.core.accumulate(1.0, xs, ys, ax, ay);
        self.cut.accumulate(-1.0, xs, ys, ax, ay);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_away_only_its_total_mass_counts() {
        let lens = Dpie::new(Ellipse::new(0.0, 0.0, 0.7, 0.4).unwrap(), 1.2, 0.05, 6.0).unwrap();
        let [ax, ay] = lens.deflection(3e3, 4e3);
        // A point of mass M deflects by M/(π Σcrit r) = θ_E (cut − core)/r.
        assert!((ax.hypot(ay) * 5e3 / (1.2 * 5.95) - 1.0).abs() < 2e-3);
    }

    #[test]
    fn refuses_a_cut_inside_the_core() {
        let circle = Ellipse::circle(0.0, 0.0).unwrap();
        assert_eq!(Dpie::new(circle, 1.0, 2.0, 1.0).unwrap_err().name, "cut_arcsec");
    }
}
