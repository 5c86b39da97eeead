//! Building kd-trees in the layout index files have: heap order, 2ᵏ leaves of at
//! most about 25 points, split planes with the dimension in their lowest bits.
//! Searching them is `search`'s.

use crate::index::Tree;

/// Points a leaf should not exceed.
const LEAF: usize = 25;
/// Below so many points a branch is built by one thread.
const SERIAL: usize = 1 << 14;

/// An integer coordinate of a tree.
pub trait Coordinate: Copy + Ord + Send + Sync + Into<u64> + 'static {
    /// Nought.
    const ZERO: Self;
    /// The number with its lowest bits replaced.
    #[must_use]
    fn with_low(self, bits: u32, low: u32) -> Self;
    /// The number with its lowest bits zero.
    #[must_use]
    fn without_low(self, bits: u32) -> Self {
        self.with_low(bits, 0)
    }
}

impl Coordinate for u16 {
    const ZERO: Self = 0;

    fn with_low(self, bits: u32, low: u32) -> Self {
        (self >> bits << bits) | low as u16
    }
}

impl Coordinate for u32 {
    const ZERO: Self = 0;

    fn with_low(self, bits: u32, low: u32) -> Self {
        (self >> bits << bits) | low
    }
}

/// A point on its way into a tree.
#[derive(Debug, Clone, Copy)]
struct Point<T, const D: usize> {
    at: [T; D],
    id: u32,
}

/// A tree, and which of the given points each of its points is.
pub struct Built<T: Clone + 'static> {
    /// The tree.
    pub tree: Tree<'static, T>,
    /// Number of the given point at each place of the tree.
    pub order: Vec<u32>,
}

/// Builds a tree over points whose coordinates are `low + stored / scale` along every dimension.
#[must_use]
pub fn build<T: Coordinate, const D: usize>(points: &[[T; D]], low: f64, scale: f64) -> Built<T> {
    let mut leaves = 1;
    while points.len() > leaves * LEAF {
        leaves *= 2;
    }
    let mut work: Vec<Point<T, D>> = points.iter().zip(0..).map(|(&at, id)| Point { at, id }).collect();
    let bits = D.next_power_of_two().trailing_zeros();
    // Branches come back in the order of a walk, with their place in the heap.
    let mut branches = Branches { split: Vec::new(), sizes: Vec::new() };
    grow(&mut work, 0, leaves, bits, &mut branches);
    let mut split = vec![T::ZERO; leaves - 1];
    for (node, plane) in branches.split {
        split[node] = plane;
    }
    let mut right = Vec::with_capacity(leaves);
    let mut end = -1_i32;
    for size in branches.sizes {
        end += size as i32;
        right.push(end);
    }
    let order = work.iter().map(|point| point.id).collect();
    let data: Vec<T> = work.iter().flat_map(|point| point.at).collect();
    let tree = Tree {
        dim: D,
        right: right.into(),
        split: split.into(),
        data: data.into(),
        low: vec![low; D],
        scale,
    };
    Built { tree, order }
}

struct Branches<T> {
    split: Vec<(usize, T)>,
    sizes: Vec<usize>,
}

fn grow<T: Coordinate, const D: usize>(
    points: &mut [Point<T, D>],
    node: usize,
    leaves: usize,
    bits: u32,
    out: &mut Branches<T>,
) {
    if leaves == 1 {
        points.sort_unstable_by_key(|point| point.id);
        out.sizes.push(points.len());
        return;
    }
    let (dim, plane, middle) = part(points, bits);
    out.split.push((node, plane.with_low(bits, dim as u32)));
    let large = points.len() > SERIAL;
    let (low, high) = points.split_at_mut(middle);
    if large {
        let mut other = Branches { split: Vec::new(), sizes: Vec::new() };
        rayon::join(
            || grow(low, 2 * node + 1, leaves / 2, bits, out),
            || grow(high, 2 * node + 2, leaves / 2, bits, &mut other),
        );
        out.split.append(&mut other.split);
        out.sizes.append(&mut other.sizes);
    } else {
        grow(low, 2 * node + 1, leaves / 2, bits, out);
        grow(high, 2 * node + 2, leaves / 2, bits, out);
    }
}

/// Parts points along their widest dimension: all of the low side are at most at the plane, all of the
/// high side at least. Gives the dimension, the plane and the size of the low side.
fn part<T: Coordinate, const D: usize>(points: &mut [Point<T, D>], bits: u32) -> (usize, T, usize) {
    let Some(first) = points.first() else { return (0, T::ZERO, 0) };
    let (mut low, mut high) = (first.at, first.at);
    for point in points.iter() {
        for d in 0..D {
            low[d] = low[d].min(point.at[d]);
            high[d] = high[d].max(point.at[d]);
        }
    }
    let spread = |d: usize| high[d].into() - low[d].into();
    let dim = (0..D).rev().max_by_key(|&d| spread(d)).unwrap_or(0);
    let middle = points.len() / 2;
    let (_, median, _) = points.select_nth_unstable_by_key(middle, |point| (point.at[dim], point.id));
    let median = median.at[dim];
    let plane = median.without_low(bits);
    // Only points between plane and median, a few units, stand on the wrong side.
    let mut size = 0;
    for i in 0..middle {
        if points[i].at[dim] < plane {
            points.swap(i, size);
            size += 1;
        }
    }
    // Points on the plane may stand on either side: as many as balance asks.
    let mut on_plane = size;
    for i in size..points.len() {
        if on_plane >= middle {
            break;
        }
        if points[i].at[dim] == plane {
            points.swap(i, on_plane);
            on_plane += 1;
        }
    }
    (dim, plane, on_plane)
}
