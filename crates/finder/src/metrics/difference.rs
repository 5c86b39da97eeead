//! Whether one network is better than another on the same images: a paired
//! bootstrap of the difference. The promotion gate reads this.

use domain::Seed;
use serde::{Deserialize, Serialize};

use super::{
    MetricError,
    average_precision::{Bootstrap, percentiles},
    ranking::Ranking,
};

/// Which number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Area under the ROC curve.
    Auroc,
    /// Average precision.
    AveragePrecision,
    /// True-positive rate at this false-positive rate.
    TprAtFpr(f64),
}

/// a − b with a 95 % percentile interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The difference on the images as they are.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Share of resamples in which a is better than b, ties counting one half.
    pub share_above_zero: f64,
    /// Lenses.
    pub positives: u64,
    /// Others.
    pub negatives: u64,
    /// Resamples drawn.
    pub resamples: usize,
}

/// Compares two scores of the same images by a stratified bootstrap in which both see the same
/// resampled images.
///
/// # Errors
/// When lengths differ, a class is missing, a score is not finite or no resamples are asked for.
pub fn paired_difference(
    a: &[f64],
    b: &[f64],
    labels: &[bool],
    statistic: Statistic,
    resamples: usize,
    seed: Seed,
) -> Result<Difference, MetricError> {
    if resamples == 0 {
        return Err(MetricError::TooFew { needed: 1, found: 0 });
    }
    let (first, second) = (Ranking::of_both(a, labels)?, Ranking::of_both(b, labels)?);
    let of = |ranking: &Ranking, counts: Option<&[u32]>| {
        let count = |index: usize| counts.map_or(1.0, |counts| f64::from(counts[index]));
        match statistic {
            Statistic::Auroc => ranking.auroc(labels, count),
            Statistic::AveragePrecision => ranking.average_precision(labels, count),
            // A stratified resample keeps the number of each class.
            Statistic::TprAtFpr(fpr) => {
                let (at, _) = ranking.at_fpr(labels, ranking.negatives as f64, fpr, count);
                at.true_positives / ranking.positives as f64
            }
        }
    };
    let value = of(&first, None) - of(&second, None);
    let mut bootstrap = Bootstrap::new(labels, seed);
    let mut values: Vec<f64> = (0..resamples)
        .map(|_| {
            let counts = bootstrap.draw();
            of(&first, Some(counts)) - of(&second, Some(counts))
        })
        .collect();
    let above: f64 = values
        .iter()
        .map(|d| {
            if *d > 0.0 {
                1.0
            } else if *d == 0.0 {
                0.5
            } else {
                0.0
            }
        })
        .sum();
    let (low, high) = percentiles(&mut values).ok_or(MetricError::TooFew { needed: 1, found: 0 })?;
    Ok(Difference {
        value,
        low,
        high,
        share_above_zero: above / resamples as f64,
        positives: first.positives,
        negatives: first.negatives,
        resamples,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 40 lenses among 400; `noise` blurs the separation.
    fn scores(noise: f64) -> (Vec<f64>, Vec<bool>) {
        let labels: Vec<bool> = (0..400).map(|i| i % 10 == 0).collect();
        let wobble = |i: usize| ((i * 7919) % 997) as f64 / 997.0 - 0.5;
        let scores = labels.iter().enumerate().map(|(i, &l)| f64::from(u8::from(l)) + noise * wobble(i));
        (scores.collect(), labels)
    }

    #[test]
    fn a_better_network_is_seen_to_be_better() {
        let ((good, labels), (bad, _)) = (scores(1.5), scores(8.0));
        for statistic in [Statistic::Auroc, Statistic::AveragePrecision, Statistic::TprAtFpr(0.01)] {
            let d = paired_difference(&good, &bad, &labels, statistic, 400, Seed::root(2)).unwrap();
            assert!(d.low > 0.0 && d.share_above_zero > 0.99, "{statistic:?} {d:?}");
            let back = paired_difference(&bad, &good, &labels, statistic, 400, Seed::root(2)).unwrap();
            assert!((d.value + back.value).abs() < 1e-12);
        }
    }

    #[test]
    fn a_network_does_not_beat_itself() {
        let (same, labels) = scores(3.0);
        let d = paired_difference(&same, &same, &labels, Statistic::Auroc, 100, Seed::root(2)).unwrap();
        assert_eq!((d.value, d.low, d.high, d.share_above_zero), (0.0, 0.0, 0.0, 0.5));
    }
}
