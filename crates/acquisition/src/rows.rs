//! From chosen positions to rows.

use domain::Seed;

use crate::{Pool, Selected, Strategy, noise::Noise, selector::top};

/// Rows of a choice without chance, best first.
pub(crate) fn certain(
    pool: &Pool<'_>,
    strategy: Strategy,
    chosen: impl IntoIterator<Item = (usize, f64)>,
) -> Vec<Selected> {
    with_chance(pool, strategy, chosen.into_iter().map(|(index, score)| (index, score, 1.0)))
}

/// Rows of (position, score, propensity), best first.
pub(crate) fn with_chance(
    pool: &Pool<'_>,
    strategy: Strategy,
    chosen: impl IntoIterator<Item = (usize, f64, f64)>,
) -> Vec<Selected> {
    let row = |(rank, (index, score, inclusion_probability))| Selected {
        index,
        subject: pool.ids()[index],
        strategy,
        rank,
        inclusion_probability,
        score,
    };
    chosen.into_iter().enumerate().map(row).collect()
}

/// The highest scores, without chance.
pub(crate) fn highest(
    pool: &Pool<'_>,
    open: &[usize],
    budget: usize,
    strategy: Strategy,
    score: impl Fn(usize) -> f64 + Sync,
) -> Vec<Selected> {
    certain(pool, strategy, top(pool, open, budget, score).chosen)
}

/// `location` + Gumbel noise, the largest first: a draw without replacement with chances
/// ∝ e^location, each row with the chance of its key to pass the largest key left behind.
pub(crate) fn by_gumbel(
    pool: &Pool<'_>,
    open: &[usize],
    budget: usize,
    seed: Seed,
    strategy: Strategy,
    location: impl Fn(usize) -> f64 + Sync,
) -> Vec<Selected> {
    let noise = Noise::new(seed);
    let top = top(pool, open, budget, |i| location(i) + noise.gumbel(pool.ids()[i]));
    let row = |(index, key)| (index, key, passes(location(index), top.threshold));
    with_chance(pool, strategy, top.chosen.into_iter().map(row))
}

/// P(location + Gumbel > κ) = 1 − exp(−exp(location − κ)); 1 where nothing was left behind.
pub(crate) fn passes(location: f64, threshold: Option<f64>) -> f64 {
    threshold.map_or(1.0, |kappa| (-(-(location - kappa).exp()).exp_m1()).max(f64::MIN_POSITIVE))
}

/// Open positions by id: what sums or walks over the pool does so in this order, so that how the
/// pool is listed cannot reach the last bit.
pub(crate) fn by_id(pool: &Pool<'_>, open: &[usize]) -> Vec<usize> {
    let ids = pool.ids();
    let mut sorted = open.to_vec();
    if !sorted.is_sorted_by_key(|&i| ids[i]) {
        sorted.sort_unstable_by_key(|&i| ids[i]);
    }
    sorted
}

/// At most `count` of these positions by chance, by id.
pub(crate) fn sample(pool: &Pool<'_>, open: &[usize], count: usize, seed: Seed) -> Vec<usize> {
    if open.len() <= count {
        return by_id(pool, open);
    }
    let noise = Noise::new(seed);
    let chosen = top(pool, open, count, |i| noise.uniform(pool.ids()[i])).chosen;
    by_id(pool, &chosen.into_iter().map(|(i, _)| i).collect::<Vec<_>>())
}
