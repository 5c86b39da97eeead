//! The outline of an image on the sky, across the meridian and over the poles
//! as anywhere else.

use domain::SkyCoord;
use imaging::TanSip;
use platesolve::{
    Solution,
    vector::{Vec3, add, angle_to_chord, chord_to_angle, cross, distance2, dot, from_sky, to_sky, unit},
};

/// Pieces of a side of an image whose sides are bent.
const PIECES: u32 = 16;

/// A polygon on the sky, its sides parts of great circles, smaller than a hemisphere.
#[derive(Debug, Clone, PartialEq)]
pub struct Footprint {
    corners: Vec<Vec3>,
    centre: Vec3,
    projection: Option<TanSip>,
}

impl Footprint {
    /// The outline of an image that was placed; sides bent by distortion are followed piece by piece.
    #[must_use]
    pub fn new(solution: &Solution) -> Self {
        let bent = bent_corners(&solution.wcs, &solution.footprint);
        let corners = bent.unwrap_or_else(|| solution.footprint.map(from_sky).to_vec());
        Self { corners, centre: from_sky(solution.centre), projection: Some(solution.wcs.clone()) }
    }

    /// The outline of an image of `width` × `height` pixels with this projection; `None` where it has none on
    /// the sky.
    #[must_use]
    pub fn of_image(projection: &TanSip, width: u32, height: u32) -> Option<Self> {
        let (right, top) = (f64::from(width) + 0.5, f64::from(height) + 0.5);
        let corners = [(0.5, 0.5), (right, 0.5), (right, top), (0.5, top)];
        let sky = corners.map(|(x, y)| projection.pixel_to_sky(x, y));
        let centre = projection.pixel_to_sky(f64::midpoint(0.5, right), f64::midpoint(0.5, top));
        let whole = sky.iter().chain([&centre]).all(|c| c.ra_deg.is_finite() && c.dec_deg.is_finite());
        let corners = bent_corners(projection, &sky).unwrap_or_else(|| sky.map(from_sky).to_vec());
        whole.then(|| Self { corners, centre: from_sky(centre), projection: Some(projection.clone()) })
    }

    /// A polygon by its corners, in either direction around; `None` for fewer than three, for numbers that
    /// are no position, and for corners all around the sky.
    #[must_use]
    pub fn polygon(corners: &[SkyCoord]) -> Option<Self> {
        let valid = corners.iter().all(|c| SkyCoord::new(c.ra_deg, c.dec_deg).is_some());
        if corners.len() < 3 || !valid {
            return None;
        }
        let corners: Vec<Vec3> = corners.iter().copied().map(from_sky).collect();
        let sum = corners.iter().copied().fold([0.0; 3], add);
        let middle = dot(sum, sum) > 1e-20;
        let centre = middle.then(|| unit(sum))?;
        let small = corners.iter().all(|&corner| dot(corner, centre) > 0.0);
        small.then_some(Self { corners, centre, projection: None })
    }

    /// Its middle.
    #[must_use]
    pub fn centre(&self) -> SkyCoord {
        to_sky(self.centre)
    }

    /// Its corners; those of a bent image are many.
    #[must_use]
    pub fn corners(&self) -> Vec<SkyCoord> {
        self.corners.iter().copied().map(to_sky).collect()
    }

    /// Angle from the middle to the farthest corner, arcmin.
    #[must_use]
    pub fn radius_arcmin(&self) -> f64 {
        let farthest = self.corners.iter().map(|&corner| distance2(corner, self.centre)).fold(0.0, f64::max);
        arcmin(chord_to_angle(farthest.sqrt()))
    }

    /// Whether a position lies inside; what lies on the outline may count either way.
    #[must_use]
    pub fn contains(&self, sky: SkyCoord) -> bool {
        let p = from_sky(sky);
        // The point opposite one inside has the outline around it as well.
        if dot(p, self.centre) <= 0.0 {
            return false;
        }
        let mut turns = 0.0;
        for (a, b) in self.sides() {
            let (to_a, to_b) = (cross(p, a), cross(p, b));
            // The angle at p from one corner to the next.
            turns += dot(p, cross(to_a, to_b)).atan2(dot(to_a, to_b));
        }
        turns.abs() > std::f64::consts::PI
    }

    /// Angle to the nearest point of the outline, arcmin.
    #[must_use]
    pub fn distance_arcmin(&self, sky: SkyCoord) -> f64 {
        let p = from_sky(sky);
        let nearest = self.sides().map(|(a, b)| chord_to_side(p, a, b)).fold(f64::INFINITY, f64::min);
        arcmin(chord_to_angle(nearest.min(2.0)))
    }

    /// Column and row of a position (the middle of the first pixel is 0), inside or near; `None` where no
    /// projection is known, or it cannot show it.
    #[must_use]
    pub fn pixel(&self, sky: SkyCoord) -> Option<[f64; 2]> {
        let (x, y) = self.projection.as_ref()?.sky_to_pixel(sky)?;
        (x.is_finite() && y.is_finite()).then_some([x - 1.0, y - 1.0])
    }

    fn sides(&self) -> impl Iterator<Item = (Vec3, Vec3)> + '_ {
        self.corners.iter().copied().zip(self.corners.iter().copied().cycle().skip(1))
    }
}

fn arcmin(radians: f64) -> f64 {
    radians.to_degrees() * 60.0
}

/// Straight line from a direction to the nearest point of the side from a to b.
fn chord_to_side(p: Vec3, a: Vec3, b: Vec3) -> f64 {
    let ends = distance2(p, a).min(distance2(p, b)).sqrt();
    let pole = cross(a, b);
    let length = dot(pole, pole).sqrt();
    if length < 1e-15 {
        return ends;
    }
    // Between two planes through the ends, the great circle is nearest.
    let between = dot(cross(pole, a), p) >= 0.0 && dot(cross(b, pole), p) >= 0.0;
    let off = (dot(pole, p) / length).clamp(-1.0, 1.0).asin().abs();
    if between { angle_to_chord(off) } else { ends }
}

/// Points along the sides of an image that bends them; `None` where they are straight, or the corners are
/// not those of the projection.
fn bent_corners(projection: &TanSip, corners: &[SkyCoord; 4]) -> Option<Vec<Vec3>> {
    if !projection.is_distorted() {
        return None;
    }
    let pixels = corners.map(|corner| projection.sky_to_pixel(corner));
    let mut points = Vec::with_capacity(4 * PIECES as usize);
    for (i, from) in pixels.iter().enumerate() {
        let ((x0, y0), (x1, y1)) = ((*from)?, pixels[(i + 1) % 4]?);
        for piece in 0..PIECES {
            let share = f64::from(piece) / f64::from(PIECES);
            let sky = projection.pixel_to_sky(x0 + share * (x1 - x0), y0 + share * (y1 - y0));
            points.push(from_sky(SkyCoord::new(sky.ra_deg, sky.dec_deg)?));
        }
    }
    Some(points)
}
