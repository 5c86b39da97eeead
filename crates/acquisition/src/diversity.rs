//! Diversity: no cell of the embeddings and no cell of the sky may fill a batch. A batch is walked
//! best first, and an image whose cell is full is passed over.
//!
//! For a draw by Gumbel keys the propensity stays exact. With everybody else's key given, an image
//! is chosen if and only if its own key exceeds a threshold: that of the image which takes its place
//! when it is taken out. Until then both walks agree but for one place less in its two cells and in
//! the batch, so that image is the first after it that was passed over for want of exactly these
//! places, or the first one beyond the end.

use std::collections::HashMap;

use domain::Seed;
use serde::{Deserialize, Serialize};

use crate::{
    Pool, SelectError, Selected, Strategy,
    clusters::Clusters,
    noise::Noise,
    rows::{self, passes},
    selector::top,
    space::Space,
};

/// A cell always has room for so many.
const LEAST: usize = 3;
/// Images that the cells are fitted on, at most.
const FITTED: usize = 2_000;
/// Images of a walk placed at once, the first time; four times as many each time after that.
const PLACED: usize = 1024;

/// Caps on what one cell may take of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DiversityConfig {
    /// k-means cells of the embeddings; 0 or 1: no cap on them.
    pub clusters: usize,
    /// How many times its even share a cell may take; for the sky too. 3 images always may.
    pub over: f64,
}

impl Default for DiversityConfig {
    fn default() -> Self {
        Self { clusters: 32, over: 4.0 }
    }
}

impl DiversityConfig {
    pub(crate) fn check(&self) -> Result<(), SelectError> {
        let valid = self.over >= 1.0 && self.over.is_finite();
        SelectError::check("over", self.over, valid, "give 1 or more, or the batch cannot be filled")
    }
}

/// The cells of a pool.
pub(crate) struct Diversity<'a> {
    pool: Pool<'a>,
    clusters: Option<(Clusters, Space<'a>)>,
    sky: usize,
    over: f64,
}

/// Where one image is.
type Place = (u32, u64);

/// What may still be taken.
struct Room {
    taken: usize,
    batch: usize,
    clusters: HashMap<u32, usize>,
    sky: HashMap<u64, usize>,
    per_cluster: usize,
    per_sky: usize,
}

impl Room {
    /// Whether the two cells are full.
    fn full(&self, (cluster, cell): Place) -> (bool, bool) {
        let at = |count: Option<&usize>, most: usize| count.is_some_and(|count| *count >= most);
        (at(self.clusters.get(&cluster), self.per_cluster), at(self.sky.get(&cell), self.per_sky))
    }

    fn take(&mut self, (cluster, cell): Place) {
        self.taken += 1;
        *self.clusters.entry(cluster).or_default() += 1;
        *self.sky.entry(cell).or_default() += 1;
    }
}

impl<'a> Diversity<'a> {
    /// `None` where there is nothing to tell images apart by. The cells part what is worth looking at
    /// (`worth`: any lists of positions, best first), not the pool at large, whose top would lie in one.
    pub fn of(
        pool: &Pool<'a>,
        open: &[usize],
        config: DiversityConfig,
        worth: &[Vec<usize>],
        seed: Seed,
    ) -> Option<Self> {
        let sky = pool.cells().map_or(1, |cells| {
            let mut seen: Vec<u64> = open.iter().map(|&i| cells[i]).collect();
            seen.sort_unstable();
            seen.dedup();
            seen.len()
        });
        let clusters = if config.clusters > 1 && pool.embeddings().is_some() {
            let mut fitted: Vec<usize> = worth
                .iter()
                .flat_map(|list| list.iter().take(FITTED / worth.len().max(1)))
                .copied()
                .collect();
            fitted = rows::by_id(pool, &fitted);
            fitted.dedup();
            Space::of(pool, open, Strategy::Portfolio)
                .ok()
                .map(|space| (Clusters::of(&space.rows(&fitted), config.clusters, seed), space))
        } else {
            None
        };
        (sky > 1 || clusters.is_some()).then_some(Self { pool: *pool, clusters, sky, over: config.over })
    }

    /// Where these images are.
    fn places(&self, positions: &[usize]) -> Vec<Place> {
        let clusters = match &self.clusters {
            Some((clusters, space)) => clusters.assign(space, positions),
            None => vec![0; positions.len()],
        };
        let cell = |index: usize| self.pool.cells().map_or(0, |cells| cells[index]);
        clusters.into_iter().zip(positions).map(|(cluster, &index)| (cluster, cell(index))).collect()
    }

    fn room(&self, batch: usize) -> Room {
        let cap = |cells: usize| {
            if cells <= 1 {
                batch
            } else {
                ((self.over * batch as f64 / cells as f64).ceil() as usize).max(LEAST)
            }
        };
        let clusters = self.clusters.as_ref().map_or(1, |(clusters, _)| clusters.len());
        Room {
            taken: 0,
            batch,
            clusters: HashMap::new(),
            sky: HashMap::new(),
            per_cluster: cap(clusters),
            per_sky: cap(self.sky),
        }
    }

    /// The first `batch` of rows (best first) that find room, then, where too few do, the best of
    /// those passed over. For choices without chance.
    pub fn walk(&self, rows: Vec<Selected>, batch: usize) -> Vec<Selected> {
        let mut room = self.room(batch);
        let (mut chosen, mut passed) = (Vec::with_capacity(batch), Vec::new());
        let places = self.places(&rows.iter().map(|row| row.index).collect::<Vec<_>>());
        for (row, place) in rows.into_iter().zip(places) {
            if room.taken == batch {
                break;
            }
            if room.full(place) == (false, false) {
                room.take(place);
                chosen.push(row);
            } else {
                passed.push(row);
            }
        }
        let missing = batch - chosen.len();
        chosen.extend(passed.into_iter().take(missing));
        chosen.iter_mut().enumerate().for_each(|(rank, row)| row.rank = rank);
        chosen
    }

    /// As [`rows::by_gumbel`] under the caps; fewer than `batch` where the caps leave no more.
    pub fn by_gumbel(
        &self,
        open: &[usize],
        batch: usize,
        seed: Seed,
        strategy: Strategy,
        location: impl Fn(usize) -> f64 + Sync,
    ) -> Vec<Selected> {
        let (pool, noise) = (&self.pool, Noise::new(seed));
        let keyed = top(pool, open, open.len(), |i| location(i) + noise.gumbel(pool.ids()[i])).chosen;
        let mut room = self.room(batch);
        let mut chosen: Vec<(usize, f64, Place)> = Vec::with_capacity(batch);
        // The first key that was passed over for want of room in a cluster only, a sky cell only, both.
        let (mut cluster, mut sky, mut both) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut beyond = f64::NEG_INFINITY;
        let mut places = Vec::new();
        for (at, &(index, key)) in keyed.iter().enumerate() {
            if at == places.len() {
                let next = &keyed[at..(at + PLACED.max(3 * at)).min(keyed.len())];
                places.extend(self.places(&next.iter().map(|(index, _)| *index).collect::<Vec<_>>()));
            }
            let place = places[at];
            match room.full(place) {
                (false, false) if room.taken < room.batch => {
                    room.take(place);
                    chosen.push((index, key, place));
                }
                (false, false) => {
                    beyond = key;
                    break;
                }
                (true, false) => {
                    cluster.entry(place.0).or_insert(key);
                }
                (false, true) => {
                    sky.entry(place.1).or_insert(key);
                }
                (true, true) => {
                    both.entry(place).or_insert(key);
                }
            }
        }
        let threshold = |place: Place| {
            let keys = [cluster.get(&place.0), sky.get(&place.1), both.get(&place)];
            keys.into_iter().flatten().copied().fold(beyond, f64::max)
        };
        let row = |(index, key, place): (usize, f64, Place)| {
            let kappa = threshold(place);
            (index, key, passes(location(index), kappa.is_finite().then_some(kappa)))
        };
        rows::with_chance(pool, strategy, chosen.into_iter().map(row))
    }
}
