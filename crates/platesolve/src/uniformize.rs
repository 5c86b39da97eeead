//! The brightest stars of every cell of a grid, without doubles, in the order in
//! which a solver should meet them: the brightest of each cell first, then the
//! second brightest of each, and so on. Lang et al. 2010, AJ 139, 1782, §2.5.

use rayon::prelude::*;

use crate::{
    healpix::Grid,
    vector::{Vec3, distance2},
};

/// The stars that stay.
#[derive(Debug, Clone, PartialEq)]
pub struct Uniform {
    /// Numbers of the stars in the order of their rank.
    pub stars: Vec<u32>,
    /// Their directions.
    pub directions: Vec<Vec3>,
    /// How many stars each sweep gave.
    pub sweeps: Vec<usize>,
    /// Stars left out for lying on a brighter one.
    pub doubles: usize,
}

/// Stars looked at together; when all cells are full, the rest is not looked at.
const STEP: usize = 1 << 16;

/// Takes at most `sweeps` stars from each cell, out of `count` stars sorted by brightness. Stars nearer
/// than the straight line `dedup` to one that was taken are left out. `count` must fit `u32`.
#[must_use]
pub fn uniformize(
    count: usize,
    direction: impl Fn(usize) -> Vec3 + Sync,
    grid: Grid,
    sweeps: u16,
    dedup: f64,
) -> Uniform {
    let mut shelf = Shelf::new(grid, count, usize::from(sweeps), &direction);
    let mut doubles = 0;
    for start in (0..count).step_by(STEP) {
        if shelf.is_full() {
            break;
        }
        let found: Vec<(Vec3, u64)> = (start..count.min(start + STEP))
            .into_par_iter()
            .map(|star| {
                let here = direction(star);
                (here, grid.cell_of(here))
            })
            .collect();
        for (star, (here, cell)) in (start as u32..).zip(found) {
            let Some(slot) = shelf.slot(cell).filter(|&slot| shelf.has_room(slot)) else { continue };
            if dedup > 0.0 && shelf.has_near(slot, cell, here, dedup) {
                doubles += 1;
            } else {
                shelf.put(slot, star, here);
            }
        }
    }
    let mut uniform = Uniform { stars: Vec::new(), directions: Vec::new(), sweeps: Vec::new(), doubles };
    for sweep in 0..usize::from(sweeps) {
        // Places on the shelf were given in the order of brightness.
        let mut places: Vec<u32> = (0..shelf.slots()).filter_map(|slot| shelf.of(slot).nth(sweep)).collect();
        places.par_sort_unstable();
        uniform.sweeps.push(places.len());
        uniform.stars.extend(places.iter().map(|&place| shelf.stars[place as usize]));
        uniform.directions.extend(places.iter().map(|&place| shelf.directions[place as usize]));
    }
    uniform
}

/// What each cell has taken.
struct Shelf {
    grid: Grid,
    sweeps: usize,
    /// Occupied cells, rising, where there are far more cells than stars; else every cell has a slot.
    cells: Option<Vec<u64>>,
    /// Places of the stars of each slot, `sweeps` wide.
    places: Vec<u32>,
    filled: Vec<u16>,
    full: usize,
    stars: Vec<u32>,
    directions: Vec<Vec3>,
}

impl Shelf {
    fn new(grid: Grid, count: usize, sweeps: usize, direction: &(impl Fn(usize) -> Vec3 + Sync)) -> Self {
        let cells = (grid.cells() > 4 * count as u64 + 100_000).then(|| {
            let mut cells: Vec<u64> =
                (0..count).into_par_iter().map(|star| grid.cell_of(direction(star))).collect();
            cells.par_sort_unstable();
            cells.dedup();
            cells
        });
        let slots = cells.as_ref().map_or(grid.cells() as usize, Vec::len);
        Self {
            grid,
            sweeps,
            cells,
            places: vec![0; slots * sweeps],
            filled: vec![0; slots],
            full: 0,
            stars: Vec::new(),
            directions: Vec::new(),
        }
    }

    fn slots(&self) -> usize {
        self.filled.len()
    }

    fn is_full(&self) -> bool {
        self.full == self.slots()
    }

    fn slot(&self, cell: u64) -> Option<usize> {
        match &self.cells {
            None => Some(cell as usize),
            Some(cells) => cells.binary_search(&cell).ok(),
        }
    }

    fn has_room(&self, slot: usize) -> bool {
        usize::from(self.filled[slot]) < self.sweeps
    }

    /// Places of the stars of a slot, brightest first.
    fn of(&self, slot: usize) -> impl Iterator<Item = u32> {
        let start = slot * self.sweeps;
        self.places[start..start + usize::from(self.filled[slot])].iter().copied()
    }

    fn put(&mut self, slot: usize, star: u32, direction: Vec3) {
        self.places[slot * self.sweeps + usize::from(self.filled[slot])] = self.stars.len() as u32;
        self.filled[slot] += 1;
        self.full += usize::from(!self.has_room(slot));
        self.stars.push(star);
        self.directions.push(direction);
    }

    /// Whether a star nearer than `dedup` was taken by the cell or one that touches it.
    fn has_near(&self, slot: usize, cell: u64, here: Vec3, dedup: f64) -> bool {
        let near = |slot: usize| {
            self.of(slot).any(|place| distance2(self.directions[place as usize], here) <= dedup * dedup)
        };
        if near(slot) {
            return true;
        }
        // Only a star near the edge can have its double beyond it.
        let inner = self.grid.inner() - dedup;
        if inner > 0.0 && distance2(here, self.grid.centre(cell)) < inner * inner {
            return false;
        }
        self.grid.neighbours(cell).iter().any(|&other| self.slot(other).is_some_and(near))
    }
}
