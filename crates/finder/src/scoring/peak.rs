//! Where a heat map is highest: where in the field the network sees what it sees.

use crate::Outputs;

/// The highest place of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// From the left edge of the field (0) to the right (1).
    pub x: f32,
    /// From the top edge (0) to the bottom (1).
    pub y: f32,
    /// What the map says there: the value of the highest cell.
    pub logit: f32,
}

impl Peak {
    /// Of each image's map.
    #[must_use]
    pub fn of_maps(outputs: &Outputs) -> Vec<Self> {
        let cells = (outputs.map_side * outputs.map_side).max(1);
        outputs.maps.chunks_exact(cells).map(|map| peak(map, outputs.map_side)).collect()
    }
}

/// The peak of a square map, rows first: the highest cell (the first of equals), and within it the top of
/// the parabola through it and its two neighbours, along each axis for itself. At the map's edge it is the
/// cell's middle along that axis.
fn peak(map: &[f32], side: usize) -> Peak {
    let mut highest = 0;
    for (cell, value) in map.iter().enumerate() {
        if *value > map[highest] {
            highest = cell;
        }
    }
    let (row, column) = (highest / side, highest % side);
    let along = |index: usize, step: usize| {
        let inner = index > 0 && index + 1 < side;
        let shift = if inner { top(map[highest - step], map[highest], map[highest + step]) } else { 0.0 };
        (index as f32 + 0.5 + shift) / side as f32
    };
    Peak { x: along(column, 1), y: along(row, side), logit: map[highest] }
}

/// From the middle to the top of the parabola through three values next to each other, of which the middle
/// one is not below the others; in cells.
fn top(before: f32, middle: f32, after: f32) -> f32 {
    let bend = before - 2.0 * middle + after;
    if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hill of height 3 whose top is at (x, y) cells from the top left corner.
    fn hill(x: f32, y: f32, side: usize) -> Vec<f32> {
        let at = |cell: usize| ((cell % side) as f32 + 0.5 - x, (cell / side) as f32 + 0.5 - y);
        (0..side * side).map(at).map(|(dx, dy)| 3.0 - 0.2 * (dx * dx + dy * dy)).collect()
    }

    #[test]
    fn finds_the_top_of_a_hill_between_cells() {
        for (x, y) in [(2.5, 2.5), (3.3, 4.6), (1.9, 5.1)] {
            let peak = peak(&hill(x, y, 8), 8);
            assert!((peak.x - x / 8.0).abs() < 1e-5 && (peak.y - y / 8.0).abs() < 1e-5, "{peak:?}");
            assert!(peak.logit <= 3.0 && peak.logit > 2.8, "{peak:?}");
        }
    }

    #[test]
    fn at_the_edge_it_is_the_middle_of_the_cell() {
        let peak = peak(&hill(0.0, 6.4, 8), 8);
        assert_eq!(peak.x, 0.5 / 8.0);
        assert!((peak.y - 0.8).abs() < 1e-5);
    }

    #[test]
    fn a_flat_map_and_a_map_of_one_cell_have_a_peak() {
        assert_eq!(peak(&[1.5; 9], 3), Peak { x: 0.5 / 3.0, y: 0.5 / 3.0, logit: 1.5 });
        assert_eq!(peak(&[-2.0], 1), Peak { x: 0.5, y: 0.5, logit: -2.0 });
        let two = peak(&[0.0, 1.0, 1.0, 0.0], 2);
        assert_eq!((two.x, two.y), (0.75, 0.25));
    }
}
