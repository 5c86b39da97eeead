//! Range searches in the kd-trees of an index, the same for files of either
//! layout. Nothing in the arrays is trusted: a damaged file gives wrong or
//! missing answers, never an access out of bounds.

use crate::{Tree, index::Index, vector::Vec3};

/// A stored coordinate.
pub trait Coordinate: Copy {
    /// Its value, in stored units.
    fn wide(self) -> f64;
    /// The value without its lowest bits, and those bits.
    fn split(self, bits: u32) -> (f64, usize);
}

macro_rules! coordinate {
    ($($of:ty),*) => {$(
        impl Coordinate for $of {
            fn wide(self) -> f64 {
                f64::from(self)
            }

            fn split(self, bits: u32) -> (f64, usize) {
                let mask = (1 << bits) - 1;
                (f64::from(self & !mask), usize::try_from(self & mask).unwrap_or(0))
            }
        }
    )*};
}
coordinate!(u16, u32);

/// Deepest tree that is searched: more nodes than any file can hold.
const MAX_DEPTH: usize = 48;

/// Calls `found` with every point of the tree nearer than `radius` to `centre`
/// (both in units of the coordinates) and the square of its distance. `D` is the tree's dimension;
/// nothing is found in a tree of another.
pub fn within<T: Coordinate, const D: usize>(
    tree: &Tree<'_, T>,
    centre: [f64; D],
    radius: f64,
    mut found: impl FnMut(u32, f64),
) {
    if tree.dim != D || tree.low.len() != D || tree.right.is_empty() {
        return;
    }
    let mut at = [0.0; D];
    for k in 0..D {
        at[k] = (centre[k] - tree.low[k]) * tree.scale;
    }
    let reach = radius * tree.scale;
    let (most, unit) = (reach * reach, 1.0 / (tree.scale * tree.scale));
    let (inner, bits) = (tree.split.len(), tree.dim_bits());
    let mut waiting = [0_usize; MAX_DEPTH];
    let mut depth = 1;
    while depth > 0 {
        depth -= 1;
        let mut node = waiting[depth];
        while let Some(split) = tree.split.get(node) {
            let (plane, axis) = split.split(bits);
            let Some(&value) = at.get(axis) else { return };
            let (near, far) =
                if value < plane { (2 * node + 1, 2 * node + 2) } else { (2 * node + 2, 2 * node + 1) };
            // The lowest bits of a plane were lost to the dimension.
            if (value - plane).abs() <= reach + f64::from(1_u32 << bits) && depth < MAX_DEPTH {
                waiting[depth] = far;
                depth += 1;
            }
            node = near;
        }
        let leaf = node - inner;
        let end =
            |leaf: usize| tree.right.get(leaf).and_then(|&last| usize::try_from(i64::from(last) + 1).ok());
        let first = if leaf == 0 { Some(0) } else { end(leaf - 1) };
        let (Some(first), Some(last)) = (first, end(leaf)) else { continue };
        let points = first.checked_mul(D).zip(last.checked_mul(D)).and_then(|(a, b)| tree.data.get(a..b));
        for (point, id) in points.unwrap_or_default().as_chunks::<D>().0.iter().zip(first..) {
            let mut square = 0.0;
            for k in 0..D {
                let apart = point[k].wide() - at[k];
                square += apart * apart;
            }
            if square <= most
                && let Ok(id) = u32::try_from(id)
            {
                found(id, square * unit);
            }
        }
    }
}

/// Calls `found` with every star no farther than `chord` (the straight line between unit vectors)
/// from a direction.
pub fn cone(index: &Index<'_>, centre: Vec3, chord: f64, mut found: impl FnMut(u32)) {
    within::<u32, 3>(&index.stars, centre, chord, |star, _| found(star));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kdtree;

    fn brute<const D: usize>(points: &[[u16; D]], order: &[u32], at: [f64; D], radius: f64) -> Vec<u32> {
        let inside = |id: &u32| {
            let point = points[order[*id as usize] as usize];
            (0..D).map(|k| (f64::from(point[k]) - at[k]).powi(2)).sum::<f64>() <= radius * radius
        };
        (0..order.len() as u32).filter(inside).collect()
    }

    fn agrees<const D: usize>(points: &[[u16; D]], at: [f64; D], radius: f64) {
        let built = kdtree::build(points, 0.0, 1.0);
        let mut found = Vec::new();
        within(&built.tree, at, radius, |id, _| found.push(id));
        found.sort_unstable();
        assert_eq!(found, brute(points, &built.order, at, radius));
    }

    proptest! {
        #[test]
        fn a_search_finds_what_looking_at_all_points_finds(
            flat in prop::collection::vec(0_u16..2000, 0..1200),
            at in [0.0..2000.0, 0.0..2000.0, 0.0..2000.0, 0.0..2000.0_f64],
            radius in 0.0..900.0_f64,
        ) {
            agrees::<4>(flat.as_chunks::<4>().0, at, radius);
            agrees::<2>(flat.as_chunks::<2>().0, [at[0], at[1]], radius);
        }

        #[test]
        fn arrays_of_nonsense_are_searched_without_a_fault(
            right in prop::collection::vec(any::<i32>(), 0..9),
            split in prop::collection::vec(any::<u16>(), 0..9),
            data in prop::collection::vec(any::<u16>(), 0..40),
            at in any::<[f64; 4]>(),
            radius in any::<f64>(),
        ) {
            let tree = Tree { dim: 4, right: right.into(), split: split.into(), data: data.into(), low: vec![0.0; 4], scale: 1.0 };
            within(&tree, at, radius, |_, _| {});
        }
    }
}
