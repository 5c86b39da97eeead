//! The geometric hash code of a quad (Lang et al. 2010, AJ 139, 1782, §2.2):
//! positions of the inner stars in the frame where A is (0, 0) and B is (1, 1).

use crate::{
    plane::axes,
    vector::{Vec3, add, dot, unit},
};

/// Inner stars a quad has at most.
pub const MAX_INNER: usize = 3;

/// Where `points` lie in the frame of A and B. Works for pixels as for tangent planes.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    origin: [f64; 2],
    cos: f64,
    sin: f64,
}

impl Frame {
    /// The frame of two points that are not the same.
    #[must_use]
    pub fn new(a: [f64; 2], b: [f64; 2]) -> Self {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let square = dx * dx + dy * dy;
        Self { origin: a, cos: (dy + dx) / square, sin: (dy - dx) / square }
    }

    /// A point in this frame.
    #[must_use]
    pub fn place(&self, p: [f64; 2]) -> [f64; 2] {
        let (x, y) = (p[0] - self.origin[0], p[1] - self.origin[1]);
        [x * self.cos + y * self.sin, y * self.cos - x * self.sin]
    }

    /// Whether a point of this frame lies in the circle whose diameter is AB, made wider by `margin`
    /// (0 for none), in units of the frame.
    #[must_use]
    pub fn is_inside([x, y]: [f64; 2], margin: f64) -> bool {
        let radius = std::f64::consts::FRAC_1_SQRT_2 + margin;
        (x - 0.5).powi(2) + (y - 0.5).powi(2) <= radius * radius
    }
}

/// The plane that touches the sphere at a point; the first axis points north, the second east, as the
/// codes of index files want it.
#[derive(Debug, Clone, Copy)]
pub struct TangentPlane {
    centre: Vec3,
    north: Vec3,
    east: Vec3,
}

impl TangentPlane {
    /// The plane at a unit vector.
    #[must_use]
    pub fn at(centre: Vec3) -> Self {
        let (east, north) = axes(centre);
        Self { centre, north, east }
    }

    /// The plane in the middle of two stars.
    #[must_use]
    pub fn between(a: Vec3, b: Vec3) -> Self {
        Self::at(unit(add(a, b)))
    }

    /// Gnomonic projection of a star of the near half of the sky, radians: (north, east).
    #[must_use]
    pub fn project(&self, star: Vec3) -> [f64; 2] {
        let depth = dot(star, self.centre);
        [dot(star, self.north) / depth, dot(star, self.east) / depth]
    }
}
