//! The search of one cell for its next quad: stars join one at a time, brightest
//! first; those quads come first in which the newcomer is B, then those in which
//! it is the last inner star.

use super::{Reach, Rules, bounds::Bounds};
use crate::{
    build::BuildError,
    healpix::Grid,
    vector::{Vec3, dot, unit},
};

/// Stars whose pairs are looked for together.
const AHEAD: usize = 8;

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
}

/// A cell and how far its search has come.
#[derive(Debug, Default)]
pub(super) struct Cell {
    number: u64,
    bounds: Bounds,
    /// Stars within reach, brightest first.
    near: Vec<u32>,
    /// Pairs of places that can be A and B, by the place of B; known for places below `paired`.
    pairs: Vec<[u16; 2]>,
    paired: usize,
    /// Quads taken.
    taken: Vec<[u16; 5]>,
    /// With the stars that are free, no newcomer before this one makes a quad,
    newcomer: usize,
    /// nor does this one with pairs before this.
    cursor: usize,
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
        let cell = Self { number, bounds: Bounds::of(grid, number), near, ..Self::default() };
        Ok((cell.near.len() >= rules.dim).then_some(cell))
    }

    /// Forgets how far the search has come: more stars are free now.
    pub fn start_over(&mut self) {
        self.newcomer = 0;
        self.cursor = 0;
    }

    /// Keeps a quad, so that it is not found again.
    pub fn take(&mut self, found: Found) {
        self.taken.push(found.places);
    }

    /// The first quad of free stars that was not taken. Until the search starts over, `limit` must be the
    /// same and `uses` only rise: then what came before the last quad stays out of the question.
    pub fn look(&mut self, sky: &Sky<'_>, uses: &[u16], limit: u16) -> Option<Found> {
        while self.newcomer < self.near.len() {
            if self.paired <= self.newcomer {
                self.pair(sky);
            }
            if uses[self.near[self.newcomer] as usize] < limit {
                let found = self.with_newcomer(sky, uses, limit);
                if found.is_some() {
                    return found;
                }
            }
            self.newcomer += 1;
            self.cursor = 0;
        }
        None
    }

    /// The first quad to which the newcomer belongs.
    fn with_newcomer(&mut self, sky: &Sky<'_>, uses: &[u16], limit: u16) -> Option<Found> {
        let n = self.newcomer as u16;
        let near = &self.near[..];
        let free = |place: u16| uses[near[usize::from(place)] as usize] < limit;
        let star = |place: u16| sky.stars[near[usize::from(place)] as usize];
        // Pairs with the newcomer as B, then those without.
        let first = self.pairs.partition_point(|pair| pair[1] < n);
        let end = first + self.pairs[first..].partition_point(|pair| pair[1] == n);
        let own = end - first;
        let last = star(n);
        for cursor in self.cursor..end {
            let is_b = cursor < own;
            let [a, b] = self.pairs[if is_b { first + cursor } else { cursor - own }];
            if !free(a) || !free(b) || !is_b && !is_inside(star(a), star(b), last) {
                continue;
            }
            let (at_a, at_b) = (star(a), star(b));
            let fits =
                |place: u16| place != a && place != b && free(place) && is_inside(at_a, at_b, star(place));
            let mut places = [a, b, u16::MAX, u16::MAX, u16::MAX];
            if !is_b {
                places[sky.dim - 1] = n;
            }
            let open = sky.dim - 2 - usize::from(!is_b);
            if fill(&mut places, 2, open, 0..n, &fits, &self.taken) {
                self.cursor = cursor;
                let mut stars = [0; 5];
                for (star, &place) in stars.iter_mut().zip(&places[..sky.dim]) {
                    *star = near[usize::from(place)];
                }
                return Some(Found { stars, places });
            }
        }
        None
    }

    /// Finds the pairs in which the next few stars are B.
    fn pair(&mut self, sky: &Sky<'_>) {
        let end = (self.paired + AHEAD).min(self.near.len());
        let centre = self.bounds.centre();
        let columns = [0, 1, 2].map(|k| -> Vec<f64> {
            self.near[..end].iter().map(|&id| sky.stars[id as usize][k] - centre[k]).collect()
        });
        let most = self.bounds.reach2() * 4.0 + sky.chord2[1] * sky.chord2[1];
        let mut likely = Vec::with_capacity(end);
        for place in self.paired..end {
            likely_partners(&columns, place, sky.chord2, most, &mut likely);
            for (a, _) in (0..).zip(&likely).filter(|(_, is_likely)| **is_likely) {
                let at = |k: usize| columns[k][usize::from(a)] + columns[k][place] + 2.0 * centre[k];
                let both = [at(0), at(1), at(2)];
                if dot(both, both) > 1e-12 && self.bounds.hold(unit(both), sky.grid, self.number) {
                    self.pairs.push([a, place as u16]);
                }
            }
        }
        self.paired = end;
    }
}

/// Whether each star before `b` is at a distance from it that can be AB's, and their middle within
/// reach: the square of their sum, from the middle of the cell, is `most`. (The middle of AB lies
/// deeper than the sphere, by less than the fourth power of AB.) One pass without branches.
#[inline(never)]
fn likely_partners(
    [x, y, z]: &[Vec<f64>; 3],
    b: usize,
    [shortest, longest]: [f64; 2],
    most: f64,
    likely: &mut Vec<bool>,
) {
    let (bx, by, bz) = (x[b], y[b], z[b]);
    likely.clear();
    likely.extend(x[..b].iter().zip(&y[..b]).zip(&z[..b]).map(|((x, y), z)| {
        let square = (x - bx) * (x - bx) + (y - by) * (y - by) + (z - bz) * (z - bz);
        let sum = (x + bx) * (x + bx) + (y + by) * (y + by) + (z + bz) * (z + bz);
        (square >= shortest) & (square <= longest) & (sum <= most)
    }));
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
