//! Detection in one pass over the rows of a level: smoothing, threshold, runs
//! joined to blobs, local maxima. The smoothed image is never held as a whole.

use super::{blobs::Blobs, grid::Grid, noise::Noise, pixels::Level, smooth};

/// More maxima than this in an image are noise, and the rest is left unseen.
const MOST_PEAKS: usize = 1 << 19;

/// A local maximum of the smoothed image.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peak {
    pub x: u32,
    pub y: u32,
    /// Above the background, behind the filter.
    pub height: f32,
    /// Label of its blob.
    pub blob: u32,
}

/// What a pass found.
pub(super) struct Detections {
    pub blobs: Blobs,
    pub peaks: Vec<Peak>,
}

/// Everything that rises `threshold` σ above the background of a level.
pub(super) fn detect(level: &Level<'_>, background: &Grid, noise: &Noise, threshold: f32) -> Detections {
    let (width, height) = (level.width, level.height);
    let limit = background.combined(&noise.local, |b, n| b + threshold * n);
    let mut ring: [Vec<f32>; 5] = std::array::from_fn(|_| vec![0.0; width]);
    let mut smoothed: [Vec<f32>; 3] = std::array::from_fn(|_| vec![f32::NEG_INFINITY; width]);
    let (mut column, mut limits) = (vec![0.0; width + 2 * smooth::REACH], vec![0.0; width]);
    let read = |y: usize, row: &mut [f32]| level.row(y, row, |x| background.at(x as f64, y as f64));
    for y in 0..height.min(smooth::REACH) {
        read(y, &mut ring[y % 5]);
    }
    let mut found = Detections { blobs: Blobs::default(), peaks: Vec::new() };
    let (mut runs, mut next_runs) = (Vec::new(), Vec::new());
    // The row after the last smoothed one is where the row before is judged.
    for y in 0..=height {
        let here = y % 3;
        if y < height {
            if y + smooth::REACH < height {
                read(y + smooth::REACH, &mut ring[(y + smooth::REACH) % 5]);
            }
            let rows = [0, 1, 2, 3, 4].map(|k| {
                let row = (y + k).saturating_sub(smooth::REACH).min(height - 1);
                ring[row % 5].as_slice()
            });
            smooth::smooth_row(rows, &mut column, &mut smoothed[here]);
            limit.row(y, &mut limits);
            runs_above(&smoothed[here], &limits, &mut next_runs);
        } else {
            smoothed[here].fill(f32::NEG_INFINITY);
            next_runs.clear();
        }
        if y > 0 && !runs.is_empty() {
            let (above, middle, below) = (&smoothed[(y + 1) % 3], &smoothed[(y + 2) % 3], &smoothed[here]);
            take_row(&mut found, &runs, y - 1, [above, middle, below], background);
        } else {
            found.blobs.skip_row();
        }
        std::mem::swap(&mut runs, &mut next_runs);
    }
    found.blobs.settle();
    for peak in &mut found.peaks {
        peak.blob = found.blobs.root(peak.blob);
    }
    found
}

/// Stretches of pixels above the limit, end excluded.
fn runs_above(row: &[f32], limits: &[f32], runs: &mut Vec<(usize, usize)>) {
    const CHUNK: usize = 16;
    runs.clear();
    let mut start = None;
    for (k, (values, least)) in row.chunks(CHUNK).zip(limits.chunks(CHUNK)).enumerate() {
        let any = values.iter().zip(least).fold(false, |any, (v, l)| any | (v > l));
        if !any && start.is_none() {
            continue;
        }
        for (i, (v, l)) in values.iter().zip(least).enumerate() {
            match (v > l, start) {
                (true, None) => start = Some(k * CHUNK + i),
                (false, Some(from)) => {
                    runs.push((from, k * CHUNK + i));
                    start = None;
                }
                _ => {}
            }
        }
    }
    runs.extend(start.map(|from| (from, row.len())));
}

/// Joins the runs of a row to blobs and notes its maxima.
fn take_row(found: &mut Detections, runs: &[(usize, usize)], y: usize, rows: [&[f32]; 3], background: &Grid) {
    let [above, middle, below] = rows;
    let width = middle.len();
    for &(start, end) in runs {
        let label = found.blobs.add_run(start, end, y);
        for x in start..end {
            let value = middle[x];
            let height = value - background.at(x as f64, y as f64);
            found.blobs.add_pixel(label, x, y, height);
            let near = x.saturating_sub(1)..(x + 2).min(width);
            // Of equal values the first in reading order counts.
            let is_peak = above[near.clone()].iter().all(|&v| v < value)
                && below[near.clone()].iter().all(|&v| v <= value)
                && (x == 0 || middle[x - 1] < value)
                && (x + 1 == width || middle[x + 1] <= value);
            if is_peak && value.is_finite() && found.peaks.len() < MOST_PEAKS {
                found.peaks.push(Peak { x: x as u32, y: y as u32, height, blob: label });
            }
        }
    }
    found.blobs.end_row();
}
