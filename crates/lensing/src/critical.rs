//! The tangential critical curve around a lens's centre, its area and its
//! caustic. The curve is followed in direction by direction, which is much
//! cheaper than a grid and finds the loop around the centre; for every loop of
//! the plane see [`crate::zero_contours`].

use crate::mass::Mass;

/// A closed critical curve around a centre, and where its points come from.
#[derive(Debug, Clone, PartialEq)]
pub struct CriticalCurve {
    /// Points of the curve in the image plane, arcsec, counter-clockwise.
    pub image: Vec<[f64; 2]>,
    /// The same points traced to the source plane: the caustic.
    pub caustic: Vec<[f64; 2]>,
}

impl CriticalCurve {
    /// Area inside the critical curve, arcsec².
    #[must_use]
    pub fn area_arcsec2(&self) -> f64 {
        shoelace(&self.image).abs()
    }

    /// Radius of the circle of the same area: the effective Einstein radius, arcsec.
    #[must_use]
    pub fn theta_e_arcsec(&self) -> f64 {
        (self.area_arcsec2() / std::f64::consts::PI).sqrt()
    }
}

/// Signed area of a closed polygon.
pub fn shoelace(points: &[[f64; 2]]) -> f64 {
    let next = points.iter().cycle().skip(1);
    0.5 * points.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>()
}

/// The curve 1 − κ − |γ| = 0 around `centre`, from `directions` rays, searched out to
/// `limit_arcsec`. `None` if the lens is not critical there.
#[must_use]
pub fn tangential_curve(
    lens: &impl Mass,
    centre: [f64; 2],
    limit_arcsec: f64,
    directions: usize,
) -> Option<CriticalCurve> {
    let mut radius = None;
    let mut image = Vec::with_capacity(directions);
    for k in 0..directions {
        let (sin, cos) = (std::f64::consts::TAU * k as f64 / directions as f64).sin_cos();
        let at = |r: f64| [centre[0] + r * cos, centre[1] + r * sin];
        let inside = |r: f64| {
            let [x, y] = at(r);
            lens.hessian(x, y).tangential_eigenvalue() < 0.0
        };
        let found = match radius {
            None => outward(&inside, limit_arcsec)?,
            Some(before) => follow(&inside, before, limit_arcsec)?,
        };
        radius = Some(found);
        image.push(at(found));
    }
    let caustic = image
        .iter()
        .map(|&[x, y]| {
            let [ax, ay] = lens.deflection(x, y);
            [x - ax, y - ay]
        })
        .collect();
    Some(CriticalCurve { image, caustic })
}

/// The last crossing from inside to outside, in steps of 0.4 arcsec from the limit inward: the
/// outer loop wins when a small one (of a cusp of the core) lies within it.
fn outward(inside: &impl Fn(f64) -> bool, limit: f64) -> Option<f64> {
    const STEP: f64 = 0.4;
    let steps = (limit / STEP) as usize;
    let low = (1..steps).map(|i| i as f64 * STEP).find(|&r| inside(r) && !inside(r + STEP))?;
    Some(bisect(inside, low, low + STEP))
}

/// The crossing nearest to where the neighbouring ray found it.
fn follow(inside: &impl Fn(f64) -> bool, before: f64, limit: f64) -> Option<f64> {
    const GROWTH: f64 = 1.04;
    let (mut low, mut high) = (before / GROWTH, before * GROWTH);
    while !inside(low) {
        (low, high) = (low / GROWTH, low);
        if low < 0.05 {
            return None;
        }
    }
    while inside(high) {
        (low, high) = (high, high * GROWTH);
        if high > limit {
            return None;
        }
    }
    Some(bisect(inside, low, high))
}

fn bisect(inside: &impl Fn(f64) -> bool, mut low: f64, mut high: f64) -> f64 {
    while high - low > 1e-4 * high {
        let middle = 0.5 * (low + high);
        if inside(middle) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ellipse, Nie};

    #[test]
    fn a_singular_isothermal_sphere_is_critical_at_its_einstein_radius() {
        let lens = Nie::new(Ellipse::circle(1.0, 2.0).unwrap(), 7.0, 0.0).unwrap();
        let curve = tangential_curve(&lens, [1.0, 2.0], 40.0, 64).unwrap();
        // 64 chords enclose 0.16 % less than the circle.
        assert!((curve.theta_e_arcsec() / 7.0 - 1.0).abs() < 1.5e-3);
        // Its tangential caustic is a point.
        assert!(curve.caustic.iter().all(|p| (p[0] - 1.0).hypot(p[1] - 2.0) < 0.01));
    }

    #[test]
    fn a_lens_too_weak_has_no_curve() {
        let lens = Nie::new(Ellipse::circle(0.0, 0.0).unwrap(), 7.0, 30.0).unwrap();
        assert_eq!(tangential_curve(&lens, [0.0, 0.0], 40.0, 64), None);
    }
}
