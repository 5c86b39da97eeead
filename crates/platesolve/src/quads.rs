//! Choosing quads: pass after pass, every cell takes the first quad, in order of
//! brightness, whose AB has its middle in the cell, until each cell has as many
//! as there are passes. A star serves in a limited number of quads. Lang et al.
//! 2010, AJ 139, 1782, §2.5.
//!
//! Cells of a block look for their quads side by side; then they are taken in
//! the order of cells, and a cell whose stars were used up by an earlier one
//! looks again. A quad that is the first among more stars is the first among
//! fewer, so the outcome is that of one cell after the other.

mod bounds;
mod cell;
mod reach;

use domain::Progress;
use rayon::prelude::*;

use crate::{build::BuildError, healpix::Grid, vector::Vec3};
use cell::{Cell, Sky};
pub(crate) use reach::Reach;

/// How quads are chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// Stars of a quad, 3 to 5.
    pub dim: usize,
    /// Shortest and longest AB, straight lines.
    pub chord: [f64; 2],
    /// Quads a cell takes at most.
    pub passes: u32,
    /// Quads a star serves in at most; then more and more, up to the second number.
    pub reuse: [u16; 2],
    /// Cells that look at a time; 1 is the plain sequential method.
    pub block: usize,
}

/// The quads of `stars` (unit vectors in any order; `rank` says which are brighter), `dim` numbers of
/// stars each, A and B first.
pub(crate) fn choose(
    stars: &[Vec3],
    rank: &[u32],
    grid: Grid,
    cells: &[u64],
    rules: &Rules,
    progress: &dyn Progress,
) -> Result<Vec<u32>, BuildError> {
    let reach = Reach::new(stars, rank, grid, rules.chord[1]);
    progress.begin("looking around cells", cells.len() as u64);
    let all = cells.len() as u64;
    let mut cells: Vec<Cell> = cells
        .par_iter()
        .map(|&number| Cell::new(number, grid, &reach, rules))
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    progress.advance(all);
    progress.end();
    progress.check()?;
    let mut work = Work {
        sky: Sky { stars, grid, dim: rules.dim, chord2: rules.chord.map(|chord| chord * chord) },
        uses: vec![0; stars.len()],
        quads: Vec::new(),
        block: rules.block.max(1),
    };
    let mut failed = Vec::new();
    progress.begin("choosing quads", u64::from(rules.passes) * cells.len() as u64);
    for _ in 0..rules.passes {
        failed.push(work.pass(&mut cells, rules.reuse[0], progress)?);
    }
    progress.end();
    if failed.iter().any(|missing| !missing.is_empty()) && rules.reuse[1] > rules.reuse[0] {
        progress.begin("using stars more often", 0);
        for limit in rules.reuse[0] + 1..=rules.reuse[1] {
            work.again(&mut cells, &mut failed, limit, progress)?;
        }
        progress.end();
    }
    Ok(work.quads)
}

struct Work<'a> {
    sky: Sky<'a>,
    /// Quads each star serves in.
    uses: Vec<u16>,
    quads: Vec<u32>,
    block: usize,
}

impl Work<'_> {
    /// Another try for the cells that found no quad in a pass, with a higher limit; those that find none
    /// now are left in `failed`.
    fn again(
        &mut self,
        cells: &mut [Cell],
        failed: &mut [Vec<usize>],
        limit: u16,
        progress: &dyn Progress,
    ) -> Result<(), BuildError> {
        for cell in &mut *cells {
            cell.start_over();
        }
        for missing in failed {
            let mut chosen: Vec<Cell> = missing.iter().map(|&at| std::mem::take(&mut cells[at])).collect();
            let still = self.pass(&mut chosen, limit, progress)?;
            for (&at, cell) in missing.iter().zip(chosen) {
                cells[at] = cell;
            }
            *missing = still.into_iter().map(|at| missing[at]).collect();
        }
        Ok(())
    }

    /// One more quad for each of these cells; gives the places of those that found none.
    fn pass(
        &mut self,
        cells: &mut [Cell],
        limit: u16,
        progress: &dyn Progress,
    ) -> Result<Vec<usize>, BuildError> {
        let mut failed = Vec::new();
        for (block, cells) in cells.chunks_mut(self.block).enumerate() {
            progress.check()?;
            let (sky, uses) = (&self.sky, &self.uses);
            let look = |cell: &mut Cell| cell.look(sky, uses, limit);
            let found: Vec<_> = if cells.len() > 1 {
                cells.par_iter_mut().with_min_len(16).map(look).collect()
            } else {
                cells.iter_mut().map(look).collect()
            };
            for (i, (cell, mut quad)) in cells.iter_mut().zip(found).enumerate() {
                let is_free = |id: &u32| self.uses[*id as usize] < limit;
                if quad.is_some_and(|quad| !quad.stars[..self.sky.dim].iter().all(is_free)) {
                    quad = cell.look(&self.sky, &self.uses, limit);
                }
                let Some(quad) = quad else {
                    failed.push(block * self.block + i);
                    continue;
                };
                for &star in &quad.stars[..self.sky.dim] {
                    self.uses[star as usize] += 1;
                }
                self.quads.extend_from_slice(&quad.stars[..self.sky.dim]);
                cell.take(quad);
            }
            progress.advance(cells.len() as u64);
        }
        Ok(failed)
    }
}
