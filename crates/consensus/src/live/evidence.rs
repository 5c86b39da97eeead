//! What votes say about one image: a log-likelihood for each state it may be in, as whole
//! numbers. Whole numbers, because then votes can be added in any order and taken away again
//! without a trace: the state after an undo is exactly the one without the vote.

use std::ops::{Add, AddAssign, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// States an image may be in, in the order of every array here: lens, plain non-lens, look-alike.
pub const STATES: usize = 3;

/// Whole numbers per nat: 1.5e-11 nats is the finest that is told apart.
const PER_NAT: f64 = (1_u64 << 36) as f64;

/// No single vote says more than this, in nats.
const MOST_NATS: f64 = 32.0;

/// Σ ln P(vote | state) over votes, in nats × 2³⁶. Only differences between the states matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// For a lens.
    pub lens: i64,
    /// For a plain non-lens.
    pub plain: i64,
    /// For something that looks like a lens and is none.
    pub look_alike: i64,
}

impl Evidence {
    /// No votes.
    pub const NONE: Self = Self { lens: 0, plain: 0, look_alike: 0 };

    /// From log-likelihoods in nats, each kept within ±32.
    #[must_use]
    pub fn from_nats(nats: [f64; STATES]) -> Self {
        // `as` turns a NaN into 0, which says nothing.
        let [lens, plain, look_alike] =
            nats.map(|x| (x.clamp(-MOST_NATS, MOST_NATS) * PER_NAT).round() as i64);
        Self { lens, plain, look_alike }
    }

    /// In nats.
    #[must_use]
    pub fn nats(self) -> [f64; STATES] {
        [self.lens, self.plain, self.look_alike].map(|x| x as f64 / PER_NAT)
    }
}

impl Add for Evidence {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            lens: self.lens + more.lens,
            plain: self.plain + more.plain,
            look_alike: self.look_alike + more.look_alike,
        }
    }
}

impl Sub for Evidence {
    type Output = Self;

    fn sub(self, less: Self) -> Self {
        Self {
            lens: self.lens - less.lens,
            plain: self.plain - less.plain,
            look_alike: self.look_alike - less.look_alike,
        }
    }
}

impl AddAssign for Evidence {
    fn add_assign(&mut self, more: Self) {
        *self = *self + more;
    }
}

impl SubAssign for Evidence {
    fn sub_assign(&mut self, less: Self) {
        *self = *self - less;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_can_be_taken_away_without_a_trace() {
        let votes = [[0.1, -0.7, 1e-3], [-2.2, 3.3, 0.0], [f64::NAN, -1e9, 1e9]].map(Evidence::from_nats);
        let mut sum = Evidence::NONE;
        for vote in votes {
            sum += vote;
        }
        for vote in [votes[1], votes[0], votes[2]] {
            sum -= vote;
        }
        assert_eq!(sum, Evidence::NONE);
        assert_eq!(votes[2].nats(), [0.0, -32.0, 32.0]);
    }
}
