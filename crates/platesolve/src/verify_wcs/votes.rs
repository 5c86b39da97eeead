//! Rough places: every pair of a source and a star votes for the shift between
//! them, every pair of pairs for a turn and a scale. What many agree on is
//! looked at more closely.

use super::{scene::Scene, similarity::Similarity};

/// Scales are tried from 1/e^this to e^this, about 0.6 to 1.65.
pub(super) const LN_SCALE: f64 = 0.5;

/// Sources and stars that vote for shifts.
const SHIFT_VOTERS: (usize, usize) = (100, 400);
/// Cells along one side of the grid of shifts, at most.
const SHIFT_CELLS: f64 = 512.0;
/// Sources and stars that vote for turns.
const TURN_VOTERS: (usize, usize) = (25, 50);
/// Half-degree steps.
const ANGLES: usize = 720;
/// Steps of the scale.
const SCALES: usize = 166;

/// Where the votes are.
pub(super) struct Shifts {
    /// Side of a cell, pixels.
    pub bin: f64,
    /// Best first.
    pub places: Vec<Similarity>,
}

/// The `count` shifts of up to `reach` pixels along each axis that have most votes, after `turn`.
pub(super) fn shifts(scene: &Scene, turn: Similarity, reach: f64, least_bin: f64, count: usize) -> Shifts {
    let bin = least_bin.max(2.0 * reach / SHIFT_CELLS);
    let side = (2.0 * reach / bin).ceil().clamp(1.0, SHIFT_CELLS) as usize + 1;
    let turn = Similarity { shift: [0.0; 2], ..turn };
    let stars: Vec<[f64; 2]> = scene.stars.iter().take(SHIFT_VOTERS.1).map(|&p| turn.at(p)).collect();
    let sources = &scene.sources[..scene.sources.len().min(SHIFT_VOTERS.0)];
    let each = |visit: &mut dyn FnMut(usize, [f64; 2])| {
        for q in sources {
            for p in &stars {
                let t = [q[0] - p[0], q[1] - p[1]];
                if t[0].abs() < reach && t[1].abs() < reach {
                    let cell = t.map(|t| ((t + reach) / bin) as usize);
                    visit(cell[1] * side + cell[0], t);
                }
            }
        }
    };
    let mut votes = vec![0_u16; side * side];
    each(&mut |cell, _| {
        if let Some(votes) = votes.get_mut(cell) {
            *votes = votes.saturating_add(1);
        }
    });
    // A place near a border has its votes in up to four cells.
    let four = |row: usize, column: usize| {
        let cell = row * side + column;
        let sum = votes[cell] + votes[cell + 1] + votes[cell + side] + votes[cell + side + 1];
        f64::from(sum)
    };
    let peaks = peaks(side - 1, side - 1, count, false, four);
    let mut sums = vec![[0.0; 3]; peaks.len()];
    each(&mut |cell, t| {
        for (&(row, column), sum) in peaks.iter().zip(&mut sums) {
            let (down, right) = ((cell / side).wrapping_sub(row), (cell % side).wrapping_sub(column));
            if down < 2 && right < 2 {
                *sum = [sum[0] + t[0], sum[1] + t[1], sum[2] + 1.0];
            }
        }
    });
    let places = sums.iter().filter(|sum| sum[2] > 0.0);
    let places = places.map(|sum| Similarity { shift: [sum[0] / sum[2], sum[1] / sum[2]], ..turn });
    Shifts { bin, places: places.collect() }
}

/// The `count` turns that most pairs of pairs agree on, beyond what chance gives at their scale.
pub(super) fn turns(scene: &Scene, mirrored: bool, count: usize) -> Vec<Similarity> {
    let shortest = 0.15 * scene.width.min(scene.height);
    let sources: Vec<[f64; 2]> = scene.sources.iter().copied().take(TURN_VOTERS.0).collect();
    let (wide, high) = (0.6 * scene.width, 0.6 * scene.height);
    let near = |p: &&[f64; 2]| p[0].abs() <= wide && p[1].abs() <= high;
    let stars = scene.stars.iter().filter(near).take(TURN_VOTERS.1);
    let stars: Vec<[f64; 2]> = stars.map(|p| [if mirrored { -p[0] } else { p[0] }, p[1]]).collect();
    let (of_sources, of_stars) = (strokes(&sources, shortest), strokes(&stars, 0.4 * shortest));
    let mut votes = vec![0_u16; ANGLES * SCALES];
    let full = ANGLES as f32;
    for s in &of_sources {
        for r in &of_stars {
            let scale = s[1] - r[1] + SCALES as f32 / 2.0;
            if scale < 0.0 || scale >= SCALES as f32 {
                continue;
            }
            // A stroke has two ends: it votes for a turn and for its opposite.
            let angle = s[0] - r[0];
            for angle in [angle, angle + full / 2.0] {
                let angle = if angle < 0.0 {
                    angle + full
                } else if angle >= full {
                    angle - full
                } else {
                    angle
                };
                let cell = scale as usize * ANGLES + (angle as usize).min(ANGLES - 1);
                if let Some(votes) = votes.get_mut(cell) {
                    *votes = votes.saturating_add(1);
                }
            }
        }
    }
    let rows: Vec<f64> = votes
        .chunks(ANGLES)
        .map(|row| row.iter().map(|&v| f64::from(v)).sum::<f64>() / full as f64)
        .collect();
    let unusual = |row: usize, column: usize| {
        let at = |r: usize, c: usize| f64::from(votes[r * ANGLES + c % ANGLES]);
        let (mut sum, mut expected) = (0.0, 0.0);
        for (r, mean) in rows.iter().enumerate().skip(row).take(3) {
            sum += (column..column + 3).map(|c| at(r, c)).sum::<f64>();
            expected += 3.0 * mean;
        }
        (sum - expected) / (expected + 1.0).sqrt()
    };
    let peaks = peaks(SCALES - 2, ANGLES, count, true, unusual);
    let turn = |(row, column): (usize, usize)| {
        let angle = (column as f64 + 1.5) / ANGLES as f64 * std::f64::consts::TAU;
        let ln_scale = (row as f64 + 1.5 - SCALES as f64 / 2.0) * 2.0 * LN_SCALE / SCALES as f64;
        Similarity::turn(angle, ln_scale.exp(), mirrored)
    };
    peaks.into_iter().map(turn).collect()
}

/// Direction, in steps from 0 to half of [`ANGLES`], and logarithm of the length, in steps of the scale, of
/// the lines between points.
fn strokes(points: &[[f64; 2]], shortest: f64) -> Vec<[f32; 2]> {
    let mut strokes = Vec::with_capacity(points.len() * points.len() / 2);
    for (i, p) in points.iter().enumerate() {
        for q in &points[..i] {
            let (x, y) = (p[0] - q[0], p[1] - q[1]);
            let length = x.hypot(y);
            if length >= shortest && length > 0.0 {
                let half = std::f64::consts::PI;
                let angle = y.atan2(x).rem_euclid(half) / half * (ANGLES / 2) as f64;
                strokes.push([angle as f32, (length.ln() * SCALES as f64 / (2.0 * LN_SCALE)) as f32]);
            }
        }
    }
    strokes
}

/// The `count` highest places of a grid, none within two cells of a higher one; positive ones only. The
/// columns of a `round` grid close up.
fn peaks(
    rows: usize,
    columns: usize,
    count: usize,
    round: bool,
    height: impl Fn(usize, usize) -> f64,
) -> Vec<(usize, usize)> {
    let mut best: Vec<(f64, usize, usize)> = Vec::with_capacity(count + 1);
    let close = |a: (f64, usize, usize), b: (f64, usize, usize)| {
        let across = a.2.abs_diff(b.2);
        let across = if round { across.min(columns - across) } else { across };
        a.1.abs_diff(b.1) <= 2 && across <= 2
    };
    for row in 0..rows {
        for column in 0..columns {
            let new = (height(row, column), row, column);
            let least = if best.len() < count { 0.0 } else { best.last().map_or(0.0, |last| last.0) };
            if new.0 <= least || best.iter().any(|old| old.0 >= new.0 && close(*old, new)) {
                continue;
            }
            best.retain(|old| !close(*old, new));
            let place = best.partition_point(|old| old.0 >= new.0);
            best.insert(place, new);
            best.truncate(count);
        }
    }
    best.into_iter().map(|(_, row, column)| (row, column)).collect()
}
