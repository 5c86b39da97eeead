//! A coarse grid of values over an image with bilinear values between them:
//! background and noise.

/// Values at the middles of equal blocks of an image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    pub columns: usize,
    pub rows: usize,
    /// Pixels of a block along x and y; need not be whole.
    pub step: [f64; 2],
    /// Row by row.
    pub values: Vec<f32>,
}

impl Grid {
    /// A grid whose blocks are near `block` pixels, filled by `value(columns, rows)`: those of the block.
    pub(super) fn over(
        width: usize,
        height: usize,
        block: usize,
        mut value: impl FnMut(std::ops::Range<usize>, std::ops::Range<usize>) -> f32,
    ) -> Self {
        let (columns, rows) = (width.div_ceil(block), height.div_ceil(block));
        let step = [width as f64 / columns as f64, height as f64 / rows as f64];
        let edge = |i: usize, step: f64, end: usize| ((i as f64 * step).round() as usize).min(end);
        let range = |i: usize, step: f64, end: usize| {
            edge(i, step, end)..edge(i + 1, step, end).max(edge(i, step, end))
        };
        let mut values = Vec::with_capacity(columns * rows);
        for j in 0..rows {
            for i in 0..columns {
                values.push(value(range(i, step[0], width), range(j, step[1], height)));
            }
        }
        Self { columns, rows, step, values }
    }

    /// The same surface seen by a level whose pixels are `factor` times as large.
    pub(super) fn seen_by(&self, factor: f64) -> Self {
        Self { step: self.step.map(|s| s / factor), ..self.clone() }
    }

    /// Every value replaced by the median of its 3×3 neighbourhood; values that are not finite count
    /// for nothing, and get one where a neighbour has one.
    pub(super) fn smoothed(&self) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        let mut near = Vec::with_capacity(9);
        for j in 0..self.rows {
            for i in 0..self.columns {
                near.clear();
                for y in j.saturating_sub(1)..(j + 2).min(self.rows) {
                    let row = y * self.columns;
                    let x = i.saturating_sub(1)..(i + 2).min(self.columns);
                    near.extend(self.values[row + x.start..row + x.end].iter().filter(|v| v.is_finite()));
                }
                values.push(super::quantile(&mut near, 0.5).unwrap_or(f32::NAN));
            }
        }
        Self { values, ..self.clone() }
    }

    /// Values that are still missing become `value`.
    pub(super) fn filled(mut self, value: f32) -> Self {
        self.values.iter_mut().filter(|v| !v.is_finite()).for_each(|v| *v = value);
        self
    }

    /// Two grids of one shape combined; `other` is read at this one's nodes.
    pub(super) fn combined(&self, other: &Self, with: impl Fn(f32, f32) -> f32) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for j in 0..self.rows {
            for i in 0..self.columns {
                let (x, y) = (self.node(i, 0), self.node(j, 1));
                values.push(with(self.values[j * self.columns + i], other.at(x, y)));
            }
        }
        Self { values, ..self.clone() }
    }

    /// Where a node lies, pixels.
    fn node(&self, i: usize, axis: usize) -> f64 {
        (i as f64 + 0.5) * self.step[axis] - 0.5
    }

    /// Lower node and weight of the upper one.
    fn between(&self, at: f64, axis: usize, count: usize) -> (usize, f32) {
        let u = ((at + 0.5) / self.step[axis] - 0.5).clamp(0.0, (count - 1) as f64);
        let lower = (u as usize).min(count.saturating_sub(2));
        (lower, (u - lower as f64) as f32)
    }

    /// The value at a pixel.
    pub(super) fn at(&self, x: f64, y: f64) -> f32 {
        let (i, s) = self.between(x, 0, self.columns);
        let (j, t) = self.between(y, 1, self.rows);
        let next = |k: usize, count: usize| (k + 1).min(count - 1);
        let row = |j: usize| {
            let (a, b) =
                (self.values[j * self.columns + i], self.values[j * self.columns + next(i, self.columns)]);
            a + (b - a) * s
        };
        let (a, b) = (row(j), row(next(j, self.rows)));
        a + (b - a) * t
    }

    /// All values along a row of pixels.
    pub(super) fn row(&self, y: usize, out: &mut [f32]) {
        let (j, t) = self.between(y as f64, 1, self.rows);
        let upper = (j + 1).min(self.rows - 1);
        let mix = |i: usize| {
            let (a, b) = (self.values[j * self.columns + i], self.values[upper * self.columns + i]);
            a + (b - a) * t
        };
        let width = out.len();
        let edge = |i: usize| (self.node(i, 0).ceil().max(0.0) as usize).min(width);
        let (first, last) = (edge(0), edge(self.columns - 1));
        out[..first].fill(mix(0));
        for i in 0..self.columns - 1 {
            let (from, to) = (edge(i), edge(i + 1));
            let (a, b) = (mix(i), mix(i + 1));
            let slope = (b - a) / self.step[0] as f32;
            let start = a + slope * (from as f64 - self.node(i, 0)) as f32;
            for (k, value) in out[from..to].iter_mut().enumerate() {
                *value = start + slope * k as i32 as f32;
            }
        }
        out[last..].fill(mix(self.columns - 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_single_pixels_say() {
        for (width, height, block) in [(100, 70, 32), (7, 3, 32), (33, 1, 8), (1, 40, 16)] {
            let grid = Grid::over(width, height, block, |x, y| (x.start * 3 + y.start * y.start) as f32);
            let mut row = vec![0.0; width];
            for y in 0..height {
                grid.row(y, &mut row);
                for (x, value) in row.iter().enumerate() {
                    assert!((value - grid.at(x as f64, y as f64)).abs() < 1e-2, "{width} {x} {y}");
                }
            }
        }
    }

    #[test]
    fn a_plane_is_kept_between_its_nodes() {
        let middle = |r: std::ops::Range<usize>| (r.start + r.end - 1) as f32 / 2.0;
        let grid = Grid::over(96, 64, 32, |x, y| middle(x) * 2.0 - middle(y));
        assert!((grid.at(50.0, 30.0) - 70.0).abs() < 1e-4);
        let half = grid.seen_by(2.0);
        assert!((half.at(24.75, 14.75) - 70.0).abs() < 1e-4);
    }

    #[test]
    fn holes_are_filled_from_beside() {
        let mut grid = Grid::over(96, 96, 32, |_, _| 5.0);
        grid.values[4] = f32::NAN;
        assert!(grid.smoothed().values.iter().all(|&v| v == 5.0));
        grid.values.fill(f32::INFINITY);
        assert!(grid.smoothed().filled(1.0).values.iter().all(|&v| v == 1.0));
    }
}
