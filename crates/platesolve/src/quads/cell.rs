//! The search of one cell for its next quad: stars join one at a time, brightest
//! first; those quads come first in which the newcomer is B, then those in which
//! it is the last inner star.

use super::{Reach, Rules};
use crate::{
    build::BuildError,
    healpix::Grid,
    vector::{Vec3, add, distance2, dot, unit},
};

/// What all cells look at.
pub(super) struct Sky<'a> {
    pub stars: &'a [Vec3],
    pub grid: Grid,
    pub dim: usize,
    /// Squares of the shortest and the longest AB.
    pub chord2: [f64; 2],
}

/// A quad that was found: numbers of its stars, and their places among those of the cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// The first `dim` count.
    pub stars: [u32; 5],
    places: [u16; 5],
    newcomer: u16,
}

/// A cell and how far its search has come.
#[derive(Debug, Default)]
pub(super) struct Cell {
    number: u64,
    centre: Vec3,
    /// Square of the longest line from the centre to a point of the cell.
    reach2: f64,
    /// Stars within reach, brightest first.
    near: Vec<u32>,
    /// Pairs of places that can be A and B, by the place of B; known for places below `paired`.
    pairs: Vec<[u16; 2]>,
    paired: usize,
    /// Quads taken.
    taken: Vec<[u16; 5]>,
    /// With the stars that are free, no newcomer before this one makes a quad.
    newcomer: usize,
}

impl Cell {
    /// The cell with its stars; `None` when they are too few for a quad.
    pub fn new(
        number: u64,
        grid: Grid,
        reach: &Reach<'_>,
        rules: &Rules,
    ) -> Result<Option<Self>, BuildError> {
        let near = reach.around(grid, number);
        if near.len() > usize::from(u16::MAX) {
            return Err(BuildError::Crowded { stars: near.len() });
        }
        let reach2 = (1.01 * grid.reach(number)).powi(2);
        let cell = Self { number, centre: grid.centre(number), reach2, near, ..Self::default() };
        Ok((cell.near.len() >= rules.dim).then_some(cell))
    }

    /// Forgets how far the search has come: more stars are free now.
    pub fn start_over(&mut self) {
        self.newcomer = 0;
    }

    /// Keeps a quad, so that it is not found again.
    pub fn take(&mut self, found: Found) {
        self.newcomer = usize::from(found.newcomer);
        self.taken.push(found.places);
    }

    /// The first quad of free stars that was not taken.
    pub fn look(&mut self, sky: &Sky<'_>, uses: &[u16], limit: u16) -> Option<Found> {
        let free = |near: &[u32], place: u16| uses[near[usize::from(place)] as usize] < limit;
        while self.newcomer < self.near.len() {
            let newcomer = self.newcomer;
            if self.paired <= newcomer {
                self.pair(sky, newcomer);
            }
            let n = newcomer as u16;
            if free(&self.near, n) {
                let first = self.pairs.partition_point(|pair| pair[1] < n);
                let end = first + self.pairs[first..].partition_point(|pair| pair[1] == n);
                let as_b = self.pairs[first..end].iter().map(|&pair| (pair, None));
                let as_inner = self.pairs[..first].iter().map(|&pair| (pair, Some(n)));
                for ([a, b], last) in as_b.chain(as_inner) {
                    let star = |place: u16| sky.stars[self.near[usize::from(place)] as usize];
                    let inside = |place: u16| is_inside(star(a), star(b), star(place));
                    if last.is_some_and(|last| !inside(last)) || !free(&self.near, a) || !free(&self.near, b)
                    {
                        continue;
                    }
                    let fits =
                        |place: u16| place != a && place != b && free(&self.near, place) && inside(place);
                    let mut places = [a, b, u16::MAX, u16::MAX, u16::MAX];
                    if let Some(last) = last {
                        places[sky.dim - 1] = last;
                    }
                    let open = sky.dim - 2 - usize::from(last.is_some());
                    if fill(&mut places, 2, open, 0..n, &fits, &self.taken) {
                        return Some(self.found(places, sky.dim, n));
                    }
                }
            }
            self.newcomer += 1;
        }
        None
    }

    /// Finds the pairs in which the next star is B.
    fn pair(&mut self, sky: &Sky<'_>, place: usize) {
        let b = sky.stars[self.near[place] as usize];
        for a_place in 0..place {
            let a = sky.stars[self.near[a_place] as usize];
            let square = distance2(a, b);
            if square < sky.chord2[0] || square > sky.chord2[1] {
                continue;
            }
            let sum = add(a, b);
            if dot(sum, sum) < 1e-12 {
                continue;
            }
            let middle = unit(sum);
            if distance2(middle, self.centre) <= self.reach2 && sky.grid.cell_of(middle) == self.number {
                self.pairs.push([a_place as u16, place as u16]);
            }
        }
        self.paired = place + 1;
    }

    fn found(&self, places: [u16; 5], dim: usize, newcomer: u16) -> Found {
        let mut stars = [0; 5];
        for (star, &place) in stars.iter_mut().zip(&places[..dim]) {
            *star = self.near[usize::from(place)];
        }
        Found { stars, places, newcomer }
    }
}

/// Whether a star lies in the circle with the diameter AB. In the plane that touches the sphere in the
/// middle of AB this is Thales' circle, and so it is in space.
fn is_inside(a: Vec3, b: Vec3, star: Vec3) -> bool {
    let from = |p: Vec3| [star[0] - p[0], star[1] - p[1], star[2] - p[2]];
    dot(from(a), from(b)) <= 0.0
}

/// Fills `open` places from `at` on with rising places out of `range` that fit; false if there is no way
/// that was not taken.
fn fill(
    places: &mut [u16; 5],
    at: usize,
    open: usize,
    range: std::ops::Range<u16>,
    fits: &impl Fn(u16) -> bool,
    taken: &[[u16; 5]],
) -> bool {
    if open == 0 {
        return !taken.contains(places);
    }
    for place in range.clone() {
        if fits(place) {
            places[at] = place;
            if fill(places, at + 1, open - 1, place + 1..range.end, fits, taken) {
                return true;
            }
        }
    }
    // What an inner star leaves behind is overwritten by the next; the last one's place is not ours.
    false
}
