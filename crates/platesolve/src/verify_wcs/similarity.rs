//! Shift, turn, scale and mirror in the plane of the image.

/// Where a star should be, and where the source is.
type Pair = ([f64; 2], [f64; 2]);

/// From where stars should be to where they are, both in pixels from the middle of the image:
/// q = \[\[a, −b\], \[b, a\]\] p + shift, after x → −x if mirrored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Similarity {
    pub a: f64,
    pub b: f64,
    pub shift: [f64; 2],
    pub mirrored: bool,
}

impl Similarity {
    pub(super) const IDENTITY: Self = Self { a: 1.0, b: 0.0, shift: [0.0; 2], mirrored: false };

    /// Turn (radians) and scale without a shift.
    pub(super) fn turn(angle: f64, scale: f64, mirrored: bool) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self { a: scale * cos, b: scale * sin, shift: [0.0; 2], mirrored }
    }

    pub(super) fn at(&self, p: [f64; 2]) -> [f64; 2] {
        let x = if self.mirrored { -p[0] } else { p[0] };
        [self.a * x - self.b * p[1] + self.shift[0], self.b * x + self.a * p[1] + self.shift[1]]
    }

    pub(super) fn back(&self, q: [f64; 2]) -> [f64; 2] {
        let (x, y) = (q[0] - self.shift[0], q[1] - self.shift[1]);
        let square = self.a * self.a + self.b * self.b;
        let (u, v) = ((self.a * x + self.b * y) / square, (self.a * y - self.b * x) / square);
        [if self.mirrored { -u } else { u }, v]
    }

    pub(super) fn scale(&self) -> f64 {
        self.a.hypot(self.b)
    }

    /// Radians from the first axis towards the second.
    pub(super) fn angle(&self) -> f64 {
        self.b.atan2(self.a)
    }

    /// The one that takes each first point nearest to its second; with fewer than three pairs, only the
    /// shift is changed. `None` without pairs.
    pub(super) fn fitted(self, pairs: &[Pair]) -> Option<Self> {
        let n = pairs.len() as f64;
        let mean = |of: &dyn Fn(&Pair) -> f64| pairs.iter().map(of).sum::<f64>() / n;
        let (x0, y0, u0, v0) = (mean(&|p| p.0[0]), mean(&|p| p.0[1]), mean(&|p| p.1[0]), mean(&|p| p.1[1]));
        let mut new = self;
        if pairs.len() >= 3 {
            let (mut along, mut across, mut square) = (0.0, 0.0, 0.0);
            for (p, q) in pairs {
                let x = if self.mirrored { x0 - p[0] } else { p[0] - x0 };
                let (y, u, v) = (p[1] - y0, q[0] - u0, q[1] - v0);
                along += x * u + y * v;
                across += x * v - y * u;
                square += x * x + y * y;
            }
            if square > 0.0 && along.hypot(across) > 0.0 {
                (new.a, new.b) = (along / square, across / square);
            }
        }
        new.shift = [0.0; 2];
        let middle = new.at([x0, y0]);
        new.shift = [u0 - middle[0], v0 - middle[1]];
        new.shift.iter().all(|s| s.is_finite()).then_some(new)
    }
}
