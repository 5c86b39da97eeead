//! DIRECT (Nuggehalli et al. 2025), for two classes: finds the cut in the ranking that parts the
//! known lenses from the known others best, asks inside what is left open about the cut, and then
//! on both sides of it, equally: balanced classes under imbalance, robust to wrong labels.
//!
//! Here in one step a round: the first part of the budget searches (evenly spaced ranks between the
//! two labels that bracket the best cut), the rest takes the nearest ranks above and below in turn.
//! With one class only the bracket reaches to the end of the ranking. With no labels nothing is to be
//! searched yet: the cut is at one half, where the probabilities themselves put it.

use domain::Seed;
use serde::{Deserialize, Serialize};

use crate::{Pool, SelectError, Selected, Selector, Strategy, rows, selector::top};

/// Settings of [`Direct`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DirectConfig {
    /// Share of the budget that searches for the cut, in [0, 1].
    pub search: f64,
}

impl Default for DirectConfig {
    fn default() -> Self {
        Self { search: 0.5 }
    }
}

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Direct {
    config: DirectConfig,
}

impl Direct {
    /// With these settings.
    ///
    /// # Errors
    /// When the share is not in [0, 1].
    pub fn new(config: DirectConfig) -> Result<Self, SelectError> {
        let share = config.search;
        SelectError::check("search", share, (0.0..=1.0).contains(&share), "give a share between 0 and 1")?;
        Ok(Self { config })
    }
}

/// Where the best cut can be, in ranks of the open images: at `first` at the earliest (so many open
/// images are above it) and at `last` at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bracket {
    first: usize,
    last: usize,
}

/// The best cut by the labels: most lenses above plus most others below. Labels that leave several
/// cuts equally good leave the whole range between open.
fn bracket(pool: &Pool<'_>, ranked: &[(usize, f64)]) -> Option<Bracket> {
    let ids = pool.ids();
    let mut labels: Vec<(f64, usize, f64)> = pool
        .labelled()
        .iter()
        .map(|label| (pool.probabilities()[label.index], label.index, f64::from(label.is_lens)))
        .collect();
    if labels.is_empty() {
        return None;
    }
    labels.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| ids[a.1].cmp(&ids[b.1])));
    // Worth of a cut after the first k labels, against a cut above all.
    let mut worth = vec![0.0];
    let mut sum = 0.0;
    for (_, _, lens) in &labels {
        sum += 2.0 * lens - 1.0;
        worth.push(sum);
    }
    let best = worth.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let equal = |k: &usize| worth[*k] >= best - 1e-9;
    let (low, high) = ((0..worth.len()).find(equal)?, (0..worth.len()).rev().find(equal)?);
    // Open images above a label: those that rank before it.
    let above = |k: usize| {
        let (p, index, _) = labels[k];
        ranked.partition_point(|&(i, q)| q > p || (q == p && ids[i] < ids[index]))
    };
    let first = if low == 0 { 0 } else { above(low - 1) };
    let last = if high == labels.len() { ranked.len() } else { above(high) };
    Some(Bracket { first, last })
}

/// The ranks to ask about, in order: evenly inside the bracket, then around its middle.
fn ranks(bracket: Bracket, open: usize, budget: usize, search: f64) -> Vec<usize> {
    let Bracket { first, last } = bracket;
    let width = last - first;
    let searching = ((search * budget as f64).round() as usize).min(width);
    let mut taken = vec![false; open];
    let mut chosen = Vec::with_capacity(budget.min(open));
    for k in 0..searching {
        // The middles of `searching` equal parts.
        let rank = first + (2 * k + 1) * width / (2 * searching);
        if !taken[rank] {
            taken[rank] = true;
            chosen.push(rank);
        }
    }
    let cut = first + width / 2;
    let (mut above, mut below) = (cut, cut);
    let mut upwards = true;
    while chosen.len() < budget.min(open) {
        let rank = if (upwards && above > 0) || below == open {
            above -= 1;
            above
        } else {
            below += 1;
            below - 1
        };
        if taken[rank] {
            continue;
        }
        taken[rank] = true;
        chosen.push(rank);
        upwards = !upwards;
    }
    chosen
}

impl Selector for Direct {
    fn strategy(&self) -> Strategy {
        Strategy::Direct
    }

    /// Score: the probability. Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let ranked = top(pool, open, open.len(), |i| pool.probabilities()[i]).chosen;
        let (bracket, search) = match bracket(pool, &ranked) {
            Some(bracket) => (bracket, self.config.search),
            None => {
                let half = ranked.partition_point(|(_, p)| *p >= 0.5);
                (Bracket { first: half, last: half }, 0.0)
            }
        };
        let chosen = ranks(bracket, ranked.len(), budget, search);
        Ok(rows::certain(pool, Strategy::Direct, chosen.into_iter().map(|rank| ranked[rank])))
    }
}

#[cfg(test)]
mod tests {
    use domain::SubjectId;

    use super::*;
    use crate::Labelled;

    /// Ten images with falling probability; labels at these positions.
    fn bracketed(labels: &[(usize, f32)]) -> Option<Bracket> {
        let ids: Vec<SubjectId> = (0..10).map(SubjectId).collect();
        let p: Vec<f64> = (0..10).map(|i| 0.95 - 0.1 * f64::from(i)).collect();
        let labelled: Vec<Labelled> =
            labels.iter().map(|&(index, is_lens)| Labelled { index, is_lens }).collect();
        let pool = Pool::new(&ids, &p).unwrap().with_labelled(&labelled).unwrap();
        let open = pool.unlabelled();
        let ranked = top(&pool, &open, open.len(), |i| p[i]).chosen;
        bracket(&pool, &ranked)
    }

    #[test]
    fn the_cut_is_between_the_last_lens_and_the_first_other() {
        // Labels at ranks 1 (lens) and 6 (none): between them four open images are in doubt.
        assert_eq!(bracketed(&[(1, 1.0), (6, 0.0)]), Some(Bracket { first: 1, last: 5 }));
        // A wrong label among many moves the cut only as far as it outvotes others.
        let labels = [(0, 1.0), (1, 1.0), (2, 0.0), (3, 1.0), (6, 0.0), (7, 0.0)];
        assert_eq!(bracketed(&labels), Some(Bracket { first: 0, last: 2 }));
    }

    #[test]
    fn one_class_or_none_leaves_the_ends_open() {
        assert_eq!(bracketed(&[(4, 0.0)]), Some(Bracket { first: 0, last: 4 }));
        assert_eq!(bracketed(&[(4, 1.0)]), Some(Bracket { first: 4, last: 9 }));
        assert_eq!(bracketed(&[]), None);
    }

    #[test]
    fn half_searches_evenly_and_half_stays_near_on_both_sides() {
        let chosen = ranks(Bracket { first: 10, last: 20 }, 100, 8, 0.5);
        assert_eq!(chosen, [11, 13, 16, 18, 14, 15, 12, 17]);
        let all = ranks(Bracket { first: 0, last: 0 }, 5, 50, 0.5);
        assert_eq!(all, [0, 1, 2, 3, 4]);
        let end = ranks(Bracket { first: 5, last: 5 }, 5, 3, 0.5);
        assert_eq!(end, [4, 3, 2]);
    }
}
