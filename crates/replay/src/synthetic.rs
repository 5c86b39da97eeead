//! A pool that is made up: two kinds of lenses, look-alikes and plain fields as clouds in the space of
//! embeddings, scored by a champion that is right about some of them. For tests, benches and first tries;
//! it says nothing about real images.

use domain::{LookAlike, Rng, Seed, sigmoid};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use crate::{StoredPool, TruthEntry, crowd::standard_normal};

/// What is made up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SyntheticPool {
    /// Images.
    pub images: usize,
    /// Share of lenses.
    pub lenses: f64,
    /// Share of look-alikes.
    pub look_alikes: f64,
    /// Numbers of an embedding, at least 4.
    pub dim: usize,
    /// How far the clouds lie apart, in units of their width.
    pub separation: f64,
    /// Share of the lenses that are of the second kind.
    pub second_kind: f64,
    /// Whether the champion knows the second kind; if not, it takes them for plain fields, and only people
    /// can teach better.
    pub knows_second_kind: bool,
}

impl Default for SyntheticPool {
    fn default() -> Self {
        Self {
            images: 5_000,
            lenses: 0.01,
            look_alikes: 0.05,
            dim: 16,
            separation: 3.0,
            second_kind: 0.3,
            knows_second_kind: true,
        }
    }
}

/// What an image is, in the order of the axes along which the clouds lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cloud {
    First,
    Second,
    LookAlike,
    Plain,
}

impl SyntheticPool {
    /// The pool; the same seed gives the same one. Shares are kept exactly, up to rounding.
    #[must_use]
    pub fn build(&self, seed: Seed) -> StoredPool {
        let dim = self.dim.max(4);
        let count = |share: f64| (share.clamp(0.0, 1.0) * self.images as f64).round() as usize;
        let (lenses, look_alikes) = (count(self.lenses), count(self.look_alikes));
        let second = (self.second_kind.clamp(0.0, 1.0) * lenses as f64).round() as usize;
        let mut clouds: Vec<Cloud> = (0..self.images)
            .map(|index| match index {
                _ if index < second => Cloud::Second,
                _ if index < lenses => Cloud::First,
                _ if index < lenses + look_alikes => Cloud::LookAlike,
                _ => Cloud::Plain,
            })
            .collect();
        let mut rng = seed.child("synthetic pool").rng();
        for last in (1..clouds.len()).rev() {
            clouds.swap(last, rng.random_range(0..=last));
        }
        let mut pool = StoredPool {
            name: "synthetic".to_owned(),
            ids: (0..self.images).map(|index| format!("synthetic-{index:07}")).collect(),
            probability: Vec::with_capacity(self.images),
            embeddings: Vec::with_capacity(self.images * dim),
            dim,
            truth: Vec::with_capacity(self.images),
            cells: Vec::with_capacity(self.images),
            model: "synthetic".to_owned(),
        };
        for cloud in clouds {
            self.push(&mut pool, cloud, dim, &mut rng);
        }
        pool
    }

    fn push(&self, pool: &mut StoredPool, cloud: Cloud, dim: usize, rng: &mut Rng) {
        let start = pool.embeddings.len();
        pool.embeddings.extend((0..dim).map(|_| standard_normal(rng) as f32));
        let far = self.separation as f32;
        // Each cloud lies along an axis of its own; look-alikes lie half-way to the first kind of lens.
        let axes: &[(usize, f32)] = match cloud {
            Cloud::First => &[(0, 1.0)],
            Cloud::Second => &[(1, 1.0)],
            Cloud::LookAlike => &[(0, 0.5), (2, 0.8)],
            Cloud::Plain => &[],
        };
        for (axis, share) in axes {
            pool.embeddings[start + axis] += far * share;
        }
        let x = pool.embeddings[start..start + 2].to_vec();
        pool.probability.push(self.champion(f64::from(x[0]), f64::from(x[1])));
        pool.cells.push(rng.random_range(0..768));
        pool.truth.push(match cloud {
            Cloud::First | Cloud::Second => {
                TruthEntry::lens(2.0 * 6.0_f64.powf(rng.random()), 8.0 * 12.0_f64.powf(rng.random()))
            }
            Cloud::LookAlike => {
                TruthEntry::look_alike(LookAlike::ALL[rng.random_range(0..LookAlike::ALL.len())])
            }
            Cloud::Plain => TruthEntry::plain(),
        });
    }

    /// The probability by the densities of the clouds along the first two axes, look-alikes unheard of: the
    /// champion was trained on mocks.
    fn champion(&self, first: f64, second: f64) -> f64 {
        let far = self.separation;
        let ratio = |x: f64| (far * x - 0.5 * far * far).exp();
        let odds = if self.knows_second_kind {
            (1.0 - self.second_kind) * ratio(first) + self.second_kind * ratio(second)
        } else {
            ratio(first)
        };
        let base = (self.lenses / (1.0 - self.lenses).max(1e-9)).max(1e-9);
        sigmoid((base * odds.max(1e-12)).ln()).clamp(1e-9, 1.0 - 1e-9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_was_asked_for_and_is_the_same_for_the_same_seed() {
        let made = SyntheticPool::default().build(Seed::root(1));
        made.check().unwrap();
        assert_eq!((made.len(), made.lenses(), made.dim), (5_000, 50, 16));
        assert_eq!(made, SyntheticPool::default().build(Seed::root(1)));
        assert_ne!(made, SyntheticPool::default().build(Seed::root(2)));
    }

    #[test]
    fn a_champion_that_does_not_know_the_second_kind_misses_it() {
        let half = SyntheticPool { second_kind: 0.5, knows_second_kind: false, ..SyntheticPool::default() };
        let made = half.build(Seed::root(1));
        let mut scores: Vec<f64> =
            (0..made.len()).filter(|i| made.truth[*i].is_lens).map(|i| made.probability[i]).collect();
        scores.sort_by(f64::total_cmp);
        assert!(scores[scores.len() / 5] < 0.01, "{scores:?}");
        assert!(scores[scores.len() * 9 / 10] > 0.3, "{scores:?}");
    }
}
