//! The circular Navarro–Frenk–White profile.

use crate::{
    hessian::Hessian,
    mass::Mass,
    parameter::{ParameterError, within},
};

/// Below this many scale radii the closed forms lose digits and their series take over.
const SMALL: f64 = 1e-2;

/// A circular NFW halo given by its scale radius and the deflection there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nfw {
    centre: [f64; 2],
    scale_arcsec: f64,
    /// 4 ρ0 R_s² in arcsec: deflection at R_s over 1 + ln ½.
    strength_arcsec: f64,
}

impl Nfw {
    /// Scale radius and deflection at the scale radius, both in arcsec.
    ///
    /// # Errors
    /// When a number is not finite or not positive.
    pub fn new(centre: [f64; 2], scale_arcsec: f64, alpha_scale_arcsec: f64) -> Result<Self, ParameterError> {
        within("centre_x_arcsec", centre[0], -1e6, 1e6)?;
        within("centre_y_arcsec", centre[1], -1e6, 1e6)?;
        within("scale_arcsec", scale_arcsec, 1e-3, 1e5)?;
        within("alpha_scale_arcsec", alpha_scale_arcsec, 0.0, 1e4)?;
        Ok(Self { centre, scale_arcsec, strength_arcsec: strength(alpha_scale_arcsec) })
    }

    /// Mean convergence inside `radius_arcsec`; 1 at the Einstein radius.
    #[must_use]
    pub fn mean_kappa(&self, radius_arcsec: f64) -> f64 {
        self.alpha_over_r(radius_arcsec)
    }

    fn alpha_over_r(&self, r: f64) -> f64 {
        let x = r.max(1e-12 * self.scale_arcsec) / self.scale_arcsec;
        self.strength_arcsec / self.scale_arcsec * enclosed(x) / (x * x)
    }

    fn kappa(&self, r: f64) -> f64 {
        let x = r.max(1e-12 * self.scale_arcsec) / self.scale_arcsec;
        0.5 * self.strength_arcsec / self.scale_arcsec * surface(x)
    }
}

/// 4 ρ0 R_s² from the deflection at the scale radius.
pub fn strength(alpha_scale_arcsec: f64) -> f64 {
    alpha_scale_arcsec / (1.0 - std::f64::consts::LN_2)
}

/// arccosh(1/x)/√(1−x²), or its continuation arccos(1/x)/√(x²−1) beyond 1.
fn h(x: f64) -> f64 {
    let t = x * x - 1.0;
    if t.abs() < 0.02 {
        series(t, 0)
    } else if t < 0.0 {
        (1.0 / x).acosh() / (-t).sqrt()
    } else {
        (1.0 / x).acos() / t.sqrt()
    }
}

/// Σ (−t)^k / (2k + 1 + 2·from): h for `from` 0, and (1 − h)/t for `from` 1.
fn series(t: f64, from: i32) -> f64 {
    (0..10).rev().fold(0.0, |sum, k| 1.0 / f64::from(2 * (k + from) + 1) - t * sum)
}

/// Shape of the convergence: (1 − h)/(x² − 1).
fn surface(x: f64) -> f64 {
    let t = x * x - 1.0;
    if t.abs() < 0.02 { series(t, 1) } else { (1.0 - h(x)) / t }
}

/// Mass inside x over that of 4πρ0R_s³: ln(x/2) + h, by its series where the two nearly cancel.
fn enclosed(x: f64) -> f64 {
    if x < SMALL {
        let l = (2.0 / x).ln();
        let x2 = x * x;
        x2 * (0.5 * l - 0.25 + x2 * (0.375 * l - 7.0 / 32.0 + x2 * (0.3125 * l - 37.0 / 192.0)))
    } else {
        (0.5 * x).ln() + h(x)
    }
}

/// Shape of the potential: ½(ln²(x/2) − arccosh²(1/x)), by its series where the two nearly cancel.
fn depth(x: f64) -> f64 {
    if x < SMALL {
        let l = (2.0 / x).ln();
        let x2 = x * x;
        x2 * (0.25 * l + x2 * (3.0 * l - 1.0) / 32.0 + x2 * x2 * (5.0 * l / 96.0 - 3.0 / 128.0))
    } else {
        let arc = if x < 1.0 { -(1.0 / x).acosh().powi(2) } else { (1.0 / x).acos().powi(2) };
        0.5 * ((0.5 * x).ln().powi(2) + arc)
    }
}

impl Mass for Nfw {
    fn deflection(&self, x: f64, y: f64) -> [f64; 2] {
        let (dx, dy) = (x - self.centre[0], y - self.centre[1]);
        let slope = self.alpha_over_r(dx.hypot(dy));
        [slope * dx, slope * dy]
    }

    fn hessian(&self, x: f64, y: f64) -> Hessian {
        let (dx, dy) = (x - self.centre[0], y - self.centre[1]);
        let r = dx.hypot(dy);
        Hessian::circular(dx, dy, self.alpha_over_r(r), self.kappa(r))
    }

    fn potential(&self, x: f64, y: f64) -> f64 {
        let r = (x - self.centre[0]).hypot(y - self.centre[1]);
        let x = r.max(1e-12 * self.scale_arcsec) / self.scale_arcsec;
        self.strength_arcsec * self.scale_arcsec * depth(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deflects_by_the_given_angle_at_the_scale_radius() {
        let halo = Nfw::new([1.0, -2.0], 39.5, 17.7).unwrap();
        let [ax, ay] = halo.deflection(1.0 + 39.5, -2.0);
        assert!((ax - 17.7).abs() < 1e-12 && ay.abs() < 1e-12);
    }

    #[test]
    fn is_smooth_where_its_formulas_meet() {
        for x in [1.0_f64, 0.98_f64.sqrt(), 1.02_f64.sqrt()] {
            for f in [surface, enclosed, h] {
                let [below, above] = [f(x - 1e-9), f(x + 1e-9)];
                assert!((below - above).abs() < 1e-8, "at {x}: {below} {above}");
            }
        }
        for f in [enclosed, depth] {
            let [below, above] = [f(SMALL * (1.0 - 1e-14)), f(SMALL * (1.0 + 1e-14))];
            assert!((below / above - 1.0).abs() < 2e-11, "{below} {above}");
        }
    }
}
