//! Which stars lie near a cell: stars sorted by coarse cells, so that those
//! within reach are found in a coarse cell and its neighbours.

use crate::{
    healpix::Grid,
    vector::{Vec3, distance2},
};

/// Stars by coarse cells.
pub(crate) struct Reach<'a> {
    stars: &'a [Vec3],
    rank: &'a [u32],
    coarse: Grid,
    cells: Vec<u64>,
    /// Where the stars of each coarse cell begin in `members`, and the end.
    starts: Vec<usize>,
    members: Vec<u32>,
    /// Half the longest AB (straight line).
    half: f64,
}

impl<'a> Reach<'a> {
    /// Sorts stars for cells of `grid` and AB up to the straight line `longest`.
    pub(crate) fn new(stars: &'a [Vec3], rank: &'a [u32], grid: Grid, longest: f64) -> Self {
        let half = longest / 2.0;
        // The distance across a cell is more than twice its inner circle's radius, and a cell reaches a side.
        let radius = 1.01 * (grid.side_rad() + half);
        let nside =
            (0.6 * Grid::side_rad_of_one() / radius).floor().clamp(1.0, f64::from(grid.nside())) as u32;
        let coarse = Grid::new(nside).unwrap_or(grid);
        let mut keyed: Vec<(u64, u32)> =
            stars.iter().zip(0..).map(|(&star, id)| (coarse.cell_of(star), id)).collect();
        rayon::slice::ParallelSliceMut::par_sort_unstable(&mut keyed[..]);
        let (mut cells, mut starts) = (Vec::new(), Vec::new());
        for (at, &(cell, _)) in keyed.iter().enumerate() {
            if cells.last() != Some(&cell) {
                cells.push(cell);
                starts.push(at);
            }
        }
        starts.push(keyed.len());
        let members = keyed.into_iter().map(|(_, id)| id).collect();
        Self { stars, rank, coarse, cells, starts, members, half }
    }

    /// The stars a quad of this cell of `grid` can have, brightest first.
    pub(crate) fn around(&self, grid: Grid, cell: u64) -> Vec<u32> {
        let centre = grid.centre(cell);
        let radius = 1.01 * (grid.reach(cell) + self.half);
        let own = self.coarse.cell_of(centre);
        let mut found = Vec::new();
        for coarse in self.coarse.neighbours(own).iter().copied().chain([own]) {
            let Ok(at) = self.cells.binary_search(&coarse) else { continue };
            let members = &self.members[self.starts[at]..self.starts[at + 1]];
            let near = |id: &&u32| distance2(self.stars[**id as usize], centre) <= radius * radius;
            found.extend(members.iter().filter(near));
        }
        found.sort_unstable_by_key(|&id| self.rank[id as usize]);
        found
    }
}
