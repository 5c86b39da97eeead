//! Whether a direction lies in a cell, mostly without trigonometry: a small cell is
//! nearly a parallelogram. Near its edges the grid itself is asked.

use crate::{
    healpix::Grid,
    vector::{Vec3, cross, distance2, dot},
};

/// A cell as a parallelogram, with what the sphere makes of it as margin.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Bounds {
    centre: Vec3,
    /// Square of a line longer than any from the centre to a point of the cell.
    reach2: f64,
    /// A point's coordinates along the sides are its scalar products with these, ±½ at the edges.
    along: [Vec3; 2],
    /// Beyond ½ minus and ½ plus this the coordinates decide; infinite if they never do.
    margin: f64,
}

impl Bounds {
    pub(super) fn of(grid: Grid, cell: u64) -> Self {
        let centre = grid.centre(cell);
        let reach2 = (1.01 * grid.reach(cell)).powi(2);
        let [south, east, north, west] = grid.corners(cell);
        let half = |a: Vec3, b: Vec3, c: Vec3, d: Vec3| [0, 1, 2].map(|k| (a[k] + b[k] - c[k] - d[k]) / 2.0);
        let (x, y) = (half(east, north, south, west), half(north, west, south, east));
        // The dual basis in the plane of x and y.
        let normal = cross(x, y);
        let square = dot(normal, normal);
        let mut bounds = Self { centre, reach2, along: [[0.0; 3]; 2], margin: f64::INFINITY };
        if square > 0.0 {
            bounds.along = [cross(y, normal), cross(normal, x)].map(|v| v.map(|k| k / square));
            // How far corners and middles of sides are from where a parallelogram has them.
            let (face_x, face_y) = ([-0.5, 0.5, 0.5, -0.5], [-0.5, -0.5, 0.5, 0.5]);
            let corners = [south, east, north, west];
            let middle = |i: usize| grid.edge_middle(cell, i);
            let off = |point: Vec3, u: f64, v: f64| {
                let [a, b] = bounds.coordinates(point);
                (a - u).abs().max((b - v).abs())
            };
            let at_corners = (0..4).map(|i| off(corners[i], face_x[i], face_y[i]));
            let at_sides = [(0.0, -0.5), (0.5, 0.0), (0.0, 0.5), (-0.5, 0.0)]
                .into_iter()
                .enumerate()
                .map(|(i, (u, v))| off(middle(i), u, v));
            let worst = at_corners.chain(at_sides).fold(0.0, f64::max);
            bounds.margin = 3.0 * worst + 1e-6;
        }
        bounds
    }

    /// The middle of the cell.
    pub(super) fn centre(&self) -> Vec3 {
        self.centre
    }

    /// Square of a line longer than any from the middle to a point of the cell.
    pub(super) fn reach2(&self) -> f64 {
        self.reach2
    }

    fn coordinates(&self, point: Vec3) -> [f64; 2] {
        let from = [0, 1, 2].map(|k| point[k] - self.centre[k]);
        self.along.map(|along| dot(along, from))
    }

    /// Whether a unit vector lies in the cell, whose number must be given again.
    pub(super) fn hold(&self, point: Vec3, grid: Grid, cell: u64) -> bool {
        if distance2(point, self.centre) > self.reach2 {
            return false;
        }
        let [u, v] = self.coordinates(point);
        let out = u.abs().max(v.abs()) - 0.5;
        if out.abs() > self.margin { out < 0.0 } else { grid.cell_of(point) == cell }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vector::unit;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

        #[test]
        fn bounds_agree_with_the_grid(
            nside in 1..3000_u32,
            cell in any::<u64>(),
            u in -0.7..0.7_f64,
            v in -0.7..0.7_f64,
        ) {
            let grid = Grid::new(nside).unwrap();
            let cell = cell % grid.cells();
            let [south, east, north, west] = grid.corners(cell);
            let place = |k: usize| {
                let x = (east[k] + north[k] - south[k] - west[k]) / 2.0;
                let y = (north[k] + west[k] - south[k] - east[k]) / 2.0;
                grid.centre(cell)[k] + u * x + v * y
            };
            let point = unit([0, 1, 2].map(place));
            prop_assert_eq!(Bounds::of(grid, cell).hold(point, grid, cell), grid.cell_of(point) == cell);
        }
    }
}
