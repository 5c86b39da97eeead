//! The tangential critical curve around a lens's centre, its area and its
//! caustic. The curve is followed in direction by direction, which is much
//! cheaper than a grid and finds the loop around the centre; for every loop of
//! the plane see [`crate::critical_curves`].

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

impl CriticalCurve {
    /// A critical curve with its caustic.
    pub(crate) fn of(lens: &(impl Mass + ?Sized), image: Vec<[f64; 2]>) -> Self {
        let caustic = image.iter().map(|&[x, y]| lens.source_of(x, y)).collect();
        Self { image, caustic }
    }

    /// Area of the source plane inside the caustic, arcsec²; what it goes around twice counts once.
    #[must_use]
    pub fn caustic_area_arcsec2(&self) -> f64 {
        covered_area(&self.caustic)
    }
}

/// Area of the points that a closed polygon winds around, by scan lines: unlike the shoelace
/// formula it is right for a curve that crosses itself.
fn covered_area(points: &[[f64; 2]]) -> f64 {
    const LINES: usize = 4096;
    let low = points.iter().map(|p| p[1]).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|p| p[1]).fold(f64::NEG_INFINITY, f64::max);
    let step = (high - low) / LINES as f64;
    if !(step > 0.0 && step.is_finite()) {
        return 0.0;
    }
    // Each edge leaves its crossings, with direction, on the lines it spans.
    let mut lines: Vec<Vec<(f64, i32)>> = vec![Vec::new(); LINES];
    let next = points.iter().cycle().skip(1);
    for (a, b) in points.iter().zip(next) {
        let (lower, upper, way) = if a[1] <= b[1] { (a, b, 1) } else { (b, a, -1) };
        let first = ((lower[1] - low) / step - 0.5).ceil().max(0.0) as usize;
        for (k, line) in lines.iter_mut().enumerate().skip(first) {
            let y = low + (k as f64 + 0.5) * step;
            if y >= upper[1] {
                break;
            }
            if y >= lower[1] {
                line.push((lower[0] + (y - lower[1]) / (upper[1] - lower[1]) * (upper[0] - lower[0]), way));
            }
        }
    }
    let length = |line: &mut Vec<(f64, i32)>| {
        line.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut winding, mut covered) = (0, 0.0);
        for pair in line.windows(2) {
            winding += pair[0].1;
            covered += if winding == 0 { 0.0 } else { pair[1].0 - pair[0].0 };
        }
        covered
    };
    step * lines.iter_mut().map(length).sum::<f64>()
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
    Some(CriticalCurve::of(lens, image))
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
    fn a_polygon_that_crosses_itself_counts_each_point_once() {
        let square = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]];
        assert!((covered_area(&square) - 4.0).abs() < 1e-9);
        // A bow tie: its two triangles turn opposite ways.
        let bow = [[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]];
        assert!(shoelace(&bow).abs() < 1e-12 && (covered_area(&bow) - 2.0).abs() < 1e-6);
        assert!(covered_area(&[[1.0, 1.0]; 3]).abs() < 1e-300);
    }

    #[test]
    fn a_lens_too_weak_has_no_curve() {
        let lens = Nie::new(Ellipse::circle(0.0, 0.0).unwrap(), 7.0, 30.0).unwrap();
        assert_eq!(tangential_curve(&lens, [0.0, 0.0], 40.0, 64), None);
    }
}
