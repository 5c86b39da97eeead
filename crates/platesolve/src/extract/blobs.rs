//! Connected stretches of bright pixels (8 neighbours), their areas and moments.

/// Sums over the pixels of a blob; heights are above the background.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blob {
    pub area: u32,
    pub flux: f64,
    /// Σ h·x, Σ h·y, from the first pixel of the blob.
    first: [f64; 2],
    /// Σ h·x², h·xy, h·y², the same.
    second: [f64; 3],
    origin: [f64; 2],
    pub left: u32,
    pub right: u32,
    pub top: u32,
    pub bottom: u32,
}

/// Shape of a blob.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Larger and smaller root of the second moments, pixels; the area of one pixel is kept in.
    pub axes: [f64; 2],
}

impl Blob {
    fn new(x: usize, y: usize) -> Self {
        let (column, row) = (x as u32, y as u32);
        Self {
            area: 0,
            flux: 0.0,
            first: [0.0; 2],
            second: [0.0; 3],
            origin: [x as f64, y as f64],
            left: column,
            right: column,
            top: row,
            bottom: row,
        }
    }

    /// Its axes by the moments.
    pub(super) fn shape(&self) -> Shape {
        let n = self.flux.max(f64::MIN_POSITIVE);
        let mean = self.first.map(|s| s / n);
        let xx = (self.second[0] / n - mean[0] * mean[0]).max(0.0) + 1.0 / 12.0;
        let yy = (self.second[2] / n - mean[1] * mean[1]).max(0.0) + 1.0 / 12.0;
        let xy = self.second[1] / n - mean[0] * mean[1];
        let half = (xx + yy) / 2.0;
        let spread = ((xx - yy) / 2.0).hypot(xy);
        Shape { axes: [(half + spread).sqrt(), (half - spread).max(1.0 / 12.0).sqrt()] }
    }

    fn absorb(&mut self, other: &Self) {
        let d = [other.origin[0] - self.origin[0], other.origin[1] - self.origin[1]];
        let (f, s) = (other.first, other.second);
        self.second[0] += s[0] + 2.0 * d[0] * f[0] + d[0] * d[0] * other.flux;
        self.second[1] += s[1] + d[0] * f[1] + d[1] * f[0] + d[0] * d[1] * other.flux;
        self.second[2] += s[2] + 2.0 * d[1] * f[1] + d[1] * d[1] * other.flux;
        self.first[0] += f[0] + d[0] * other.flux;
        self.first[1] += f[1] + d[1] * other.flux;
        self.flux += other.flux;
        self.area += other.area;
        self.left = self.left.min(other.left);
        self.right = self.right.max(other.right);
        self.top = self.top.min(other.top);
        self.bottom = self.bottom.max(other.bottom);
    }
}

/// Blobs by label; labels found to be one are joined.
#[derive(Debug, Default)]
pub(super) struct Blobs {
    blobs: Vec<Blob>,
    parent: Vec<u32>,
    /// Runs of the row before, with their labels.
    before: Vec<(usize, usize, u32)>,
    now: Vec<(usize, usize, u32)>,
}

impl Blobs {
    /// The blob of a label that [`Blobs::root`] gave.
    pub(super) fn get(&self, root: u32) -> &Blob {
        &self.blobs[root as usize]
    }

    /// The label that stands for a label's blob.
    pub(super) fn root(&mut self, label: u32) -> u32 {
        let mut at = label as usize;
        while self.parent[at] as usize != at {
            let above = self.parent[self.parent[at] as usize];
            self.parent[at] = above;
            at = above as usize;
        }
        at as u32
    }

    /// A run of the present row, left to right; gives its label.
    pub(super) fn add_run(&mut self, start: usize, end: usize, y: usize) -> u32 {
        let mut label = None;
        let first = self.before.partition_point(|run| run.1 < start);
        for k in first..self.before.len() {
            let (from, _, other) = self.before[k];
            // Touching at a corner is touching.
            if from > end {
                break;
            }
            let other = self.root(other);
            label = Some(match label {
                None => other,
                Some(mine) if mine == other => mine,
                Some(mine) => {
                    let (keep, gone) = (other.min(mine), other.max(mine));
                    self.parent[gone as usize] = keep;
                    keep
                }
            });
        }
        let label = label.unwrap_or_else(|| {
            self.blobs.push(Blob::new(start, y));
            self.parent.push(self.parent.len() as u32);
            self.parent.len() as u32 - 1
        });
        self.now.push((start, end, label));
        label
    }

    /// A pixel of a run.
    #[inline]
    pub(super) fn add_pixel(&mut self, label: u32, x: usize, y: usize, height: f32) {
        let blob = &mut self.blobs[label as usize];
        let h = f64::from(height);
        let (u, v) = (x as f64 - blob.origin[0], y as f64 - blob.origin[1]);
        blob.area += 1;
        blob.flux += h;
        blob.first[0] += h * u;
        blob.first[1] += h * v;
        blob.second[0] += h * u * u;
        blob.second[1] += h * u * v;
        blob.second[2] += h * v * v;
        blob.left = blob.left.min(x as u32);
        blob.right = blob.right.max(x as u32);
        blob.top = blob.top.min(y as u32);
        blob.bottom = blob.bottom.max(y as u32);
    }

    /// The present row is complete.
    pub(super) fn end_row(&mut self) {
        std::mem::swap(&mut self.before, &mut self.now);
        self.now.clear();
    }

    /// A row without any run.
    pub(super) fn skip_row(&mut self) {
        self.before.clear();
    }

    /// Gathers the sums of joined labels in the one that stands for them.
    pub(super) fn settle(&mut self) {
        for label in (0..self.blobs.len() as u32).rev() {
            let root = self.root(label);
            if root != label {
                let part = self.blobs[label as usize];
                self.blobs[root as usize].absorb(&part);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs_of(picture: &[&str]) -> (Blobs, Vec<u32>) {
        let mut blobs = Blobs::default();
        let mut labels = Vec::new();
        for (y, row) in picture.iter().enumerate() {
            let row = row.as_bytes();
            let mut x = 0;
            while x < row.len() {
                let end = x + row[x..].iter().take_while(|&&c| c == b'#').count();
                if end > x {
                    let label = blobs.add_run(x, end, y);
                    (x..end).for_each(|at| blobs.add_pixel(label, at, y, 2.0));
                    labels.push(label);
                }
                x = end.max(x + 1);
            }
            blobs.end_row();
        }
        blobs.settle();
        let mut roots: Vec<u32> = labels.iter().map(|&label| blobs.root(label)).collect();
        roots.sort_unstable();
        roots.dedup();
        (blobs, roots)
    }

    #[test]
    fn corners_touch_and_arms_join() {
        let (blobs, roots) = blobs_of(&["#.#..##", "#.#....", ".#...#.", "....#.."]);
        let areas: Vec<u32> = roots.iter().map(|&root| blobs.get(root).area).collect();
        assert_eq!(areas, [5, 2, 2]);
        let arms = blobs.get(roots[0]);
        assert_eq!((arms.left, arms.right, arms.top, arms.bottom), (0, 2, 0, 2));
        // Five pixels of one height: the variances are 0.8 and 0.56.
        assert!((arms.shape().axes[0].powi(2) - 0.8 - 1.0 / 12.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_is_long_and_thin_wherever_it_was_joined() {
        let (blobs, roots) = blobs_of(&["#....", ".#...", "..#..", "...#.", "....#"]);
        assert_eq!(roots.len(), 1);
        let axes = blobs.get(roots[0]).shape().axes;
        assert!((axes[0] * axes[0] - 4.0 - 1.0 / 12.0).abs() < 1e-9 && axes[1] < 0.3, "{axes:?}");
    }
}
