//! Points of a plane in buckets, to find the nearest one quickly.

/// Points sorted into square buckets.
#[derive(Debug, Clone)]
pub struct PointGrid {
    low: [f64; 2],
    /// Buckets per unit.
    scale: f64,
    size: [usize; 2],
    /// Where each bucket's points begin; one more at the end.
    starts: Vec<u32>,
    points: Vec<([f64; 2], u32)>,
}

/// Points a bucket holds in the mean.
const PER_BUCKET: f64 = 2.0;
const MAX_SIDE: f64 = 1024.0;

impl PointGrid {
    /// Sorts points; those that are not finite are left out.
    #[must_use]
    pub fn new(points: &[[f64; 2]]) -> Self {
        let kept: Vec<([f64; 2], u32)> = points
            .iter()
            .zip(0..)
            .filter(|(point, _)| point.iter().all(|c| c.is_finite()))
            .map(|(&point, id)| (point, id))
            .collect();
        let mut low = [f64::INFINITY; 2];
        let mut high = [f64::NEG_INFINITY; 2];
        for (point, _) in &kept {
            for k in 0..2 {
                low[k] = low[k].min(point[k]);
                high[k] = high[k].max(point[k]);
            }
        }
        if kept.is_empty() {
            return Self { low: [0.0; 2], scale: 1.0, size: [1, 1], starts: vec![0, 0], points: kept };
        }
        let span = [0, 1].map(|k| (high[k] - low[k]).max(1e-9));
        let side = (span[0] * span[1] * PER_BUCKET / kept.len() as f64).sqrt();
        let scale = 1.0 / side.max(span[0].max(span[1]) / MAX_SIDE);
        let size = span.map(|length| (length * scale) as usize + 1);
        let mut grid = Self { low, scale, size, starts: vec![0; size[0] * size[1] + 1], points: Vec::new() };
        let buckets: Vec<usize> = kept.iter().map(|(point, _)| grid.bucket(*point)).collect();
        for &bucket in &buckets {
            grid.starts[bucket + 1] += 1;
        }
        for k in 1..grid.starts.len() {
            grid.starts[k] += grid.starts[k - 1];
        }
        let mut next = grid.starts.clone();
        grid.points = vec![([0.0; 2], 0); kept.len()];
        for (point, bucket) in kept.into_iter().zip(buckets) {
            grid.points[next[bucket] as usize] = point;
            next[bucket] += 1;
        }
        grid
    }

    fn cell(&self, k: usize, value: f64) -> usize {
        (((value - self.low[k]) * self.scale).max(0.0) as usize).min(self.size[k] - 1)
    }

    fn bucket(&self, point: [f64; 2]) -> usize {
        self.cell(1, point[1]) * self.size[0] + self.cell(0, point[0])
    }

    /// Calls `each` with every point no farther than `radius`: its number and the square of its distance.
    pub fn near(&self, at: [f64; 2], radius: f64, mut each: impl FnMut(u32, f64)) {
        let most = radius * radius;
        let (left, right) = (self.cell(0, at[0] - radius), self.cell(0, at[0] + radius));
        for row in self.cell(1, at[1] - radius)..=self.cell(1, at[1] + radius) {
            let first = self.starts[row * self.size[0] + left] as usize;
            let last = self.starts[row * self.size[0] + right + 1] as usize;
            for &(point, id) in &self.points[first..last] {
                let square = (point[0] - at[0]).powi(2) + (point[1] - at[1]).powi(2);
                if square <= most {
                    each(id, square);
                }
            }
        }
    }

    /// The nearest point no farther than `radius`, and the square of its distance.
    #[must_use]
    pub fn nearest(&self, at: [f64; 2], radius: f64) -> Option<(u32, f64)> {
        let mut best: Option<(u32, f64)> = None;
        self.near(at, radius, |id, square| {
            if best.is_none_or(|(other, least)| (square, id) < (least, other)) {
                best = Some((id, square));
            }
        });
        best
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_nearest_is_that_of_looking_at_all(
            points in prop::collection::vec([-50.0..50.0, 0.0..3.0_f64], 0..80),
            at in [-60.0..60.0, -2.0..5.0_f64],
            radius in 0.0..40.0_f64,
        ) {
            let expected = points
                .iter()
                .map(|p| (p[0] - at[0]).powi(2) + (p[1] - at[1]).powi(2))
                .filter(|square| *square <= radius * radius)
                .min_by(f64::total_cmp);
            let found = PointGrid::new(&points).nearest(at, radius);
            prop_assert_eq!(found.map(|(_, square)| square), expected);
        }
    }

    #[test]
    fn an_empty_grid_and_one_without_numbers_have_no_nearest() {
        assert_eq!(PointGrid::new(&[]).nearest([0.0, 0.0], 9.0), None);
        assert_eq!(PointGrid::new(&[[f64::NAN, 0.0]]).nearest([0.0, 0.0], 9.0), None);
    }
}
