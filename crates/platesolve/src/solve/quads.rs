//! Quads of an image, from its brightest sources outwards: when the n-th source
//! comes, those that have it and brighter ones only.

use crate::code::{Frame, MAX_INNER};

/// A source and its place in the frame of a pair.
type Placed = (usize, [f64; 2]);

/// Two sources, and those inside the circle whose diameter they are.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// The two ends.
    pub ends: [usize; 2],
    /// Pixels between them.
    pub length: f64,
    frame: Frame,
    /// Sources in the circle and their places in the pair's frame.
    inner: Vec<Placed>,
}

/// A quad of the image: its code as the index would have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quad<const D: usize> {
    /// 2 coordinates for each inner source.
    pub code: [f64; D],
    /// Sources in the order of the index's stars: A, B, then the inner ones.
    pub sources: [usize; 2 + MAX_INNER],
    /// Sign of the determinant of CD that this reading of the image means.
    pub parity: i8,
}

/// All pairs so far.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    pairs: Vec<Pair>,
    /// How many pairs there were before the last source came.
    old: usize,
}

impl Pairs {
    /// Takes source number `newest` in: all before it must have come already.
    pub fn add(&mut self, points: &[[f64; 2]], newest: usize, lengths: (f64, f64), tolerance: f64) {
        let point = points[newest];
        for pair in &mut self.pairs {
            let place = pair.frame.place(point);
            if Frame::is_inside(place, tolerance) {
                pair.inner.push((newest, place));
            }
        }
        self.old = self.pairs.len();
        for (other, &end) in points[..newest].iter().enumerate() {
            let length = (end[0] - point[0]).hypot(end[1] - point[1]);
            if length < lengths.0 || length > lengths.1 {
                continue;
            }
            let frame = Frame::new(end, point);
            let places = points[..newest].iter().enumerate().filter(|(k, _)| *k != other);
            let inner = places
                .map(|(k, &p)| (k, frame.place(p)))
                .filter(|(_, place)| Frame::is_inside(*place, tolerance))
                .collect();
            self.pairs.push(Pair { ends: [other, newest], length, frame, inner });
        }
    }

    /// Pairs that make new quads of `inner` inner sources, now that source `newest` has come.
    pub fn fresh(&self, newest: usize, inner: usize) -> impl Iterator<Item = Work<'_>> {
        self.pairs.iter().enumerate().filter_map(move |(k, pair)| {
            let is_new = k >= self.old;
            let has_newest = is_new || pair.inner.last().is_some_and(|(source, _)| *source == newest);
            (has_newest && pair.inner.len() >= inner).then_some(Work { pair, is_new, inner })
        })
    }
}

/// A pair and which of its quads are new.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work<'a> {
    /// The pair.
    pub pair: &'a Pair,
    is_new: bool,
    /// Inner sources of a quad.
    inner: usize,
}

impl Work<'_> {
    /// Inner sources of its quads.
    pub fn inner(&self) -> usize {
        self.inner
    }

    /// How many sets of inner sources there are.
    pub fn count(&self) -> u64 {
        let n = self.pair.inner.len() as u64;
        let choose = |n: u64, k: u64| (0..k).fold(1_u64, |product, i| product * (n - i) / (i + 1));
        let k = self.inner as u64;
        if self.is_new { choose(n, k) } else { choose(n - 1, k - 1) }
    }

    /// Calls `each` with every new quad, in every reading that an index may have it: two parities, A and B
    /// either way, inner sources in the order of x where the tolerance leaves one open. Ends early where
    /// `each` gives something.
    pub fn quads<const D: usize, R>(
        &self,
        parities: &[i8],
        tolerance: f64,
        mut each: impl FnMut(&Quad<D>) -> Option<R>,
    ) -> Option<R> {
        let inner = D / 2;
        let all = self.pair.inner.len();
        if inner != self.inner || all < inner {
            return None;
        }
        let mut chosen: [usize; MAX_INNER] = std::array::from_fn(|k| k);
        let (mut free, mut pool) = (inner, all);
        if !self.is_new {
            // The newest source is the last of the list: sets without it were seen before.
            (free, pool) = (inner - 1, all - 1);
            chosen[inner - 1] = all - 1;
        }
        loop {
            let found = self.readings(&chosen[..inner], parities, tolerance, &mut each);
            if found.is_some() {
                return found;
            }
            // The next set in lexical order.
            let k = (0..free).rev().find(|&k| chosen[k] < pool - free + k)?;
            chosen[k] += 1;
            for later in k + 1..free {
                chosen[later] = chosen[later - 1] + 1;
            }
        }
    }

    fn readings<const D: usize, R>(
        &self,
        chosen: &[usize],
        parities: &[i8],
        tolerance: f64,
        each: &mut impl FnMut(&Quad<D>) -> Option<R>,
    ) -> Option<R> {
        let inner = chosen.len();
        for &parity in parities {
            for swapped in [false, true] {
                let mut places = [(0, [0.0; 2]); MAX_INNER];
                let mut sum = 0.0;
                for (slot, &k) in places.iter_mut().zip(chosen) {
                    let (source, [x, y]) = self.pair.inner[k];
                    // Codes have north before east: an image seen as the eye sees the sky is mirrored.
                    let (x, y) = if parity > 0 { (y, x) } else { (x, y) };
                    let place = if swapped { [1.0 - x, 1.0 - y] } else { [x, y] };
                    *slot = (source, place);
                    sum += place[0];
                }
                if sum > inner as f64 * (0.5 + tolerance) {
                    continue;
                }
                let places = &mut places[..inner];
                places.sort_by(|a, b| a.1[0].total_cmp(&b.1[0]));
                let ends = if swapped { [self.pair.ends[1], self.pair.ends[0]] } else { self.pair.ends };
                if let Some(found) = orders(places, 0, tolerance, &mut |places| {
                    let mut quad = Quad { code: [0.0; D], sources: [0; 2 + MAX_INNER], parity };
                    quad.sources[..2].copy_from_slice(&ends);
                    for (k, (source, place)) in places.iter().enumerate() {
                        quad.code[2 * k..2 * k + 2].copy_from_slice(place);
                        quad.sources[2 + k] = *source;
                    }
                    each(&quad)
                }) {
                    return Some(found);
                }
            }
        }
        None
    }
}

/// Every order of the places in which none stands before one that is smaller in x by more than the tolerance.
fn orders<R>(
    places: &mut [Placed],
    from: usize,
    tolerance: f64,
    each: &mut dyn FnMut(&[Placed]) -> Option<R>,
) -> Option<R> {
    if from + 1 >= places.len() {
        return each(places);
    }
    let least = places[from..].iter().map(|(_, place)| place[0]).fold(f64::INFINITY, f64::min);
    for k in from..places.len() {
        if places[k].1[0] <= least + tolerance {
            places.swap(from, k);
            let found = orders(places, from + 1, tolerance, each);
            places.swap(from, k);
            if found.is_some() {
                return found;
            }
        }
    }
    None
}
