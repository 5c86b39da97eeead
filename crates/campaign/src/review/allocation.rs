//! How many images of each stratum are drawn: evenly, or by Neyman's rule.

use serde::{Deserialize, Serialize};

/// How a sample is shared out among strata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// As many from each: best where the whole curve from claimed to actual is wanted.
    Equal,
    /// In proportion to N √(p(1−p)), which makes the estimated number of lenses as sure as it can be
    /// (Neyman 1934): most from where many images are in doubt.
    Neyman,
}

/// Images drawn from each stratum at least, as far as it has them: two, so that a stratum has a spread.
const LEAST: usize = 2;

impl Allocation {
    /// What a stratum of `images` images with mean probability `p` weighs.
    fn weight(self, images: usize, p: f64) -> f64 {
        match self {
            Self::Equal => 1.0,
            Self::Neyman => images as f64 * (p * (1.0 - p)).sqrt(),
        }
    }

    /// Shares `count` out among strata given as (images, mean probability); no stratum gets more than
    /// it has. Seat by seat to the stratum with most weight per seat (Sainte-Laguë), the least ones first.
    #[must_use]
    pub fn share(self, count: usize, strata: &[(usize, f64)]) -> Vec<usize> {
        let count = count.min(strata.iter().map(|(images, _)| images).sum());
        let mut seats = vec![0; strata.len()];
        for given in 0..count {
            let wants = |least: bool| {
                (0..strata.len())
                    .filter(|&h| seats[h] < if least { LEAST.min(strata[h].0) } else { strata[h].0 })
                    .map(|h| (self.weight(strata[h].0, strata[h].1) / (seats[h] as f64 + 0.5), h))
                    // The earlier of equals, so that the result does not depend on anything else.
                    .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
            };
            let Some((_, h)) = wants(true).or_else(|| wants(false)) else {
                debug_assert!(given == count, "there are as many seats as images");
                break;
            };
            seats[h] += 1;
        }
        seats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRATA: [(usize, f64); 4] = [(10_000, 0.001), (300, 0.2), (0, 0.0), (3, 0.97)];

    #[test]
    fn equal_shares_are_equal_up_to_what_there_is() {
        assert_eq!(Allocation::Equal.share(103, &STRATA), [50, 50, 0, 3]);
    }

    #[test]
    fn neyman_follows_size_and_doubt_and_leaves_no_stratum_out() {
        let [low, middle, none, high] = Allocation::Neyman.share(100, &STRATA)[..] else { panic!("four") };
        assert_eq!((none, low + middle + high), (0, 100));
        // 10,000 √0.001 = 316 against 300 √0.16 = 120.
        assert!((low as f64 / middle as f64 - 316.0 / 120.0).abs() < 0.15, "{low} {middle}");
        assert_eq!(high, 2);
    }

    #[test]
    fn no_more_is_drawn_than_there_is() {
        assert_eq!(Allocation::Neyman.share(1_000_000, &STRATA), [10_000, 300, 0, 3]);
        assert_eq!(Allocation::Equal.share(1, &STRATA).iter().sum::<usize>(), 1);
        assert_eq!(Allocation::Equal.share(0, &STRATA), [0; 4]);
    }
}
