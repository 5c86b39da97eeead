//! What every mass profile can do.

use crate::hessian::Hessian;

/// A thin lens. Positions are arcsec on the sky, counted from the image's centre.
pub trait Mass: std::fmt::Debug + Send + Sync {
    /// Reduced deflection in arcsec.
    fn deflection(&self, x: f64, y: f64) -> [f64; 2];

    /// Second derivatives of the potential.
    fn hessian(&self, x: f64, y: f64) -> Hessian;

    /// Lensing potential in arcsec², up to a constant.
    fn potential(&self, x: f64, y: f64) -> f64;

    /// Convergence κ: surface density in units of the critical one.
    fn convergence(&self, x: f64, y: f64) -> f64 {
        self.hessian(x, y).kappa()
    }

    /// Shear (γ1, γ2).
    fn shear(&self, x: f64, y: f64) -> [f64; 2] {
        self.hessian(x, y).shear()
    }

    /// Signed magnification of a point source; infinite on a critical curve.
    fn magnification(&self, x: f64, y: f64) -> f64 {
        self.hessian(x, y).magnification()
    }

    /// Where in the source plane a point of the image comes from: θ − α(θ).
    fn source_of(&self, x: f64, y: f64) -> [f64; 2] {
        let [ax, ay] = self.deflection(x, y);
        [x - ax, y - ay]
    }

    /// Adds the deflections at many points to `ax`, `ay`, all four of one length. Profiles may
    /// answer here with a faster form, at most 1e-5 arcsec (or 1e-6 of the Einstein radius, where
    /// that is more) away from [`Mass::deflection`].
    fn add_deflections(&self, xs: &[f64], ys: &[f64], ax: &mut [f64], ay: &mut [f64]) {
        for (((&x, &y), ax), ay) in xs.iter().zip(ys).zip(ax).zip(ay) {
            let [dx, dy] = self.deflection(x, y);
            *ax += dx;
            *ay += dy;
        }
    }
}
