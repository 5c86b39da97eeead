//! The HEALPix grid for any Nside, cells counted by their place in the twelve
//! base faces: `(face · Nside + x) · Nside + y`, x towards north-east, y towards
//! north-west. Górski et al. 2005, ApJ 622, 759; Calabretta & Roukema 2007,
//! MNRAS 381, 865. Nested and ring numbers need powers of two and are not here.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

use crate::vector::{Vec3, distance2};

/// The finest grid whose cells have numbers below 2⁶².
pub const MAX_NSIDE: u32 = 1 << 29;

/// A grid of 12 Nside² cells of equal area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    nside: u32,
}

/// The cells that touch a cell: eight, or seven where three faces meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbours {
    cells: [u64; 8],
    count: usize,
}

impl std::ops::Deref for Neighbours {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        &self.cells[..self.count]
    }
}

/// Where a direction lies: its face and the place in it, 0 to 1 along both sides.
#[derive(Debug, Clone, Copy)]
struct Place {
    face: u32,
    x: f64,
    y: f64,
}

impl Grid {
    /// A grid; `None` unless 1 ≤ `nside` ≤ [`MAX_NSIDE`].
    #[must_use]
    pub fn new(nside: u32) -> Option<Self> {
        (1..=MAX_NSIDE).contains(&nside).then_some(Self { nside })
    }

    /// Cells along the side of a face.
    #[must_use]
    pub fn nside(self) -> u32 {
        self.nside
    }

    /// Number of cells.
    #[must_use]
    pub fn cells(self) -> u64 {
        12 * u64::from(self.nside) * u64::from(self.nside)
    }

    /// Side of a square of a cell's area, radians.
    #[must_use]
    pub fn side_rad(self) -> f64 {
        (std::f64::consts::PI / 3.0).sqrt() / f64::from(self.nside)
    }

    /// [`Grid::side_rad`] of the coarsest grid.
    #[must_use]
    pub(crate) fn side_rad_of_one() -> f64 {
        Self { nside: 1 }.side_rad()
    }

    /// The cell of a unit vector.
    #[must_use]
    pub fn cell_of(self, direction: Vec3) -> u64 {
        let place = place(direction);
        let side = f64::from(self.nside);
        let index = |at: f64| ((at * side) as u32).min(self.nside - 1);
        self.number(place.face, index(place.x), index(place.y))
    }

    /// The middle of a cell, a unit vector; numbers beyond the last cell wrap.
    #[must_use]
    pub fn centre(self, cell: u64) -> Vec3 {
        let (face, x, y) = self.parts(cell);
        self.direction(face, f64::from(x) + 0.5, f64::from(y) + 0.5)
    }

    /// The corners of a cell: south, east, north, west.
    #[must_use]
    pub fn corners(self, cell: u64) -> [Vec3; 4] {
        let (face, x, y) = self.parts(cell);
        let (x, y) = (f64::from(x), f64::from(y));
        [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(dx, dy)| self.direction(face, x + dx, y + dy))
    }

    /// The middle of a side of a cell: south-east, north-east, north-west, south-west.
    #[must_use]
    pub(crate) fn edge_middle(self, cell: u64, side: usize) -> Vec3 {
        let (face, x, y) = self.parts(cell);
        let (dx, dy) = [(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)][side % 4];
        self.direction(face, f64::from(x) + dx, f64::from(y) + dy)
    }

    /// The longest straight line from the middle of a cell to a corner.
    #[must_use]
    pub fn reach(self, cell: u64) -> f64 {
        let centre = self.centre(cell);
        self.corners(cell).map(|corner| distance2(centre, corner)).into_iter().fold(0.0, f64::max).sqrt()
    }

    /// The radius (straight line) of a circle around the middle that fits into every cell of the grid.
    #[must_use]
    pub fn inner(self) -> f64 {
        0.3 * self.side_rad()
    }

    /// The cells that share a side or a corner with a cell.
    #[must_use]
    pub fn neighbours(self, cell: u64) -> Neighbours {
        let (face, x, y) = self.parts(cell);
        let mut found = Neighbours { cells: [0; 8], count: 0 };
        for (dx, dy) in [(-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0)] {
            let (x, y) = (i64::from(x) + dx, i64::from(y) + dy);
            if let Some(cell) = self.step(face, x, y)
                && !found.contains(&cell)
            {
                found.cells[found.count] = cell;
                found.count += 1;
            }
        }
        found
    }

    /// The cell at a place of a face, which may lie one cell beyond its edge; `None` where that is a
    /// corner at which three faces meet.
    fn step(self, mut face: u32, mut x: i64, mut y: i64) -> Option<u64> {
        let n = i64::from(self.nside);
        let outside = |v: i64| v < 0 || v >= n;
        if outside(x) && outside(y) {
            let (equator, same) = ((4..8).contains(&face), (x < 0) == (y < 0));
            if equator == same {
                return None;
            }
        }
        // One side at a time; behind a pole's edge the axes are exchanged, and it may take another step.
        for _ in 0..3 {
            let (row, turn) = (face / 4, face % 4);
            let (east, west) = ((turn + 1) % 4, (turn + 3) % 4);
            (face, x, y) = match (row, x, y) {
                (0, x, y) if x >= n => (east, y, 2 * n - 1 - x),
                (0, x, y) if y >= n => (west, 2 * n - 1 - y, x),
                (0, x, y) if x < 0 => (4 + turn, x + n, y),
                (0, x, y) if y < 0 => (4 + east, x, y + n),
                (1, x, y) if x >= n => (turn, x - n, y),
                (1, x, y) if y >= n => (west, x, y - n),
                (1, x, y) if x < 0 => (8 + west, x + n, y),
                (1, x, y) if y < 0 => (8 + turn, x, y + n),
                (2, x, y) if x >= n => (4 + east, x - n, y),
                (2, x, y) if y >= n => (4 + turn, x, y - n),
                (2, x, y) if x < 0 => (8 + west, y, -1 - x),
                (2, x, y) if y < 0 => (8 + east, -1 - y, x),
                inside => (face, inside.1, inside.2),
            };
            if !outside(x) && !outside(y) {
                return Some(self.number(face, u32::try_from(x).ok()?, u32::try_from(y).ok()?));
            }
        }
        None
    }

    fn number(self, face: u32, x: u32, y: u32) -> u64 {
        let n = u64::from(self.nside);
        (u64::from(face) * n + u64::from(x)) * n + u64::from(y)
    }

    /// Face, x and y of a cell.
    #[must_use]
    pub fn parts(self, cell: u64) -> (u32, u32, u32) {
        let n = u64::from(self.nside);
        let small = |value: u64| u32::try_from(value).unwrap_or(0);
        (small(cell / n / n % 12), small(cell / n % n), small(cell % n))
    }

    /// The direction at `x`, `y` cells from the south corner of a face.
    fn direction(self, face: u32, x: f64, y: f64) -> Vec3 {
        let side = f64::from(self.nside);
        let (x, y) = (x / side, y / side);
        let row = f64::from(face / 4);
        // Rings from the north pole in units of a face's height: 0 there, 2 at the equator, 4 at the south pole.
        let ring = row + 2.0 - x - y;
        let width = if ring < 1.0 {
            ring
        } else if ring > 3.0 {
            4.0 - ring
        } else {
            1.0
        };
        let turn = f64::from(face % 4) * 2.0 + if face / 4 == 1 { 0.0 } else { 1.0 };
        let phi = if width > 1e-15 { FRAC_PI_4 * (turn + (x - y) / width) } else { 0.0 };
        let (z, across) = if width < 1.0 {
            let low = width * width / 3.0;
            let z = if ring < 2.0 { 1.0 - low } else { low - 1.0 };
            (z, (low * (2.0 - low)).max(0.0).sqrt())
        } else {
            let z = (2.0 - ring) * 2.0 / 3.0;
            (z, (1.0 - z * z).sqrt())
        };
        let (sin, cos) = phi.sin_cos();
        [across * cos, across * sin, z]
    }
}

/// Face and place of a unit vector.
fn place([x, y, z]: Vec3) -> Place {
    let turns = y.atan2(x) / FRAC_PI_2;
    let turns = if turns < 0.0 { turns + 4.0 } else { turns };
    let turns = if turns < 4.0 { turns } else { 0.0 };
    if z.abs() <= 2.0 / 3.0 {
        // Lines that rise and fall by 45° in the plane of the projection.
        let falling = 0.5 + turns + 0.75 * z;
        let rising = 0.5 + turns - 0.75 * z;
        let (f, r) = (falling.floor(), rising.floor());
        // Both are in -0.0 to 5.0, and differ by one at most.
        let (fi, ri) = (f.clamp(0.0, 4.0) as u32, r.clamp(0.0, 4.0) as u32);
        let face = match fi.cmp(&ri) {
            std::cmp::Ordering::Equal => 4 + ri % 4,
            std::cmp::Ordering::Greater => ri % 4,
            std::cmp::Ordering::Less => 8 + fi % 4,
        };
        return Place { face, x: falling - f, y: 1.0 - (rising - r) };
    }
    let turn = turns.floor().min(3.0);
    let within = turns - turn;
    // 1 − |z| without cancellation.
    let width = (3.0 * (x * x + y * y) / (1.0 + z.abs())).sqrt();
    let (west, east) = ((1.0 - within) * width, within * width);
    let row = turn as u32;
    if z > 0.0 {
        Place { face: row, x: 1.0 - west, y: 1.0 - east }
    } else {
        Place { face: 8 + row, x: east, y: west }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vector::unit;

    fn sky() -> impl Strategy<Value = Vec3> {
        (-1.0..=1.0_f64, -1.0..=1.0_f64, -1.0..=1.0_f64)
            .prop_filter("a direction", |&(x, y, z)| x * x + y * y + z * z > 1e-3)
            .prop_map(|(x, y, z)| unit([x, y, z]))
    }

    /// Our number of a nested cell.
    fn from_nested(depth: u8, hash: u64) -> u64 {
        let grid = Grid::new(1 << depth).unwrap();
        let inside = hash & ((1 << (2 * depth)) - 1);
        let gather = |shift: u32| {
            (0..u32::from(depth)).fold(0, |sum, bit| sum | (((inside >> (2 * bit + shift)) & 1) << bit))
        };
        let face = u32::try_from(hash >> (2 * depth)).unwrap();
        grid.number(face, u32::try_from(gather(0)).unwrap(), u32::try_from(gather(1)).unwrap())
    }

    #[test]
    fn cells_and_neighbours_are_those_of_cdshealpix() {
        for depth in [0, 1, 2, 4] {
            let grid = Grid::new(1 << depth).unwrap();
            let layer = cdshealpix::nested::get(depth);
            for hash in 0..grid.cells() {
                let ours = from_nested(depth, hash);
                let (lon, lat) = layer.center(hash);
                let centre = [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()];
                assert!(distance2(grid.centre(ours), centre) < 1e-28, "{depth} {hash}");
                if depth == 0 {
                    continue;
                }
                let mut theirs: Vec<u64> = layer
                    .neighbours(hash, false)
                    .values_vec()
                    .iter()
                    .map(|&h| from_nested(depth, h))
                    .collect();
                let mut neighbours = grid.neighbours(ours).to_vec();
                theirs.sort_unstable();
                neighbours.sort_unstable();
                assert_eq!(neighbours, theirs, "{depth} {hash}");
            }
        }
    }

    #[test]
    fn the_centre_lies_in_its_cell_and_neighbours_know_each_other() {
        for nside in [1, 2, 3, 7, 28, 39, 55] {
            let grid = Grid::new(nside).unwrap();
            for cell in 0..grid.cells() {
                assert_eq!(grid.cell_of(grid.centre(cell)), cell, "Nside {nside}");
                if nside > 1 {
                    let neighbours = grid.neighbours(cell);
                    assert!(matches!(neighbours.len(), 7 | 8));
                    assert!(neighbours.iter().all(|&other| grid.neighbours(other).contains(&cell)));
                    let near = 3.0 * grid.side_rad();
                    assert!(
                        neighbours
                            .iter()
                            .all(|&o| distance2(grid.centre(o), grid.centre(cell)) < near * near)
                    );
                }
            }
            let sevens = (0..grid.cells()).filter(|&cell| grid.neighbours(cell).len() == 7).count();
            assert!(nside == 1 || sevens == 24 || nside == 2, "Nside {nside}: {sevens}");
        }
        assert_eq!(Grid::new(0), None);
        assert_eq!(Grid::new(MAX_NSIDE + 1), None);
    }

    proptest! {
        #[test]
        fn a_direction_is_in_the_cell_cdshealpix_says(v in sky(), depth in 0..=20_u8) {
            let (lon, lat) = (v[1].atan2(v[0]).rem_euclid(std::f64::consts::TAU), v[2].asin());
            let hash = cdshealpix::nested::hash(depth, lon, lat);
            let grid = Grid::new(1 << depth).unwrap();
            let ours = grid.cell_of(v);
            // Rounding may put a point on an edge into either cell.
            let theirs = from_nested(depth, hash);
            prop_assert!(ours == theirs || grid.neighbours(theirs).contains(&ours));
            if depth <= 12 {
                prop_assert_eq!(ours, theirs);
            }
        }

        #[test]
        fn a_direction_is_within_reach_of_its_cells_centre(v in sky(), nside in 1..100_000_u32) {
            let grid = Grid::new(nside).unwrap();
            let cell = grid.cell_of(v);
            prop_assert!(cell < grid.cells());
            prop_assert!(distance2(v, grid.centre(cell)).sqrt() <= 1.0001 * grid.reach(cell));
        }

        #[test]
        fn the_inner_circle_lies_in_the_cell(nside in 1..3000_u32, cell in any::<u64>(), angle in 0.0..6.3_f64) {
            let grid = Grid::new(nside).unwrap();
            let cell = cell % grid.cells();
            let centre = grid.centre(cell);
            let side = unit(crate::vector::cross(centre, [0.3, -0.4, 0.1]));
            let other = crate::vector::cross(centre, side);
            let (sin, cos) = angle.sin_cos();
            let radius = 0.99 * grid.inner();
            let v = unit([0, 1, 2].map(|k| centre[k] + radius * (cos * side[k] + sin * other[k])));
            prop_assert_eq!(grid.cell_of(v), cell);
        }

        #[test]
        fn any_numbers_are_taken(v in any::<[f64; 3]>(), cell in any::<u64>(), nside in 1..=MAX_NSIDE) {
            let grid = Grid::new(nside).unwrap();
            prop_assert!(grid.cell_of(v) < grid.cells());
            let _ = (grid.centre(cell), grid.neighbours(cell % grid.cells()), grid.reach(cell));
        }
    }
}
