//! Relabel: images whose votes conflict, the one first where one more vote is expected to tell
//! most. Spends votes on what is known badly instead of on what is not known.

use domain::Seed;

use crate::{Pool, SelectError, Selected, Selector, Strategy, rows};

/// The strategy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Relabel;

impl Selector for Relabel {
    fn strategy(&self) -> Strategy {
        Strategy::Relabel
    }

    /// Chooses among the disputed of `open`, so fewer than `budget` where there are fewer.
    ///
    /// Score: the expected information, in the unit it was given. Inclusion probability: 1. The seed is not used.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        _seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        let disputed = pool.disputed().ok_or(SelectError::Missing {
            strategy: Strategy::Relabel,
            what: "images whose votes conflict",
            remedy: "give them (an empty list too) with `Pool::with_disputed`",
        })?;
        let mut information = vec![None; pool.len()];
        for &(index, bits) in disputed {
            information[index] = Some(bits);
        }
        let among: Vec<usize> = open.iter().copied().filter(|&i| information[i].is_some()).collect();
        let score = |i: usize| information[i].unwrap_or(0.0);
        Ok(rows::highest(pool, &among, budget, Strategy::Relabel, score))
    }

    /// Among all that are disputed, with a label or without.
    fn select(&self, pool: &Pool<'_>, budget: usize, seed: Seed) -> Result<Vec<Selected>, SelectError> {
        let all: Vec<usize> = pool.disputed().unwrap_or(&[]).iter().map(|(index, _)| *index).collect();
        self.select_among(pool, &all, budget, seed)
    }
}
