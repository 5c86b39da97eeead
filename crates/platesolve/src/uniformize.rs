//! The brightest stars of every cell of a grid, without doubles, in the order in
//! which a solver should meet them: the brightest of each cell first, then the
//! second brightest of each, and so on. Lang et al. 2010, AJ 139, 1782, §2.5.

use rayon::prelude::*;

use crate::{
    healpix::Grid,
    vector::{Vec3, distance2},
};

/// The stars that stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uniform {
    /// Numbers of the stars in the order of their rank.
    pub stars: Vec<u32>,
    /// How many stars each sweep gave.
    pub sweeps: Vec<usize>,
    /// Stars left out for lying on a brighter one.
    pub doubles: usize,
}

/// Places for the stars of each occupied cell.
struct Shelf {
    cells: Vec<u64>,
    kept: Vec<u32>,
    count: Vec<u16>,
    sweeps: usize,
}

impl Shelf {
    fn of(&self, slot: usize) -> &[u32] {
        &self.kept[slot * self.sweeps..slot * self.sweeps + usize::from(self.count[slot])]
    }
}

/// Takes at most `sweeps` stars from each cell. `directions` are sorted by brightness; stars nearer
/// than the straight line `dedup` to one that was taken are left out. Numbers must fit `u32`.
#[must_use]
pub fn uniformize(directions: &[Vec3], grid: Grid, sweeps: u16, dedup: f64) -> Uniform {
    let cell_of: Vec<u64> = directions.par_iter().map(|&v| grid.cell_of(v)).collect();
    let mut cells = cell_of.clone();
    cells.par_sort_unstable();
    cells.dedup();
    let slot_of: Vec<u32> = cell_of
        .par_iter()
        .map(|cell| u32::try_from(cells.binary_search(cell).unwrap_or_default()).unwrap_or(u32::MAX))
        .collect();
    let width = usize::from(sweeps);
    let mut shelf =
        Shelf { kept: vec![0; cells.len() * width], count: vec![0; cells.len()], cells, sweeps: width };
    let mut doubles = 0;
    for (star, (&slot, &cell)) in slot_of.iter().zip(&cell_of).enumerate() {
        let slot = slot as usize;
        if shelf.count[slot] == sweeps {
            continue;
        }
        if dedup > 0.0 && is_double(directions, star, slot, cell, grid, dedup, &shelf) {
            doubles += 1;
            continue;
        }
        shelf.kept[slot * width + usize::from(shelf.count[slot])] = star as u32;
        shelf.count[slot] += 1;
    }
    let mut stars = Vec::with_capacity(directions.len().min(shelf.kept.len()));
    let mut counts = Vec::with_capacity(width);
    for sweep in 0..width {
        let start = stars.len();
        stars.extend((0..shelf.count.len()).filter_map(|slot| shelf.of(slot).get(sweep)));
        // Numbers rise with magnitude.
        stars[start..].sort_unstable();
        counts.push(stars.len() - start);
    }
    Uniform { stars, sweeps: counts, doubles }
}

fn is_double(
    directions: &[Vec3],
    star: usize,
    slot: usize,
    cell: u64,
    grid: Grid,
    dedup: f64,
    shelf: &Shelf,
) -> bool {
    let here = directions[star];
    let near = |slot: usize| {
        shelf.of(slot).iter().any(|&other| distance2(directions[other as usize], here) <= dedup * dedup)
    };
    if near(slot) {
        return true;
    }
    // A neighbour can only hold a double of a star that is near the edge.
    let centre = grid.centre(cell);
    let inner = grid.inner() - dedup;
    if inner > 0.0 && distance2(here, centre) < inner * inner {
        return false;
    }
    grid.neighbours(cell).iter().any(|other| shelf.cells.binary_search(other).is_ok_and(near))
}
