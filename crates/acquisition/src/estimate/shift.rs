//! How far the probabilities are off, learnt from the audits: per decade of p a shift x of the
//! logit, P(lens) = σ(logit p + x).
//!
//! Prior: the shift of the highest range is normal around 0; from range to range, downwards, it may
//! wander, so that what is known at the top, where lenses are, says less and less about the bottom,
//! where audits hardly see one. This is what keeps the interval honest about lenses that the network
//! does not know, without the despair of "nothing is known where nothing was seen".
//!
//! Everything is reckoned on a grid: a hidden chain, filtered down and sampled back up.

use domain::Rng;
use rand::RngExt as _;

use super::frame::bounded_logit;
use crate::{Audited, normal};

/// Inner edges of the ranges in p.
const EDGES: [f64; 6] = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5];
/// How many ranges.
const RANGES: usize = EDGES.len() + 1;
/// The grid of shifts: −8 … 8.
const POINTS: usize = 161;
const STEP: f64 = 0.1;
/// Standard deviation of the shift at the top, before any audit.
const TOP: f64 = 1.0;
/// …and of its wandering from one range to the next.
const WANDER: f64 = 0.75;

/// The range of p that a logit lies in, from the bottom.
fn range_of(p: f64) -> usize {
    EDGES.partition_point(|edge| *edge <= p)
}

fn shift(point: usize) -> f64 {
    (point as f64 - (POINTS - 1) as f64 / 2.0) * STEP
}

/// The posterior of all shifts: running sums of the chances of each point, by range from the bottom
/// up and by the point of the range below it (one row for the bottom).
pub(super) struct Shifts {
    tables: Vec<Vec<f64>>,
}

/// One draw of all shifts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn([f64; RANGES]);

impl Drawn {
    /// The chance of a lens at this logit.
    pub fn probability(&self, logit: f64) -> f64 {
        domain::sigmoid(logit + self.0[range_of(domain::sigmoid(logit))])
    }
}

impl Shifts {
    /// From everything audited, each with the probability it had at its draw.
    pub fn of<'a>(audited: impl Iterator<Item = &'a Audited>) -> Self {
        let mut likelihood = vec![vec![0.0; POINTS]; RANGES];
        for Audited { probability, value, .. } in audited {
            let logit = bounded_logit(*probability);
            for (point, sum) in likelihood[range_of(*probability)].iter_mut().enumerate() {
                let z = logit + shift(point);
                // ln σ(z) and ln(1 − σ(z)).
                let yes = -(-z).exp().ln_1p();
                let no = -z.exp().ln_1p();
                *sum += value * yes + (1.0 - value) * no;
            }
        }
        let kernel: Vec<f64> = (0..POINTS).map(|k| normal::density(k as f64 * STEP / WANDER)).collect();
        let mut filtered: Vec<Vec<f64>> = Vec::with_capacity(RANGES);
        for range in (0..RANGES).rev() {
            let prior: Vec<f64> = match filtered.last() {
                None => (0..POINTS).map(|point| normal::density(shift(point) / TOP)).collect(),
                Some(above) => (0..POINTS)
                    .map(|to| {
                        above
                            .iter()
                            .enumerate()
                            .map(|(from, chance)| chance * kernel[to.abs_diff(from)])
                            .sum()
                    })
                    .collect(),
            };
            let most = likelihood[range].iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut now: Vec<f64> =
                prior.iter().zip(&likelihood[range]).map(|(p, l)| p * (l - most).exp()).collect();
            let total: f64 = now.iter().sum();
            now.iter_mut().for_each(|x| *x /= total.max(f64::MIN_POSITIVE));
            filtered.push(now);
        }
        // The last filtered is the bottom range: drawn first, then upwards given the one below.
        let mut tables = Vec::with_capacity(RANGES);
        for (range, filtered) in filtered.iter().rev().enumerate() {
            let mut table = Vec::new();
            if range == 0 {
                running_sums(filtered.iter().copied(), &mut table);
            } else {
                for below in 0..POINTS {
                    let given =
                        filtered.iter().enumerate().map(|(at, chance)| chance * kernel[at.abs_diff(below)]);
                    running_sums(given, &mut table);
                }
            }
            tables.push(table);
        }
        Self { tables }
    }

    /// One draw of all shifts from their joint posterior.
    pub fn draw(&self, rng: &mut Rng) -> Drawn {
        let mut drawn = [0.0; RANGES];
        let mut below = 0;
        for (to, table) in drawn.iter_mut().zip(&self.tables) {
            let sums = &table[below * POINTS..(below + 1) * POINTS];
            let point = rng.random::<f64>() * sums[POINTS - 1];
            below = sums.partition_point(|sum| *sum <= point).min(POINTS - 1);
            *to = shift(below);
        }
        Drawn(drawn)
    }
}

/// Appends the running sums.
fn running_sums(weights: impl Iterator<Item = f64>, table: &mut Vec<f64>) {
    let mut sum = 0.0;
    table.extend(weights.map(|weight| {
        sum += weight;
        sum
    }));
}

#[cfg(test)]
mod tests {
    use domain::{Seed, sigmoid};

    use super::*;

    fn audited(probability: f64, count: usize, lenses: usize) -> Vec<Audited> {
        let of = |k: usize| Audited {
            probability,
            inclusion_probability: 0.5,
            value: f64::from(u8::from(k < lenses)),
        };
        (0..count).map(of).collect()
    }

    fn mean_and_spread(shifts: &Shifts, p: f64) -> (f64, f64) {
        let mut rng = Seed::root(1).rng();
        let z = domain::logit(p);
        let draws: Vec<f64> =
            (0..4000).map(|_| domain::logit(shifts.draw(&mut rng).probability(z)) - z).collect();
        let mean = draws.iter().sum::<f64>() / 4000.0;
        (mean, (draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4000.0).sqrt())
    }

    #[test]
    fn without_audits_doubt_grows_downwards() {
        let shifts = Shifts::of([].iter());
        let (top, top_spread) = mean_and_spread(&shifts, 0.7);
        let (bottom, bottom_spread) = mean_and_spread(&shifts, 1e-6);
        assert!(top.abs() < 0.06 && (top_spread - TOP).abs() < 0.06, "{top} {top_spread}");
        let expected = (TOP * TOP + 6.0 * WANDER * WANDER).sqrt();
        assert!(bottom.abs() < 0.12 && (bottom_spread / expected - 1.0).abs() < 0.06, "{bottom_spread}");
    }

    #[test]
    fn many_audits_find_the_shift_there_and_pull_the_neighbours() {
        // Said 1 in 20, was 1 in 5.
        let seen = audited(0.05, 2000, 400);
        let shifts = Shifts::of(seen.iter());
        let expected = domain::logit(0.2) - domain::logit(0.05);
        let (at, spread) = mean_and_spread(&shifts, 0.05);
        assert!((at - expected).abs() < 0.06 && spread < 0.1, "{at} {spread}");
        let (next, next_spread) = mean_and_spread(&shifts, 5e-3);
        assert!((next - expected).abs() < 0.1 && (next_spread / WANDER - 1.0).abs() < 0.1, "{next}");
        assert!((sigmoid(domain::logit(0.05) + expected) - 0.2).abs() < 1e-12);
    }
}
