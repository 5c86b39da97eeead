//! Trees of codes and stars: every point is in them once, on the right side of all
//! planes above it, and a search finds what looking at all points finds.

use platesolve::{
    Tree,
    kdtree::{Built, Coordinate, build},
    search::within,
};
use proptest::prelude::*;

/// Walks down the tree and checks each branch by looking at all its points.
fn check<T: Coordinate + std::fmt::Debug, const D: usize>(given: &[[T; D]]) {
    let Built { tree, order } = build(given, 0.0, 1.0);
    let mut seen: Vec<u32> = order.clone();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..given.len() as u32));
    for (place, &id) in order.iter().enumerate() {
        assert_eq!(&tree.data[place * D..(place + 1) * D], &given[id as usize]);
    }
    assert_eq!(tree.split.len() + 1, tree.right.len());
    assert!(tree.right.len().is_power_of_two());
    assert_eq!(tree.right.last().map(|&right| i64::from(right) + 1), Some(given.len() as i64));
    walk::<T, D>(&tree, 0, 0, tree.right.len());
}

fn walk<T: Coordinate + std::fmt::Debug, const D: usize>(
    tree: &Tree<'_, T>,
    node: usize,
    first: usize,
    leaves: usize,
) {
    if leaves == 1 {
        return;
    }
    let start = |leaf: usize| if leaf == 0 { 0 } else { (tree.right[leaf - 1] + 1) as usize };
    let (low, middle, high) = (start(first), start(first + leaves / 2), start(first + leaves));
    let bits = tree.dim_bits();
    let stored: u64 = tree.split[node].into();
    let (plane, axis) = (stored >> bits << bits, (stored & ((1 << bits) - 1)) as usize);
    let at = |point: usize| -> u64 { tree.data[point * D + axis].into() };
    assert!((low..middle).all(|point| at(point) <= plane), "node {node}");
    assert!((middle..high).all(|point| at(point) >= plane), "node {node}");
    walk::<T, D>(tree, 2 * node + 1, first, leaves / 2);
    walk::<T, D>(tree, 2 * node + 2, first + leaves / 2, leaves / 2);
}

fn search<T: Coordinate + platesolve::search::Coordinate + std::fmt::Debug, const D: usize>(
    given: &[[T; D]],
    centre: [f64; D],
    radius: f64,
) {
    let Built { tree, order } = build(given, 0.0, 1.0);
    let mut found = Vec::new();
    within(&tree, centre, radius, |place, _| found.push(order[place as usize]));
    found.sort_unstable();
    let near = |point: &[T; D]| {
        let square = |k: usize| {
            let stored: u64 = point[k].into();
            (stored as f64 - centre[k]).powi(2)
        };
        (0..D).map(square).sum::<f64>() <= radius * radius
    };
    let all: Vec<u32> = (0..).zip(given).filter(|(_, point)| near(point)).map(|(id, _)| id).collect();
    assert_eq!(found, all);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_point_is_on_its_side(
        codes in prop::collection::vec(any::<[u16; 4]>(), 0..600),
        narrow in prop::collection::vec(prop::array::uniform6(0..40_u16), 0..600),
        stars in prop::collection::vec(any::<[u32; 3]>(), 0..600),
    ) {
        check(&codes);
        check(&narrow);
        check(&stars);
    }

    #[test]
    fn a_search_finds_what_is_near(
        codes in prop::collection::vec(any::<[u16; 4]>(), 0..900),
        narrow in prop::collection::vec(prop::array::uniform2(0..200_u16), 0..900),
        stars in prop::collection::vec(any::<[u32; 3]>(), 0..900),
        radius in 0.0..20_000.5_f64,
    ) {
        search(&codes, [30_000.5, 20_000.5, 40_000.5, 10_000.5], radius);
        search(&narrow, [100.5, 90.5], radius / 300.0);
        search(&stars, [2e9 + 0.5, 1e9 + 0.5, 3e9 + 0.5], radius * 1e5);
    }
}

#[test]
fn points_that_are_all_the_same_make_a_tree() {
    for count in [0, 1, 25, 26, 1000] {
        check(&vec![[7_u16; 4]; count]);
        check(&vec![[7_u16, 8]; count]);
        check(&vec![[5_u32; 3]; count]);
    }
}

#[test]
fn leaves_hold_about_25_points() {
    // A low-discrepancy sequence.
    let step = |i: u32, a: f64| ((f64::from(i) * a).fract() * 65_535.0) as u16;
    let points: Vec<[u16; 4]> =
        (0..50_000).map(|i| [step(i, 0.8567), step(i, 0.7339), step(i, 0.6287), step(i, 0.5386)]).collect();
    let tree = build(&points, 0.0, 1.0).tree;
    let mut before = -1;
    for &right in tree.right.iter() {
        assert!((15..=30).contains(&(right - before)), "{}", right - before);
        before = right;
    }
    assert_eq!(tree.right.len(), 2048);
}
