//! The NFW profile elliptical in mass, as a sum of cored steep ellipsoids
//! (Oguri 2021). With x = √q X/R_s and N = α(R_s)/(1 + ln ½), the deflection is
//! N/√q Σ aᵢ ∇φᵢ and the convergence N/R_s Σ aᵢ κᵢ.

use crate::{
    cse::{self, CseTable},
    ellipse::Ellipse,
    hessian::Hessian,
    mass::Mass,
    nfw::strength,
    parameter::{ParameterError, within},
};

/// An elliptical NFW halo given by its scale radius and the deflection there of the round halo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EllipticalNfw {
    ellipse: Ellipse,
    scale_arcsec: f64,
    strength_arcsec: f64,
    table: CseTable,
}

impl EllipticalNfw {
    /// Scale radius and deflection at the scale radius in arcsec, and how finely to follow the profile.
    ///
    /// # Errors
    /// When a number is not finite or not positive.
    pub fn new(
        ellipse: Ellipse,
        scale_arcsec: f64,
        alpha_scale_arcsec: f64,
        table: CseTable,
    ) -> Result<Self, ParameterError> {
        within("scale_arcsec", scale_arcsec, 1e-3, 1e5)?;
        within("alpha_scale_arcsec", alpha_scale_arcsec, 0.0, 1e4)?;
        Ok(Self { ellipse, scale_arcsec, strength_arcsec: strength(alpha_scale_arcsec), table })
    }

    /// Sky to the frame of the axes in units of the scale radius, stretched by √q.
    fn scaled(&self, x: f64, y: f64) -> [f64; 2] {
        let stretch = self.ellipse.q().sqrt() / self.scale_arcsec;
        let [u, v] = self.ellipse.to_axes(x, y);
        [u * stretch, v * stretch]
    }
}

impl Mass for EllipticalNfw {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        let q = self.ellipse.q();
        let [x, y] = self.scaled(x, y);
        let [sum_x, sum_y] = self.table.terms().iter().fold([0.0, 0.0], |[sum_x, sum_y], &(a, s)| {
            let [dx, dy] = cse::gradient(s, q, x, y);
            [sum_x + a * dx, sum_y + a * dy]
        });
        let scale = self.strength_arcsec / q.sqrt();
        self.ellipse.from_axes([scale * sum_x, scale * sum_y])
    }

    fn hessian(&self, x: f64, y: f64) -> Hessian {
        let q = self.ellipse.q();
        let [x, y] = self.scaled(x, y);
        let add = |sum, &(a, s): &(f64, f64)| sum + cse::hessian(s, q, x, y) * a;
        let sum = self.table.terms().iter().fold(Hessian::default(), add);
        self.ellipse.hessian_from_axes(sum * (self.strength_arcsec / self.scale_arcsec))
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        let q = self.ellipse.q();
        let [x, y] = self.scaled(x, y);
        let sum: f64 = self.table.terms().iter().map(|&(a, s)| a * cse::potential(s, q, x, y)).sum();
        self.strength_arcsec * self.scale_arcsec / q * sum
    }

    fn add_deflections(&self, xs: &[f64], ys: &[f64], ax: &mut [f64], ay: &mut [f64]) {
        // Compiled for the widest vectors of the machine; the arithmetic is the same on all.
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || self.accumulate(xs, ys, ax, ay),
        );
    }
}

impl EllipticalNfw {
    #[inline(always)]
    fn accumulate(&self, xs: &[f64], ys: &[f64], ax: &mut [f64], ay: &mut [f64]) {
        const LANES: usize = 8;
        let q = self.ellipse.q();
        let (q2, scale) = (q * q, self.strength_arcsec * q.sqrt());
        let stretch = q.sqrt() / self.scale_arcsec;
        let rest = xs.len() / LANES * LANES;
        for at in (0..rest).step_by(LANES) {
            let (mut u, mut v) = ([0.0; LANES], [0.0; LANES]);
            for i in 0..LANES {
                let [a, b] = self.ellipse.to_axes(xs[at + i], ys[at + i]);
                (u[i], v[i]) = (a * stretch, b * stretch);
            }
            let (mut sum_u, mut sum_v) = ([0.0; LANES], [0.0; LANES]);
            for &(a, s) in self.table.terms() {
                for i in 0..LANES {
                    let psi = (q2 * (s * s + u[i] * u[i]) + v[i] * v[i]).sqrt();
                    let phi = (psi + s) * (psi + s) + (1.0 - q2) * u[i] * u[i];
                    let common = a / (s * psi * phi);
                    sum_u[i] += common * (psi + q2 * s);
                    sum_v[i] += common * (psi + s);
                }
            }
            for i in 0..LANES {
                let [dx, dy] = self.ellipse.from_axes([scale * u[i] * sum_u[i], scale * v[i] * sum_v[i]]);
                ax[at + i] += dx;
                ay[at + i] += dy;
            }
        }
        for i in rest..xs.len() {
            let [dx, dy] = self.deflection(xs[i], ys[i]);
            ax[i] += dx;
            ay[i] += dy;
        }
    }
}
