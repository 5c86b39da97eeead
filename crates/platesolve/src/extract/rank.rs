//! The order in which the solver tries sources: three rankings taken in turn,
//! because each fails somewhere: by light, by light with its background (where
//! the background was taken too high), and the brightest of each box (where one
//! corner is full of lights that are no stars).

use super::candidates::Candidate;

/// Boxes, about.
const BOXES: f64 = 10.0;

/// Indices of candidates in the solver's order, `most` at most.
pub(super) fn order(all: &[Candidate], width: f64, height: f64, most: usize) -> Vec<usize> {
    let by = |value: &dyn Fn(&Candidate) -> f32| {
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|&a, &b| value(&all[b]).total_cmp(&value(&all[a])).then(a.cmp(&b)));
        order
    };
    let flux = by(&|c| c.flux);
    let with_background = by(&|c| c.contrast + c.background);
    let uniform = boxes(all, &flux, width, height);
    let mut taken = vec![false; all.len()];
    let mut merged = Vec::with_capacity(most.min(all.len()));
    for turn in 0..all.len() {
        for list in [&flux, &with_background, &uniform] {
            let index = list[turn];
            if !std::mem::replace(&mut taken[index], true) {
                merged.push(index);
            }
            if merged.len() >= most {
                return merged;
            }
        }
    }
    merged
}

/// `order` dealt into boxes, then the first of every box, the second of every box, and so on; within
/// a round the given order holds.
fn boxes(all: &[Candidate], order: &[usize], width: f64, height: f64) -> Vec<usize> {
    let side = (width * height / BOXES).sqrt();
    let columns = (width / side).round().max(1.0);
    let rows = (height / side).round().max(1.0);
    let place = |at: f64, size: f64, count: f64| ((at + 0.5) / size * count).floor().clamp(0.0, count - 1.0);
    let mut filled = vec![0_u32; (columns * rows) as usize];
    let mut dealt: Vec<(u32, usize)> = order
        .iter()
        .map(|&index| {
            let c = &all[index];
            let at = place(c.y, height, rows) * columns + place(c.x, width, columns);
            let count = &mut filled[at as usize];
            *count += 1;
            (*count, index)
        })
        .collect();
    dealt.sort_by_key(|&(round, _)| round);
    dealt.into_iter().map(|(_, index)| index).collect()
}
