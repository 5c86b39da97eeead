//! Closed zero contours of a function on a grid, by marching squares: every
//! critical curve in a field, however many loops it has.

use std::collections::{HashMap, HashSet};

/// An edge of the grid: its lower-left node, and whether it runs upward.
type Edge = (usize, usize, bool);

/// A square grid of nodes around the origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    cells: usize,
    half_width: f64,
    step: f64,
}

impl Grid {
    /// Nodes every `step` over the square of half-width `half_width`; at most 4096 cells a side, the
    /// step is widened for more.
    pub fn new(half_width: f64, step: f64) -> Self {
        let cells = (2.0 * half_width / step).round().clamp(1.0, 4096.0);
        Self { cells: cells as usize, half_width, step: 2.0 * half_width / cells }
    }

    /// Nodes along a side.
    pub const fn nodes(&self) -> usize {
        self.cells + 1
    }

    /// Distance of neighbouring nodes.
    pub const fn step(&self) -> f64 {
        self.step
    }

    /// Coordinate of the i-th node of a side.
    pub fn at(&self, i: usize) -> f64 {
        -self.half_width + i as f64 * self.step
    }

    /// A function at all nodes, row by row from the lowest.
    pub fn sample<T>(&self, f: impl Fn(f64, f64) -> T) -> Vec<T> {
        let nodes = 0..self.nodes();
        nodes
            .clone()
            .flat_map(|j| nodes.clone().map(move |i| (i, j)))
            .map(|(i, j)| f(self.at(i), self.at(j)))
            .collect()
    }
}

/// Zero contours of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Contours {
    /// Loops inside the field.
    pub closed: Vec<Vec<[f64; 2]>>,
    /// How many contours leave the field.
    pub open: usize,
}

/// Closed zero contours of `f` over the square of half-width `half_width` around the origin,
/// sampled every `step`; what leaves the square is dropped. Points are in the units of the square.
#[must_use]
pub fn zero_contours(half_width: f64, step: f64, f: impl Fn(f64, f64) -> f64) -> Vec<Vec<[f64; 2]>> {
    let grid = Grid::new(half_width, step);
    contours(&grid, &grid.sample(&f), f).closed
}

/// Zero contours of `f`, whose values at the grid's nodes are known; each point is refined on its
/// edge by bisection to a millionth of the step.
pub fn contours(grid: &Grid, values: &[f64], f: impl Fn(f64, f64) -> f64) -> Contours {
    let value = |i: usize, j: usize| values[j * grid.nodes() + i];
    let mut links: HashMap<Edge, Vec<Edge>> = HashMap::new();
    let mut order = Vec::new();
    for j in 0..grid.cells {
        for i in 0..grid.cells {
            for (a, b) in segments([value(i, j), value(i + 1, j), value(i + 1, j + 1), value(i, j + 1)]) {
                let edges = [(i, j, false), (i + 1, j, true), (i, j + 1, false), (i, j, true)];
                order.push(edges[a]);
                links.entry(edges[a]).or_default().push(edges[b]);
                links.entry(edges[b]).or_default().push(edges[a]);
            }
        }
    }
    let crossing = |&(i, j, up): &Edge| {
        let (k, l) = if up { (i, j + 1) } else { (i + 1, j) };
        let (mut a, mut b) = ([grid.at(i), grid.at(j)], [grid.at(k), grid.at(l)]);
        let inside = value(i, j) < 0.0;
        for _ in 0..20 {
            let middle = [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
            if (f(middle[0], middle[1]) < 0.0) == inside { a = middle } else { b = middle }
        }
        [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])]
    };
    let (loops, open) = chains(&links, &order);
    Contours { closed: loops.iter().map(|edges| edges.iter().map(crossing).collect()).collect(), open }
}

/// Which edges of a cell (bottom, right, top, left) are joined, from the signs at its corners
/// counter-clockwise from the lower left.
fn segments(corners: [f64; 4]) -> Vec<(usize, usize)> {
    let inside = corners.map(|v| v < 0.0);
    let cut: Vec<usize> = (0..4).filter(|&k| inside[k] != inside[(k + 1) % 4]).collect();
    match cut.as_slice() {
        [a, b] => vec![(*a, *b)],
        // A saddle: the mean decides which corners belong together.
        [_, _, _, _] if (corners.iter().sum::<f64>() < 0.0) == inside[0] => vec![(0, 1), (2, 3)],
        [_, _, _, _] => vec![(3, 0), (1, 2)],
        _ => Vec::new(),
    }
}

/// Chains the links to closed loops, in the order the cells were visited, and counts the open chains.
fn chains(links: &HashMap<Edge, Vec<Edge>>, order: &[Edge]) -> (Vec<Vec<Edge>>, usize) {
    let mut seen = HashSet::new();
    let (mut loops, mut open) = (Vec::new(), 0);
    // Open chains first, from their ends, so that none is taken in two pieces.
    let ends = order.iter().filter(|edge| links[*edge].len() == 1);
    for &start in ends.chain(order) {
        if seen.contains(&start) {
            continue;
        }
        let mut chain = vec![start];
        seen.insert(start);
        while let Some(next) = chain.last().and_then(|edge| links[edge].iter().find(|e| !seen.contains(*e))) {
            seen.insert(*next);
            chain.push(*next);
        }
        let last = chain[chain.len() - 1];
        if chain.len() > 2 && links[&last].contains(&start) {
            loops.push(chain);
        } else {
            open += 1;
        }
    }
    (loops, open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::critical::shoelace;

    #[test]
    fn finds_two_circles_and_their_areas() {
        let f = |x: f64, y: f64| ((x - 2.0).hypot(y) - 1.0).min((x + 2.0).hypot(y) - 0.5);
        let mut areas: Vec<f64> = zero_contours(5.0, 0.05, f).iter().map(|l| shoelace(l).abs()).collect();
        areas.sort_by(f64::total_cmp);
        let pi = std::f64::consts::PI;
        assert_eq!(areas.len(), 2);
        assert!((areas[0] / (0.25 * pi) - 1.0).abs() < 5e-3 && (areas[1] / pi - 1.0).abs() < 2e-3);
    }

    #[test]
    fn drops_a_contour_that_leaves_the_field() {
        assert!(zero_contours(1.0, 0.1, |x, _| x - 0.03).is_empty());
    }
}
