//! A chart of the sky: north up, east to the left, as seen from below.

use platesolve::{
    code::TangentPlane,
    healpix::Grid,
    vector::{self, Vec3},
};

use super::{
    Example,
    canvas::{Canvas, Ink, Place},
};

/// A window onto the sky.
pub(super) struct Chart {
    plane: TangentPlane,
    centre: Vec3,
    /// Left, top, width, height.
    pub window: [f64; 4],
    /// Drawing units per radian.
    scale: f64,
}

impl Chart {
    /// A chart around the picture, `degrees` wide.
    pub(super) fn new(example: &Example<'_>, window: [f64; 4], degrees: f64) -> Self {
        let centre = vector::from_sky(example.solution.centre);
        let scale = window[2] / degrees.to_radians();
        Self { plane: TangentPlane::at(centre), centre, window, scale }
    }

    /// Where a direction lies; `None` far from the middle.
    pub(super) fn place(&self, star: Vec3) -> Option<Place> {
        if vector::dot(star, self.centre) < 0.5 {
            return None;
        }
        let [north, east] = self.plane.project(star);
        let [left, top, width, height] = self.window;
        Some((left + width / 2.0 - east * self.scale, top + height / 2.0 - north * self.scale))
    }

    /// Whether a place is within the window, or so near that something drawn there is.
    pub(super) fn shows(&self, (x, y): Place, margin: f64) -> bool {
        let [left, top, width, height] = self.window;
        x > left - margin && x < left + width + margin && y > top - margin && y < top + height + margin
    }

    /// Stars up to a magnitude, brightest first: place and magnitude.
    pub(super) fn stars(&self, example: &Example<'_>, faintest: f32) -> Vec<(Place, f32, Vec3)> {
        let stars = example.catalogue.stars().iter().take_while(|star| star.magnitude <= faintest);
        stars
            .filter_map(|star| {
                let direction = vector::from_sky(star.position);
                let place = self.place(direction).filter(|&place| self.shows(place, 4.0))?;
                Some((place, star.magnitude, direction))
            })
            .collect()
    }

    /// The outlines of the cells in the window.
    pub(super) fn cells(&self, grid: Grid) -> Vec<Vec<Place>> {
        let reach = 2.0 * grid.side_rad() * self.scale;
        (0..grid.cells())
            .filter(|&cell| self.place(grid.centre(cell)).is_some_and(|place| self.shows(place, reach)))
            .filter_map(|cell| grid.corners(cell).iter().map(|&corner| self.place(corner)).collect())
            .collect()
    }

    /// Opens the window with a frame and a faint ground.
    pub(super) fn open(&self, canvas: &mut Canvas) {
        let [left, top, width, height] = self.window;
        canvas.fills(Ink::Plain(0.04));
        canvas.rect(left, top, width, height);
        canvas.end();
        canvas.clip(left, top, width, height);
    }

    /// Closes the window.
    pub(super) fn close(&self, canvas: &mut Canvas) {
        canvas.end();
        let [left, top, width, height] = self.window;
        canvas.strokes(Ink::Plain(0.25), 1.0);
        canvas.rect(left, top, width, height);
        canvas.end();
    }

    /// The outline of the picture.
    pub(super) fn footprint(&self, example: &Example<'_>) -> Option<Vec<Place>> {
        example.solution.footprint.iter().map(|&corner| self.place(vector::from_sky(corner))).collect()
    }
}

/// Radius of a star's dot.
pub(super) fn radius(magnitude: f32) -> f64 {
    (5.4 - 0.6 * f64::from(magnitude)).clamp(0.9, 5.5)
}

/// A quad with its circle and, if wanted, its letters.
pub(super) fn quad(canvas: &mut Canvas, places: &[Place], ink: Ink, has_letters: bool) {
    let [a, b, inner @ ..] = places else { return };
    let middle = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
    let half = (a.0 - b.0).hypot(a.1 - b.1) / 2.0;
    canvas.strokes(ink, 1.2);
    canvas.circle(middle, half);
    canvas.end();
    canvas.dashed(&[*a, *b], ink, 1.0);
    canvas.strokes(ink, 2.0);
    let ring: Vec<Place> = around(places);
    canvas.path(&ring, true);
    for place in places {
        canvas.circle(*place, 6.0);
    }
    canvas.end();
    let letters = ["A", "B", "C", "D", "E"];
    for (place, letter) in [*a, *b].iter().chain(inner).zip(letters).filter(|_| has_letters) {
        // Away from the middle of the circle.
        let (dx, dy) = (place.0 - middle.0, place.1 - middle.1);
        let length = dx.hypot(dy).max(1.0);
        canvas.text((place.0 + dx / length * 17.0, place.1 + dy / length * 17.0), 17.0, ink, letter);
    }
}

/// The places in the order in which a walk around their middle meets them.
fn around(places: &[Place]) -> Vec<Place> {
    let n = places.len() as f64;
    let middle = places.iter().fold((0.0, 0.0), |m, p| (m.0 + p.0 / n, m.1 + p.1 / n));
    let mut ring = places.to_vec();
    let angle = |p: &Place| (p.1 - middle.1).atan2(p.0 - middle.0);
    ring.sort_by(|p, q| angle(p).total_cmp(&angle(q)));
    ring
}
