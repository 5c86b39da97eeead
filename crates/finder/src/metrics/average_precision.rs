//! Average precision and its bootstrap interval.

use domain::{Rng, Seed};
use rand::RngExt as _;

use super::{Area, MetricError, ranking::Ranking};

/// Average precision Σ (R_k − R_{k−1})·P_k with a percentile interval from `resamples` stratified
/// bootstrap samples (lenses and others are drawn separately, so the prevalence stays).
///
/// # Errors
/// When a class is missing or a score is not finite.
pub fn average_precision(
    scores: &[f64],
    labels: &[bool],
    resamples: usize,
    seed: Seed,
) -> Result<Area, MetricError> {
    let ranking = Ranking::of_both(scores, labels)?;
    let value = ranking.average_precision(labels, |_| 1.0);
    let mut bootstrap = Bootstrap::new(labels, seed);
    let mut values: Vec<f64> = (0..resamples)
        .map(|_| {
            let counts = bootstrap.draw();
            ranking.average_precision(labels, |index| f64::from(counts[index]))
        })
        .collect();
    let (low, high) = percentiles(&mut values).unwrap_or((0.0, 1.0));
    Ok(Area {
        value,
        low: low.min(value),
        high: high.max(value),
        positives: ranking.positives,
        negatives: ranking.negatives,
    })
}

/// Stratified bootstrap samples as counts per image.
pub(super) struct Bootstrap {
    classes: [Vec<usize>; 2],
    counts: Vec<u32>,
    rng: Rng,
}

impl Bootstrap {
    pub(super) fn new(labels: &[bool], seed: Seed) -> Self {
        let of = |class: bool| (0..labels.len()).filter(|&index| labels[index] == class).collect();
        Self { classes: [of(false), of(true)], counts: vec![0; labels.len()], rng: seed.rng() }
    }

    /// How often each image is in the next sample.
    pub(super) fn draw(&mut self) -> &[u32] {
        self.counts.fill(0);
        for class in self.classes.iter().filter(|class| !class.is_empty()) {
            for _ in 0..class.len() {
                self.counts[class[self.rng.random_range(0..class.len())]] += 1;
            }
        }
        &self.counts
    }
}

/// The 2.5 % and 97.5 % points; `None` without values.
pub(super) fn percentiles(values: &mut [f64]) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |share: f64| values[(share * last as f64).round() as usize];
    Some((at(0.025), at(0.975)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_a_value_worked_by_hand() {
        // Order: + − + −; precision at the lenses 1 and 2/3.
        let area = average_precision(&[0.9, 0.8, 0.7, 0.1], &[true, false, true, false], 200, Seed::root(1))
            .unwrap();
        assert!((area.value - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        assert!(area.low <= area.value && area.value <= area.high);
    }

    #[test]
    fn tied_scores_share_one_step() {
        let area = average_precision(&[0.5; 4], &[true, false, false, false], 0, Seed::root(1)).unwrap();
        assert!((area.value - 0.25).abs() < 1e-12);
        assert_eq!((area.low, area.high), (0.0, 1.0));
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let scores: Vec<f64> = (0..60).map(|i| f64::from(i * 37 % 60)).collect();
        let labels: Vec<bool> = (0..60).map(|i| i % 5 == 0).collect();
        let of = |seed| average_precision(&scores, &labels, 300, Seed::root(seed)).unwrap();
        assert_eq!(of(3), of(3));
        assert_ne!(of(3), of(4));
    }
}
