//! How far the probabilities are off, learnt from the audits: per decade of p a shift x of the
//! logit, P(lens) = σ(logit p + x).
//!
//! Prior: the shift of the highest range is normal around 0; from range to range, downwards, it may
//! wander, so that what is known at the top, where lenses are, says less and less about the bottom,
//! where audits hardly see one. This is what keeps the interval honest about lenses that the network
//! is too sure about, without the despair of "nothing is known where nothing was seen".
//!
//! And a network may be blind to a kind of lens: these lie anywhere, at a rate that no probability
//! tells of. So P(lens) = σ(logit p + x) + ε·(1 − σ), with ε ≥ 0 the same for all images, exponential
//! before any audit; audits that find nothing where nothing was expected wear it down.
//!
//! Everything is reckoned on grids: for each ε a hidden chain of shifts, filtered down and sampled
//! back up.

use std::collections::BTreeMap;

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
/// Rates that are tried: the middles of so many equally likely parts of the prior.
const RATES: usize = 16;
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

/// The posterior of the rate and of all shifts.
pub(super) struct Shifts {
    /// Each rate, the running sum of their chances, and the shifts given it.
    rates: Vec<(f64, f64, Chain)>,
    likeliest: f64,
}

/// The shifts given a rate: running sums of the chances of each point, by range from the bottom up and
/// by the point of the range below it (one row for the bottom).
struct Chain(Vec<Vec<f64>>);

/// One draw of a rate and all shifts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    shifts: [f64; RANGES],
    rate: f64,
}

impl Drawn {
    /// The chance of a lens at this logit.
    pub fn probability(&self, logit: f64) -> f64 {
        let known = self.known(logit);
        known + self.rate * (1.0 - known)
    }

    /// The same of the kinds that the network knows.
    pub fn known(&self, logit: f64) -> f64 {
        domain::sigmoid(logit + self.shifts[range_of(domain::sigmoid(logit))])
    }
}

/// Audited images of about the same probability: logit, range, lenses, others.
type Seen = (f64, usize, f64, f64);

impl Shifts {
    /// From everything audited, each with the probability it had at its draw, and the rate of unknown
    /// lenses that is expected before any audit.
    pub fn of<'a>(audited: impl Iterator<Item = &'a Audited>, rate: f64) -> Self {
        let mut bins: BTreeMap<i64, Seen> = BTreeMap::new();
        for Audited { probability, value, .. } in audited {
            let (logit, range) = (bounded_logit(*probability), range_of(*probability));
            // Finer than anything else here; no bin crosses an edge that matters.
            let bin = bins.entry((logit * 20.0).floor() as i64).or_insert((logit, range, 0.0, 0.0));
            bin.2 += value;
            bin.3 += 1.0 - value;
        }
        let seen: Vec<Seen> = bins.into_values().collect();
        let kernel: Vec<f64> = (0..POINTS).map(|k| normal::density(k as f64 * STEP / WANDER)).collect();
        let tried = |k: usize| -rate * (-(k as f64 + 0.5) / RATES as f64).ln_1p();
        let chains: Vec<(f64, f64, Chain)> = (0..RATES)
            .map(|k| {
                let (evidence, chain) = Chain::of(&seen, tried(k), &kernel);
                (tried(k), evidence, chain)
            })
            .collect();
        let most = chains.iter().map(|(_, evidence, _)| *evidence).fold(f64::NEG_INFINITY, f64::max);
        // By density, not by the equally likely parts of the grid; 0 unless audits speak for more.
        let density =
            |(tried, evidence, _): &(f64, f64, Chain)| evidence - tried / rate.max(f64::MIN_POSITIVE);
        let best = (0..chains.len()).max_by(|a, b| density(&chains[*a]).total_cmp(&density(&chains[*b])));
        let likeliest = best.filter(|best| *best > 0).map_or(0.0, |best| chains[best].0);
        let mut sum = 0.0;
        let add = |(rate, evidence, chain): (f64, f64, Chain)| {
            sum += (evidence - most).exp();
            (rate, sum, chain)
        };
        Self { rates: chains.into_iter().map(add).collect(), likeliest }
    }

    /// The single most likely rate: what an estimate counts on, where intervals count with all.
    pub const fn likeliest_rate(&self) -> f64 {
        self.likeliest
    }

    /// One draw from the joint posterior.
    pub fn draw(&self, rng: &mut Rng) -> Drawn {
        let total = self.rates.last().map_or(0.0, |(_, sum, _)| *sum);
        let point = rng.random::<f64>() * total;
        let at = self.rates.partition_point(|(_, sum, _)| *sum <= point).min(self.rates.len() - 1);
        let (rate, _, chain) = &self.rates[at];
        let mut shifts = [0.0; RANGES];
        let mut below = 0;
        for (to, table) in shifts.iter_mut().zip(&chain.0) {
            let sums = &table[below * POINTS..(below + 1) * POINTS];
            let point = rng.random::<f64>() * sums[POINTS - 1];
            below = sums.partition_point(|sum| *sum <= point).min(POINTS - 1);
            *to = shift(below);
        }
        Drawn { shifts, rate: *rate }
    }
}

impl Chain {
    /// The chain given a rate, with the logarithm of how well the rate explains what was seen.
    fn of(seen: &[Seen], rate: f64, kernel: &[f64]) -> (f64, Self) {
        let mut likelihood = vec![vec![0.0; POINTS]; RANGES];
        for &(logit, range, lenses, others) in seen {
            for (point, sum) in likelihood[range].iter_mut().enumerate() {
                let none = domain::sigmoid(-logit - shift(point)) * (1.0 - rate);
                let some = domain::sigmoid(logit + shift(point)) * (1.0 - rate) + rate;
                *sum += lenses * some.max(f64::MIN_POSITIVE).ln() + others * none.max(f64::MIN_POSITIVE).ln();
            }
        }
        let mut evidence = 0.0;
        let mut filtered: Vec<Vec<f64>> = Vec::with_capacity(RANGES);
        for range in (0..RANGES).rev() {
            let mut prior: Vec<f64> = match filtered.last() {
                None => (0..POINTS).map(|point| normal::density(shift(point) / TOP)).collect(),
                Some(above) => (0..POINTS)
                    .map(|to| above.iter().enumerate().map(|(from, p)| p * kernel[to.abs_diff(from)]).sum())
                    .collect(),
            };
            normalise(&mut prior);
            let most = likelihood[range].iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut now: Vec<f64> =
                prior.iter().zip(&likelihood[range]).map(|(p, l)| p * (l - most).exp()).collect();
            evidence += most + normalise(&mut now).ln();
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
                    let given = filtered.iter().enumerate().map(|(at, p)| p * kernel[at.abs_diff(below)]);
                    running_sums(given, &mut table);
                }
            }
            tables.push(table);
        }
        (evidence, Self(tables))
    }
}

/// Makes them add up to 1; what they added up to.
fn normalise(weights: &mut [f64]) -> f64 {
    let total = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    weights.iter_mut().for_each(|weight| *weight /= total);
    total
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
        let shifts = Shifts::of([].iter(), 0.0);
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
        let shifts = Shifts::of(seen.iter(), 0.0);
        let expected = domain::logit(0.2) - domain::logit(0.05);
        let (at, spread) = mean_and_spread(&shifts, 0.05);
        assert!((at - expected).abs() < 0.06 && spread < 0.1, "{at} {spread}");
        let (next, next_spread) = mean_and_spread(&shifts, 5e-3);
        assert!((next - expected).abs() < 0.1 && (next_spread / WANDER - 1.0).abs() < 0.1, "{next}");
        assert!((sigmoid(domain::logit(0.05) + expected) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn audits_that_find_nothing_wear_the_rate_of_unknown_lenses_down() {
        let mean = |audited: &[Audited]| {
            let shifts = Shifts::of(audited.iter(), 0.01);
            let mut rng = Seed::root(2).rng();
            (0..4000).map(|_| shifts.draw(&mut rng).rate).sum::<f64>() / 4000.0
        };
        let before = mean(&[]);
        assert!((before / 0.01 - 1.0).abs() < 0.1, "{before}");
        // An exponential of mean m, and n images without a lens: mean m/(1 + n·m).
        let after = mean(&audited(1e-7, 300, 0));
        assert!((after / 0.0025 - 1.0).abs() < 0.15, "{after}");
        assert!(mean(&audited(1e-7, 300, 6)) > 0.012);
    }
}
