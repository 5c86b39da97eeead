//! From a quad of the image that looks like one of the index to the odds that the
//! image lies there: a glance at the brightest stars around first, which
//! refuses nearly all, then the whole model.

use std::f64::consts::PI;

use crate::{
    Field, Index,
    grid::PointGrid,
    plane::Plane,
    search,
    solution::Hints,
    vector::{self, Vec3, add, angle_to_chord, chord_to_angle, distance2, unit},
    verify::{self, Reference, Score, Sources, Spread},
};

/// Stars a glance looks for.
const GLANCE: usize = 12;
/// A glance takes stars this far from the middle of the quad, in units of its length.
const GLANCE_REACH: f64 = 0.8;
/// Fewer stars than these tell nothing at a glance.
const FEWEST: usize = 4;
/// Share of the stars that an image may lack in the eyes of a glance.
const MISSING: f64 = 0.5;
/// Most stars and sources the whole model takes.
const MOST_STARS: usize = 1500;
const MOST_SOURCES: usize = 400;
/// The quad puts the image's centre right to this share of half its diagonal.
const POSITION_SLACK: f64 = 0.05;
/// A wide image bends so far from the plane: no field beyond this half angle.
const WIDEST_DEG: f64 = 75.0;

/// An image made ready.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Pixels of a row and a column.
    pub size: [f64; 2],
    /// Centres of all sources that have one.
    pub points: Vec<[f64; 2]>,
    /// Which sources of the field they are.
    pub sources: Vec<usize>,
    /// Share of the sources per square pixel around each.
    pub density: Vec<f64>,
    /// Square of the standard error of a centre along one axis, with what a lens bends within a few pixels.
    pub variance: f64,
    grid: PointGrid,
    weighed: usize,
}

impl Prepared {
    pub fn new(field: &Field) -> Self {
        let size = [f64::from(field.width.max(1)), f64::from(field.height.max(1))];
        let (sources, points): (Vec<usize>, Vec<[f64; 2]>) = field
            .sources
            .iter()
            .enumerate()
            .filter(|(_, source)| source.x.is_finite() && source.y.is_finite())
            .map(|(k, source)| (k, [source.x, source.y]))
            .unzip();
        let kept = &points[..points.len().min(MOST_SOURCES)];
        let density = verify::densities(kept, size[0] * size[1]);
        let sigma = if field.sigma_px.is_finite() { field.sigma_px.clamp(0.05, 5.0) } else { 1.0 };
        // One pixel more for lens distortion and proper motions: the fit is not there yet.
        let variance = sigma * sigma + 1.0;
        Self { size, density, variance, grid: PointGrid::new(kept), weighed: kept.len(), sources, points }
    }

    /// The sources that the whole model weighs.
    pub fn weighed(&self) -> &[[f64; 2]] {
        &self.points[..self.weighed]
    }

    fn holds(&self, [x, y]: [f64; 2]) -> bool {
        x >= -0.5 && y >= -0.5 && x <= self.size[0] - 0.5 && y <= self.size[1] - 0.5
    }

    pub fn centre(&self) -> [f64; 2] {
        [(self.size[0] - 1.0) / 2.0, (self.size[1] - 1.0) / 2.0]
    }
}

/// A quad of the image and one of the index that have the same code.
#[derive(Debug)]
pub(super) struct Hypothesis {
    pub plane: Plane,
    /// Stars of the quad.
    stars: [usize; 5],
    sources: [usize; 5],
    dim: usize,
    /// Pixels: the middle of the quad.
    middle: [f64; 2],
    middle_star: Vec3,
    /// Pixels from A to B.
    length: f64,
}

impl Hypothesis {
    /// Fits the plane; `None` where the numbers of the index make no sense or a hint forbids it.
    pub fn new(
        image: &Prepared,
        index: &Index<'_>,
        quad: usize,
        sources: &[usize; 5],
        parity: i8,
        hints: &Hints,
    ) -> Option<Self> {
        let dim = index.meta.dim_quads;
        let begin = quad.checked_mul(dim)?;
        let ids = index.quads.get(begin..begin.checked_add(dim)?)?;
        let (mut stars, mut vectors, mut pixels) = ([0; 5], [[0.0; 3]; 5], [[0.0; 2]; 5]);
        for (k, &id) in ids.iter().enumerate().take(5) {
            stars[k] = usize::try_from(id).ok()?;
            vectors[k] = index.star(stars[k])?;
            pixels[k] = image.points[sources[k]];
        }
        let plane = Plane::fit(&vectors[..dim], &pixels[..dim], parity)?;
        let length = (pixels[0][0] - pixels[1][0]).hypot(pixels[0][1] - pixels[1][1]);
        let scale = chord_to_angle(distance2(vectors[0], vectors[1]).sqrt()) / length;
        if let Some((low, high)) = hints.scale_arcsec {
            let arcsec = scale.to_degrees() * 3600.0;
            // The scale of a quad strays a little from that of the image.
            if arcsec < low * 0.97 || arcsec > high * 1.03 {
                return None;
            }
        }
        let half = image.size[0].hypot(image.size[1]) / 2.0 * scale;
        if half.atan().to_degrees() > WIDEST_DEG {
            return None;
        }
        if let Some((position, radius_deg)) = hints.position {
            let apart = distance2(vector::from_sky(position), plane.direction(image.centre())).sqrt();
            // The centre is a guess from the quad; the answer is held to the hint itself.
            let allowed = radius_deg.to_radians() + half * POSITION_SLACK;
            if apart > angle_to_chord(allowed.min(PI)) {
                return None;
            }
        }
        let middle = [0, 1].map(|k| (pixels[0][k] + pixels[1][k]) / 2.0);
        let middle_star = unit(add(vectors[0], vectors[1]));
        Some(Self { plane, stars, sources: *sources, dim, middle, middle_star, length })
    }

    /// How pixel errors grow away from the quad.
    pub fn spread(&self, image: &Prepared, jitter_arcsec: f64) -> Spread {
        let jitter = jitter_arcsec / (self.plane.scale().to_degrees() * 3600.0);
        let variance = image.variance + jitter * jitter;
        Spread { variance, centre: self.middle, doubles_at2: self.length * self.length / 4.0 }
    }

    /// Whether the brightest stars around the quad are there, or too few of them lie in the image to say.
    pub fn holds_at_a_glance(&self, image: &Prepared, index: &Index<'_>, spread: Spread) -> bool {
        let reach = self.length * GLANCE_REACH * self.plane.scale();
        let mut around: Vec<(u8, u32)> = Vec::with_capacity(64);
        search::cone(index, self.middle_star, reach, |star| {
            let id = star as usize;
            if !self.stars[..self.dim].contains(&id) {
                around.push((index.sweep.get(id).copied().unwrap_or(u8::MAX), star));
            }
        });
        if around.len() > 4 * GLANCE {
            around.select_nth_unstable(4 * GLANCE);
            around.truncate(4 * GLANCE);
        }
        around.sort_unstable();
        let (mut looked, mut odds) = (0, 0.0);
        for (_, star) in around {
            let Some(pixel) = index.star(star as usize).and_then(|v| self.plane.pixel(v)) else { continue };
            if !image.holds(pixel) {
                continue;
            }
            let radius = 3.0 * spread.at(pixel).sqrt();
            let hit = image.grid.nearest(pixel, radius);
            let density =
                hit.map_or(1.0 / (image.size[0] * image.size[1]), |(k, _)| image.density[k as usize]);
            let chance = (image.weighed as f64 * density * PI * radius * radius).clamp(1e-6, 0.9);
            odds +=
                if hit.is_some() { ((1.0 - MISSING) / chance).ln() } else { (MISSING / (1.0 - chance)).ln() };
            looked += 1;
            if looked == GLANCE {
                break;
            }
        }
        looked < FEWEST || odds > 0.0
    }

    /// The whole model.
    pub fn weigh(&self, image: &Prepared, index: &Index<'_>, spread: Spread) -> Score {
        let stars = stars_in(image, index, &self.plane, &self.stars[..self.dim]);
        let points = stars.iter().map(|star| star.pixel).collect();
        let sources =
            Sources { points: image.weighed(), density: &image.density, used: &self.sources[..self.dim] };
        verify::score(sources, &Reference::new(points), spread)
    }

    /// Quad's own stars and sources.
    pub fn own(&self) -> (&[usize], &[usize]) {
        (&self.stars[..self.dim], &self.sources[..self.dim])
    }
}

/// A catalogue star in the image.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Star {
    pub id: usize,
    pub direction: Vec3,
    pub pixel: [f64; 2],
}

/// Stars of the index that the plane puts into the image, brightest first, without those named.
pub(crate) fn stars_in(image: &Prepared, index: &Index<'_>, plane: &Plane, without: &[usize]) -> Vec<Star> {
    let middle = plane.direction(image.centre());
    let [w, h] = image.size;
    let corners = [[-0.5, -0.5], [w - 0.5, -0.5], [-0.5, h - 0.5], [w - 0.5, h - 0.5]];
    let reach =
        corners.map(|corner| distance2(middle, plane.direction(corner))).into_iter().fold(0.0, f64::max);
    let mut found: Vec<(u8, u32)> = Vec::new();
    search::cone(index, middle, reach.sqrt(), |star| {
        found.push((index.sweep.get(star as usize).copied().unwrap_or(u8::MAX), star));
    });
    found.sort_unstable();
    let placed = found.into_iter().filter_map(|(_, star)| {
        let id = star as usize;
        let direction = index.star(id)?;
        let pixel = plane.pixel(direction)?;
        (image.holds(pixel) && !without.contains(&id)).then_some(Star { id, direction, pixel })
    });
    placed.take(MOST_STARS).collect()
}
