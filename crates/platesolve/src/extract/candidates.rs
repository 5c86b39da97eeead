//! From maxima to candidates: maxima of one blob that no valley parts are one,
//! the rest are told apart; every candidate gets its share of the light and its
//! blob's shape.

use super::{
    blobs::Shape,
    detect::{Detections, Peak},
    grid::Grid,
    noise::Noise,
    pixels::Level,
    smooth,
};

/// Most maxima that are looked at in one blob.
const MOST_IN_BLOB: usize = 1000;
/// Least radius of the ring that tells what surrounds a maximum, pixels.
const RING: f64 = 5.0;
/// Places on that ring.
const DIRECTIONS: usize = 16;
/// Brighter neighbours to which the valley is looked for.
const NEIGHBOURS: usize = 3;

/// A possible source on a level, in the level's pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub x: f64,
    pub y: f64,
    /// Above the background behind the filter, over the noise there.
    pub snr: f32,
    /// Above the background behind the filter.
    pub height: f32,
    pub noise: f32,
    /// Level of the image around it.
    pub ground: f32,
    /// Height above what surrounds it, behind the filter.
    pub contrast: f32,
    /// How high the light stands on two opposite sides, as a share of the height: about 1 on a line.
    pub ridge: f32,
    /// Sum above the background of its share of the blob; the light of a star once it was weighed.
    pub flux: f32,
    pub background: f32,
    /// Pixels of its blob.
    pub area: u32,
    /// Candidates of its blob.
    pub company: u32,
    pub shape: Shape,
    /// Whether the blob reaches the edge of the image.
    pub is_cut: bool,
}

/// Candidates, brightest first within a blob. `saddle` σ is how deep a valley has to be.
pub(super) fn candidates(
    level: &Level<'_>,
    background: &Grid,
    noise: &Noise,
    found: &Detections,
    saddle: f32,
) -> Vec<Candidate> {
    let mut peaks = found.peaks.clone();
    peaks.sort_by(|a, b| a.blob.cmp(&b.blob).then(b.height.total_cmp(&a.height)));
    let directions: Directions =
        std::array::from_fn(|k| (k as f64 * std::f64::consts::TAU / DIRECTIONS as f64).sin_cos());
    let mut all = Vec::new();
    for group in peaks.chunk_by(|a, b| a.blob == b.blob) {
        let blob = found.blobs.get(group[0].blob);
        let mut kept: Vec<(Peak, f32)> = Vec::new();
        for peak in group.iter().take(MOST_IN_BLOB) {
            let sigma = noise.local.at(f64::from(peak.x), f64::from(peak.y));
            if kept.is_empty() || stands_apart(level, background, peak, &kept, saddle * sigma) {
                kept.push((*peak, sigma));
            }
        }
        let total: f32 = kept.iter().map(|(peak, _)| peak.height).sum();
        let shape = blob.shape();
        let is_cut = blob.left == 0
            || blob.top == 0
            || blob.right as usize + 1 >= level.width
            || blob.bottom as usize + 1 >= level.height;
        for (peak, sigma) in &kept {
            let share = if kept.len() == 1 { 1.0 } else { peak.height / total };
            let (x, y) = (f64::from(peak.x), f64::from(peak.y));
            let radius = (f64::from(blob.area) / kept.len() as f64 / std::f64::consts::PI).sqrt();
            let around =
                surroundings(level, background, peak, (1.5 * radius).clamp(RING, 10.0 * RING), &directions);
            let at = vertex(level, peak);
            let is_inside = |at: f64, size: usize| at > -0.5 && at < size as f64 - 0.5;
            if !(is_inside(at[0], level.width) && is_inside(at[1], level.height)) {
                continue;
            }
            all.push(Candidate {
                x: at[0],
                y: at[1],
                snr: peak.height / sigma,
                height: peak.height,
                noise: *sigma,
                ground: background.at(x, y) + around.level,
                contrast: peak.height - around.level,
                ridge: around.ridge / peak.height,
                flux: blob.flux as f32 * share,
                background: background.at(x, y),
                area: blob.area,
                company: kept.len() as u32,
                shape,
                is_cut,
            });
        }
    }
    all
}

/// Whether a valley of some depth parts a maximum from its nearest brighter ones.
fn stands_apart(level: &Level<'_>, background: &Grid, peak: &Peak, kept: &[(Peak, f32)], depth: f32) -> bool {
    let distance = |other: &Peak| {
        let (dx, dy) = (f64::from(peak.x) - f64::from(other.x), f64::from(peak.y) - f64::from(other.y));
        dx * dx + dy * dy
    };
    let mut nearest = [(f64::INFINITY, None); NEIGHBOURS];
    for (other, _) in kept {
        let d = distance(other);
        if let Some(k) = nearest.iter().position(|(least, _)| d < *least) {
            nearest[k..].rotate_right(1);
            nearest[k] = (d, Some(*other));
        }
    }
    nearest.iter().filter_map(|(d, other)| Some((d.sqrt(), (*other)?))).all(|(length, other)| {
        let steps = length.ceil() as usize;
        (1..steps).any(|k| {
            let t = k as f64 / steps as f64;
            let mix = |a: u32, b: u32| f64::from(a) + t * (f64::from(b) - f64::from(a));
            let (x, y) = (mix(peak.x, other.x), mix(peak.y, other.y));
            let here = smooth::smooth_at(level, x.round() as usize, y.round() as usize);
            here - background.at(x, y) < peak.height - depth
        })
    })
}

/// Sine and cosine of each direction.
type Directions = [(f64, f64); DIRECTIONS];

/// What a ring around a maximum shows, above the background.
struct Surroundings {
    /// The median, never below the background.
    level: f32,
    /// The highest that two opposite places reach both.
    ridge: f32,
}

fn surroundings(
    level: &Level<'_>,
    background: &Grid,
    peak: &Peak,
    radius: f64,
    directions: &Directions,
) -> Surroundings {
    let values: [f32; DIRECTIONS] = directions.map(|(sin, cos)| {
        let (x, y) = (f64::from(peak.x) + radius * cos, f64::from(peak.y) + radius * sin);
        let is_inside = |at: f64, size: usize| at.round() >= 0.0 && at.round() < size as f64;
        if is_inside(x, level.width) && is_inside(y, level.height) {
            smooth::smooth_at(level, x.round() as usize, y.round() as usize) - background.at(x, y)
        } else {
            f32::NAN
        }
    });
    let (one, other) = values.split_at(DIRECTIONS / 2);
    let lower = |(a, b): (&f32, &f32)| if a < b { *a } else { *b };
    let ridge = one.iter().zip(other).map(lower).filter(|v| v.is_finite()).fold(0.0, f32::max);
    let mut known: Vec<f32> = values.into_iter().filter(|v| v.is_finite()).collect();
    Surroundings { level: super::quantile(&mut known, 0.5).unwrap_or(0.0).max(0.0), ridge }
}

/// The top of the parabola through the maximum and its neighbours, along each axis.
fn vertex(level: &Level<'_>, peak: &Peak) -> [f64; 2] {
    let (x, y) = (peak.x as usize, peak.y as usize);
    let top = |before: f32, here: f32, after: f32| {
        let bend = 2.0 * here - before - after;
        if bend > 0.0 { f64::from((after - before) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
    };
    let value = |x: usize, y: usize| smooth::smooth_at(level, x, y);
    let here = value(x, y);
    let along = |at: usize, size: usize, value: &dyn Fn(usize) -> f32| {
        if at == 0 || at + 1 >= size { 0.0 } else { top(value(at - 1), here, value(at + 1)) }
    };
    [x as f64 + along(x, level.width, &|x| value(x, y)), y as f64 + along(y, level.height, &|y| value(x, y))]
}
