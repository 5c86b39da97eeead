//! Closed zero contours of a function on a grid, by marching squares: every
//! critical curve in a field, however many loops it has.

use std::collections::HashMap;

/// An edge of the grid: its lower-left node, and whether it runs upward.
type Edge = (usize, usize, bool);

/// Zero contours of `f` over the square of half-width `half_width` around the origin, sampled
/// every `step`. Loops that leave the square are dropped. Points are in the units of the square.
#[must_use]
pub fn zero_contours(half_width: f64, step: f64, f: impl Fn(f64, f64) -> f64) -> Vec<Vec<[f64; 2]>> {
    let cells = (2.0 * half_width / step).round().max(1.0) as usize;
    let at = |i: usize| -half_width + i as f64 * step;
    let values: Vec<f64> =
        (0..=cells).flat_map(|j| (0..=cells).map(move |i| (i, j))).map(|(i, j)| f(at(i), at(j))).collect();
    let value = |i: usize, j: usize| values[j * (cells + 1) + i];

    let mut links: HashMap<Edge, Vec<Edge>> = HashMap::new();
    let mut order = Vec::new();
    for j in 0..cells {
        for i in 0..cells {
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
        let (a, b) = (value(i, j), value(k, l));
        let t = a / (a - b);
        [at(i) + t * (at(k) - at(i)), at(j) + t * (at(l) - at(j))]
    };
    let loops = closed_loops(&links, &order);
    loops.iter().map(|edges| edges.iter().map(crossing).collect()).collect()
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

/// Chains the links to loops, in the order the cells were visited.
fn closed_loops(links: &HashMap<Edge, Vec<Edge>>, order: &[Edge]) -> Vec<Vec<Edge>> {
    let mut seen = std::collections::HashSet::new();
    let mut loops = Vec::new();
    for &start in order {
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
        }
    }
    loops
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
