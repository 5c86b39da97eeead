//! Whether an index makes sense: its sizes always, its contents when asked.

use rayon::prelude::*;

use super::LayoutError;
use crate::index::{Index, Tree};

/// Sizes and small numbers: cheap, asked of every file that is read.
pub(super) fn shape(index: &Index<'_>) -> Result<(), LayoutError> {
    let meta = &index.meta;
    if !(3..=5).contains(&meta.dim_quads) {
        return Err(LayoutError::wrong("the number of stars of a quad", meta.dim_quads, "3, 4 or 5"));
    }
    let (low, high) = (meta.scale_low_rad, meta.scale_high_rad);
    if !(low >= 0.0 && low < high && high <= std::f64::consts::PI) {
        return Err(LayoutError::wrong("the range of scales", format!("{low} to {high} radians"), "rising"));
    }
    if !(meta.jitter_arcsec > 0.0 && meta.jitter_arcsec.is_finite()) {
        return Err(LayoutError::wrong("the error of positions", meta.jitter_arcsec, "above 0 arcsec"));
    }
    if !index.quads.len().is_multiple_of(meta.dim_quads) {
        let expected = format!("a multiple of {}", meta.dim_quads);
        return Err(LayoutError::wrong("the length of quads", index.quads.len(), expected));
    }
    tree(&index.codes, 2 * (meta.dim_quads - 2), "codes")?;
    tree(&index.stars, 3, "stars")?;
    let stars = index.stars.len();
    same("codes", index.codes.len(), index.quad_count())?;
    same("sweep", index.sweep.len(), stars)?;
    if let Some(magnitude) = &index.magnitude {
        same("magnitudes", magnitude.len(), stars)?;
    }
    if let Some(motion) = &index.motion {
        same("proper motions", motion.len(), 2 * stars)?;
    }
    Ok(())
}

fn same(what: &str, found: usize, expected: usize) -> Result<(), LayoutError> {
    if found == expected {
        Ok(())
    } else {
        Err(LayoutError::wrong(format!("the number of {what}"), found, expected.to_string()))
    }
}

fn tree<T: Clone>(tree: &Tree<'_, T>, dim: usize, name: &str) -> Result<(), LayoutError> {
    let of = |what: &str| format!("{what} of the tree of {name}");
    if tree.dim != dim || tree.low.len() != dim {
        return Err(LayoutError::wrong(of("the dimension"), tree.dim, dim.to_string()));
    }
    let finite = tree.low.iter().chain([&tree.scale]).all(|number| number.is_finite());
    if !finite || tree.scale <= 0.0 {
        return Err(LayoutError::wrong(of("the range"), tree.scale, "a scale above 0"));
    }
    if !tree.data.len().is_multiple_of(dim) {
        return Err(LayoutError::wrong(of("the length"), tree.data.len(), format!("a multiple of {dim}")));
    }
    let leaves = tree.right.len();
    if !leaves.is_power_of_two() {
        return Err(LayoutError::wrong(of("the number of leaves"), leaves, "a power of two"));
    }
    if tree.split.len() != leaves - 1 {
        let expected = (leaves - 1).to_string();
        return Err(LayoutError::wrong(of("the number of splits"), tree.split.len(), expected));
    }
    let points = i64::try_from(tree.len()).unwrap_or(i64::MAX);
    let mut before = -1;
    for &right in tree.right.iter() {
        if right < before || i64::from(right) >= points {
            let expected = format!("rising and below {points}");
            return Err(LayoutError::wrong(of("the end of a leaf"), right, expected));
        }
        before = right;
    }
    if i64::from(before) + 1 != points {
        return Err(LayoutError::wrong(of("the end of the last leaf"), before, (points - 1).to_string()));
    }
    Ok(())
}

/// Everything that can be checked: numbers of stars in quads, points beside their split planes, the
/// normal form of codes.
///
/// # Errors
/// Names the first thing that is wrong.
pub fn check(index: &Index<'_>) -> Result<(), LayoutError> {
    shape(index)?;
    let stars = index.stars.len();
    let dim = index.meta.dim_quads;
    let astray = index.quads.par_chunks(dim).enumerate().find_first(|(_, quad)| {
        let doubled = quad.iter().enumerate().any(|(i, id)| quad[..i].contains(id));
        doubled || quad.iter().any(|&id| id as usize >= stars)
    });
    if let Some((number, quad)) = astray {
        let expected = format!("different numbers below {stars}");
        return Err(LayoutError::wrong(format!("quad {number}"), format!("{quad:?}"), expected));
    }
    planes(&index.codes, "codes")?;
    planes(&index.stars, "stars")?;
    let width = 2 * (dim - 2);
    // Codes are rounded: a unit in the last place each.
    let half = ((0.5 - index.codes.low[0]) * index.codes.scale + 1.0) * (dim - 2) as f64;
    let odd = index.codes.data.par_chunks(width).enumerate().find_first(|(_, code)| {
        let x: Vec<u16> = code.iter().step_by(2).copied().collect();
        let sum: f64 = x.iter().map(|&x| f64::from(x)).sum();
        sum > half || x.windows(2).any(|pair| pair[0] > pair[1].saturating_add(1))
    });
    if let Some((number, code)) = odd {
        return Err(LayoutError::wrong(format!("code {number}"), format!("{code:?}"), "in normal form"));
    }
    Ok(())
}

/// Whether all points lie on their side of every plane above them.
fn planes<T: Copy + Into<u64> + Sync>(tree: &Tree<'_, T>, name: &str) -> Result<(), LayoutError> {
    let (leaves, bits) = (tree.right.len(), tree.dim_bits());
    let wrong = (0..leaves).into_par_iter().find_first(|&leaf| {
        let start = if leaf == 0 { 0 } else { end(tree.right[leaf - 1]) };
        let points = &tree.data[start * tree.dim..end(tree.right[leaf]) * tree.dim];
        let mut node = leaf + leaves - 1;
        while node > 0 {
            let above = (node - 1) / 2;
            let stored: u64 = tree.split[above].into();
            let (plane, axis) = (stored >> bits << bits, (stored & ((1 << bits) - 1)) as usize);
            let is_right = node.is_multiple_of(2);
            let beside = |point: &[T]| {
                point.get(axis).is_some_and(|&at| {
                    let at: u64 = at.into();
                    if is_right { at >= plane } else { at <= plane }
                })
            };
            if !points.chunks_exact(tree.dim).all(beside) {
                return true;
            }
            node = above;
        }
        false
    });
    match wrong {
        None => Ok(()),
        Some(leaf) => {
            let what = format!("a point of leaf {leaf} of the tree of {name}");
            Err(LayoutError::wrong(what, "beyond a split plane", "on its side"))
        }
    }
}

/// Where the points of the next leaf begin.
fn end(right: i32) -> usize {
    usize::try_from(i64::from(right) + 1).unwrap_or(0)
}
