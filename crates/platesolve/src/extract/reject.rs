//! What is bright and no star: trails, single hot pixels and cosmic rays, lines
//! of detections along rows and columns, what the edge cuts, what is too large.

use super::{candidates::Candidate, grid::Grid, light, pixels::Level, quantile};

/// Pixels of a level that a star's blob has at most.
const LARGEST_BLOB: u32 = 4000;
/// Length over width of a trail.
const ELONGATED: f64 = 3.0;
/// Light on two opposite sides, as a share of the height, from which something is a line.
const RIDGE: f32 = 0.5;
/// Neighbours of a hot pixel are below this share of it.
const DARK_NEIGHBOUR: f32 = 0.10;
/// Neighbours of a pixel that is none of a star have below this share of what a star's have.
const TOO_SHARP: f32 = 0.3;
/// Width of the sharpest stars, pixels.
const SHARPEST: f64 = 0.55;

/// How many candidates were turned down, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rejected {
    /// Long and thin: satellites, aeroplanes, spikes, edges of things.
    pub trails: usize,
    /// Light of a single pixel.
    pub hot_pixels: usize,
    /// Cut by the edge of the image.
    pub at_edge: usize,
    /// Too large for a star: the Moon, trees, lettering.
    pub too_large: usize,
    /// One of too many in one row or column.
    pub lines: usize,
    /// Knots of halos and nebulae that do not stand out of what surrounds them.
    pub halos: usize,
}

/// Keeps what may be a star.
pub(super) fn reject(
    all: Vec<Candidate>,
    native: &Level<'_>,
    background: &Grid,
    factor: f64,
    level: &Level<'_>,
    threshold: f32,
) -> (Vec<Candidate>, Rejected) {
    let mut rejected = Rejected::default();
    let usual = usual_elongation(&all);
    let has_ridges = usual_ridge(&all) < RIDGE / 2.0;
    // What four neighbours of a star's brightest pixel have together, in units of it, when it is centred
    // there; elsewhere they have more. Without a width of the stars it is that of very sharp ones.
    let width = if factor > 1.0 { SHARPEST } else { light::psf_sigma(&all, threshold).unwrap_or(SHARPEST) };
    let beside = 4.0 * (-0.5 / (width * width)).exp() as f32;
    let mut kept: Vec<Candidate> = Vec::with_capacity(all.len());
    for candidate in all {
        let elongation = candidate.shape.axes[0] / candidate.shape.axes[1];
        let is_long = elongation > ELONGATED * usual && candidate.shape.axes[0] > 2.5;
        let is_long = is_long || (has_ridges && candidate.ridge > RIDGE);
        let count = if candidate.area > LARGEST_BLOB {
            &mut rejected.too_large
        } else if is_long {
            &mut rejected.trails
        } else if candidate.is_cut && touches_edge(&candidate, level) {
            &mut rejected.at_edge
        } else if is_hot_pixel(&candidate, native, background, factor, beside) {
            &mut rejected.hot_pixels
        } else {
            kept.push(candidate);
            continue;
        };
        *count += 1;
    }
    let before = kept.len();
    kept = without_lines(kept, level);
    rejected.lines = before - kept.len();
    (kept, rejected)
}

/// Elongation of the stars themselves, which guiding may have drawn out.
fn usual_elongation(all: &[Candidate]) -> f64 {
    let mut single: Vec<f32> = all
        .iter()
        .filter(|c| c.company == 1 && c.area >= 5 && c.area < 400)
        .map(|c| (c.shape.axes[0] / c.shape.axes[1]) as f32)
        .collect();
    if single.len() < 8 { 1.0 } else { quantile(&mut single, 0.5).map_or(1.0, |e| f64::from(e).max(1.0)) }
}

/// The same for what stands on two opposite sides.
fn usual_ridge(all: &[Candidate]) -> f32 {
    let mut ridges: Vec<f32> = all.iter().filter(|c| c.company == 1).map(|c| c.ridge).collect();
    quantile(&mut ridges, 0.5).unwrap_or(0.0)
}

/// Whether its own maximum lies where the filter saw repeated pixels.
fn touches_edge(c: &Candidate, level: &Level<'_>) -> bool {
    let near = |at: f64, size: usize| at < 1.0 || at > size as f64 - 2.0;
    near(c.x, level.width) || near(c.y, level.height)
}

/// Whether all the light is in one pixel of the image itself, beyond what noise could pretend: neighbours
/// are dark, or have far less than `beside` of a star.
fn is_hot_pixel(c: &Candidate, native: &Level<'_>, background: &Grid, factor: f64, beside: f32) -> bool {
    let to_native = |at: f64| (at + 0.5) * factor - 0.5;
    let reach = factor as usize;
    let around = |at: f64, size: usize| {
        let middle = to_native(at).round().max(0.0) as usize;
        middle.saturating_sub(reach)..(middle + reach + 1).min(size)
    };
    let mut best = (f32::NEG_INFINITY, 0, 0);
    for y in around(c.y, native.height) {
        for x in around(c.x, native.width) {
            let value = native.at(x, y);
            if value > best.0 {
                best = (value, x, y);
            }
        }
    }
    let (value, x, y) = best;
    let floor = background.at(x as f64, y as f64);
    let peak = value - floor;
    // Behind the filter noise is about a quarter of what it is before.
    let noise = c.noise * 3.7;
    let mut brightest = f32::NEG_INFINITY;
    let (mut next, mut corners) = (0.0, 0.0);
    for (dx, dy) in [(-1_isize, 0_isize), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1), (1, -1)] {
        let (Some(i), Some(j)) = (x.checked_add_signed(dx), y.checked_add_signed(dy)) else { continue };
        if i < native.width && j < native.height {
            let light = native.at(i, j) - floor;
            brightest = brightest.max(light);
            *(if dx == 0 || dy == 0 { &mut next } else { &mut corners }) += light;
        }
    }
    let is_dark = peak * DARK_NEIGHBOUR > 1.5 * noise
        && brightest < DARK_NEIGHBOUR * peak + noise
        && next + corners < 3.0 * DARK_NEIGHBOUR * peak + 3.0 * noise;
    // The sum of four pixels has twice the noise of one.
    let is_told = (1.0 - TOO_SHARP) * beside * peak > 4.0 * 2.0 * noise;
    is_dark || (is_told && next < TOO_SHARP * beside * peak)
}

/// Takes away what stands in rows or columns with far too many others.
fn without_lines(mut kept: Vec<Candidate>, level: &Level<'_>) -> Vec<Candidate> {
    for axis in 0..2 {
        let size = if axis == 0 { level.width } else { level.height };
        let mut counts = vec![0_u32; size];
        let line =
            |c: &Candidate| (if axis == 0 { c.x } else { c.y }.round().max(0.0) as usize).min(size - 1);
        for c in &kept {
            counts[line(c)] += 1;
        }
        // Chance of so many among n at a usual place is below a millionth.
        let usual = kept.len() as f64 / size as f64;
        let most = (usual + 6.0 * usual.sqrt() + 6.0) as u32;
        if counts.iter().any(|&n| n > most) {
            kept.retain(|c| counts[line(c)] <= most);
        }
    }
    kept
}
