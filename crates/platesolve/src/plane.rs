//! A gnomonic projection in unit vectors: what the solver fits to quads and to
//! matched stars. Pixels are counted from 0 here.

use crate::vector::{Vec3, add, cross, dot, unit};

/// Sky ↔ pixels without distortion.
#[derive(Debug, Clone, Copy)]
pub struct Plane {
    centre: Vec3,
    east: Vec3,
    north: Vec3,
    /// Pixel of the tangent point.
    origin: [f64; 2],
    /// Pixels per radian: columns (east, north).
    to_pixel: [[f64; 2]; 2],
}

/// Axes of the plane that touches the sky at `centre`: east, north.
#[must_use]
pub fn axes(centre: Vec3) -> (Vec3, Vec3) {
    // At a pole, as right ascension 0 has it.
    let pole = match centre {
        [x, y, _] if x.hypot(y) > 1e-12 => [0.0, 0.0, 1.0],
        [_, _, z] => [-z.signum(), 0.0, 0.0],
    };
    let east = unit(cross(pole, centre));
    (east, cross(centre, east))
}

impl Plane {
    /// From the tangent point, its pixel (from 0), and the plane's coordinates (rows east and north, radians) per
    /// pixel (columns x and y).
    #[must_use]
    pub fn new(centre: Vec3, origin: [f64; 2], [[a, b], [c, d]]: [[f64; 2]; 2]) -> Self {
        let (east, north) = axes(centre);
        let det = a * d - b * c;
        Self { centre, east, north, origin, to_pixel: [[d / det, -b / det], [-c / det, a / det]] }
    }

    /// The similarity that takes stars to pixels best, by least squares; `parity` is the sign of CD's determinant.
    /// `None` for points that all lie in one place.
    #[must_use]
    pub fn fit(stars: &[Vec3], pixels: &[[f64; 2]], parity: i8) -> Option<Self> {
        let centre = unit(stars.iter().copied().fold([0.0; 3], add));
        let (east, north) = axes(centre);
        let n = stars.len() as f64;
        let on_plane = |star: Vec3| {
            let depth = dot(star, centre);
            // Mirrored where pixels are, so that a turn and a scale remain.
            [f64::from(parity) * dot(star, east) / depth, dot(star, north) / depth]
        };
        let mean = |points: &mut dyn Iterator<Item = [f64; 2]>| {
            let sum = points.fold([0.0; 2], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
            [sum[0] / n, sum[1] / n]
        };
        let w0 = mean(&mut stars.iter().map(|&star| on_plane(star)));
        let z0 = mean(&mut pixels.iter().copied());
        let (mut real, mut imaginary, mut square) = (0.0, 0.0, 0.0);
        for (&star, &pixel) in stars.iter().zip(pixels) {
            let w = on_plane(star);
            let (w, z) = ([w[0] - w0[0], w[1] - w0[1]], [pixel[0] - z0[0], pixel[1] - z0[1]]);
            real += z[0] * w[0] + z[1] * w[1];
            imaginary += z[1] * w[0] - z[0] * w[1];
            square += w[0] * w[0] + w[1] * w[1];
        }
        let (a, b) = (real / square, imaginary / square);
        if !(a.is_finite() && b.is_finite()) || a.hypot(b) == 0.0 {
            return None;
        }
        let p = f64::from(parity);
        let to_pixel = [[a * p, -b], [b * p, a]];
        let origin = [z0[0] - a * w0[0] + b * w0[1], z0[1] - b * w0[0] - a * w0[1]];
        Some(Self { centre, east, north, origin, to_pixel })
    }

    /// Radians per pixel.
    #[must_use]
    pub fn scale(&self) -> f64 {
        let [[a, b], [c, d]] = self.to_pixel;
        1.0 / (a * d - b * c).abs().sqrt()
    }

    /// Pixel of a star of the near half of the sky.
    #[must_use]
    pub fn pixel(&self, star: Vec3) -> Option<[f64; 2]> {
        let depth = dot(star, self.centre);
        if depth <= 0.05 {
            return None;
        }
        let (e, n) = (dot(star, self.east) / depth, dot(star, self.north) / depth);
        let m = self.to_pixel;
        Some([self.origin[0] + m[0][0] * e + m[0][1] * n, self.origin[1] + m[1][0] * e + m[1][1] * n])
    }

    /// Direction of a pixel.
    #[must_use]
    pub fn direction(&self, pixel: [f64; 2]) -> Vec3 {
        let (x, y) = (pixel[0] - self.origin[0], pixel[1] - self.origin[1]);
        let [[a, b], [c, d]] = self.to_pixel;
        let det = a * d - b * c;
        let (e, n) = ((d * x - b * y) / det, (a * y - c * x) / det);
        unit([0, 1, 2].map(|k| self.centre[k] + e * self.east[k] + n * self.north[k]))
    }
}

#[cfg(test)]
mod tests {
    use imaging::TanWcs;

    use super::*;
    use crate::vector;

    #[test]
    fn a_fit_gives_back_the_projection_the_points_came_from() {
        for (parity, cd) in [(-1, [[-0.01, 0.002], [0.002, 0.01]]), (1, [[0.01, 0.002], [-0.002, 0.01]])] {
            let wcs = TanWcs { crval: [30.0, 60.0], crpix: [100.0, 80.0], cd };
            let pixels = [[10.0, 5.0], [150.0, 20.0], [90.0, 140.0], [60.0, 60.0]];
            let stars = pixels.map(|[x, y]| vector::from_sky(wcs.pixel_to_sky(x + 1.0, y + 1.0)));
            let plane = Plane::fit(&stars, &pixels, parity).unwrap();
            for (star, pixel) in stars.iter().zip(&pixels) {
                let found = plane.pixel(*star).unwrap();
                assert!((found[0] - pixel[0]).hypot(found[1] - pixel[1]) < 0.05, "{found:?} {pixel:?}");
                let back = plane.direction(found);
                assert!(vector::distance2(back, *star) < 1e-20);
            }
            assert!((plane.scale().to_degrees() / wcs.pixel_scale_arcsec() * 3600.0 - 1.0).abs() < 1e-3);
        }
    }
}
