//! What every strategy can do, and the one way to take the n best.

use std::cmp::Ordering;

use domain::{Seed, SubjectId};
use rayon::prelude::*;

use crate::{Pool, Selected, Strategy};

/// A way to choose images. Pure: the same pool (in whatever order), budget and seed give the
/// same images in the same order.
///
/// An image's luck is fixed by the seed and its id. So give every round (and every purpose) its
/// own child of the seed: with one seed for all rounds, those passed over in the first would be
/// the unlucky ones ever after. [`crate::Portfolio`] sees to it by itself.
pub trait Selector {
    /// The name its rows are logged under.
    fn strategy(&self) -> Strategy;

    /// Chooses about `budget` images (exactly, or all there are, for every strategy but the
    /// audit) among those at the positions `open` of the pool, best first.
    ///
    /// # Errors
    /// When the strategy needs something that the pool does not hold.
    fn select_among(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError>;

    /// Chooses among the images of the pool without a label.
    ///
    /// # Errors
    /// As [`Selector::select_among`].
    fn select(&self, pool: &Pool<'_>, budget: usize, seed: Seed) -> Result<Vec<Selected>, SelectError> {
        self.select_among(pool, &pool.unlabelled(), budget, seed)
    }

    /// Chooses in this round of a campaign, counted from 0: with luck of its own, and a schedule
    /// where the strategy has one. This is what a loop calls.
    ///
    /// # Errors
    /// As [`Selector::select_among`].
    fn select_in_round(
        &self,
        pool: &Pool<'_>,
        open: &[usize],
        budget: usize,
        round: usize,
        seed: Seed,
    ) -> Result<Vec<Selected>, SelectError> {
        self.select_among(pool, open, budget, seed.child("round").index(round as u64))
    }
}

/// What can be wrong with a pool or a setting.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SelectError {
    /// Parallel lists of different length.
    #[error("the pool needs {expected} {what}, {found} were given")]
    Length {
        /// Which list.
        what: &'static str,
        /// How many it should hold.
        expected: usize,
        /// How many it holds.
        found: usize,
    },
    /// A score outside [0, 1].
    #[error("the {what} of subject {subject} is {value}: score it again or leave it out of the pool")]
    NoProbability {
        /// Which number.
        what: &'static str,
        /// Of which image.
        subject: SubjectId,
        /// What it is.
        value: f64,
    },
    /// The same image twice.
    #[error("subject {0} is in the pool twice: list each image once")]
    Twice(SubjectId),
    /// A number that makes no sense.
    #[error("the {what} of subject {subject} is {value}: score it again or leave it out of the pool")]
    NoNumber {
        /// Which number.
        what: &'static str,
        /// Of which image.
        subject: SubjectId,
        /// What it is.
        value: f64,
    },
    /// A position that the pool does not have.
    #[error("a {what} is said to be at position {index} of a pool of {images}: count from 0")]
    Position {
        /// What is there.
        what: &'static str,
        /// Where.
        index: usize,
        /// Images in the pool.
        images: usize,
    },
    /// A strategy without what it works on.
    #[error("{strategy} needs {what}: {remedy}")]
    Missing {
        /// Its name.
        strategy: Strategy,
        /// What it needs.
        what: &'static str,
        /// What to give it.
        remedy: &'static str,
    },
    /// An example that the pool does not hold.
    #[error("the example {0} of `similarity` is not in the pool: name images of the pool")]
    NoExample(SubjectId),
    /// A setting out of its range.
    #[error("selection setting `{field}` is {value}: {remedy}")]
    Setting {
        /// Its name in the configuration.
        field: &'static str,
        /// What was given.
        value: f64,
        /// What would be right.
        remedy: &'static str,
    },
}

impl SelectError {
    /// `Ok` if `holds`.
    pub(crate) fn check(
        field: &'static str,
        value: f64,
        holds: bool,
        remedy: &'static str,
    ) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self::Setting { field, value, remedy }) }
    }
}

/// So many images one thread does sooner alone than with others.
pub(crate) const ALONE: usize = 8192;

/// The n of the open positions with the largest key, largest first, and the largest key that
/// was left behind. Equal keys go by id, so that the order of the pool does not matter.
pub(crate) struct Top {
    /// Positions in the pool with their keys.
    pub chosen: Vec<(usize, f64)>,
    /// The first key not chosen; `None` when all were.
    pub threshold: Option<f64>,
}

/// See [`Top`]. `key` is called once for each open position.
pub(crate) fn top(pool: &Pool<'_>, open: &[usize], n: usize, key: impl Fn(usize) -> f64 + Sync) -> Top {
    let ids = pool.ids();
    let order = |a: &(usize, f64), b: &(usize, f64)| -> Ordering {
        b.1.total_cmp(&a.1).then_with(|| ids[a.0].cmp(&ids[b.0]))
    };
    let mut keyed: Vec<(usize, f64)> = open.par_iter().with_min_len(ALONE).map(|&i| (i, key(i))).collect();
    let mut threshold = None;
    if n < keyed.len() {
        let (_, first_left, _) = keyed.select_nth_unstable_by(n, order);
        threshold = Some(first_left.1);
        keyed.truncate(n);
    }
    if keyed.len() > 8 * ALONE {
        keyed.par_sort_unstable_by(order);
    } else {
        keyed.sort_unstable_by(order);
    }
    Top { chosen: keyed, threshold }
}
