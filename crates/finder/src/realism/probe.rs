//! A linear probe: logistic regression with an L2 penalty on standardised
//! numbers, judged by cross-validation. An image is never judged by a probe
//! that saw it, or anything else of its group (its sky cell).

use std::collections::HashSet;

use domain::Digest;
use linfa::{DatasetBase, traits::Fit as _};
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::metrics::{Area, MetricError, cross_validated_auroc};

/// Parts the images are dealt into.
const FOLDS: usize = 5;

/// With fewer images of a side nothing is measured.
const FEWEST: usize = 10;

/// Weight of the L2 penalty beside the sum of the examples' losses.
const PENALTY: f64 = 1.0;

const MAX_STEPS: u64 = 200;

/// How images were dealt to the folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoldsBy {
    /// Whole groups (sky cells) together.
    Group,
    /// Each image by itself: there were too few groups, or images nobody knows the group of.
    Image,
}

impl FoldsBy {
    /// How it is said to people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Group => "folds by sky cell",
            Self::Image => "folds by image (too few sky cells, or images without one)",
        }
    }
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq)]
pub struct Probed {
    /// How images were dealt to the folds.
    pub folds_by: FoldsBy,
    /// The area under the ROC curve between images of the same fold (folds have probes of their own,
    /// whose scores must not be mixed). The interval takes images of one group as one witness.
    pub area: Result<Area, MetricError>,
}

/// Tells images with label `true` from the others by `dim` numbers of each, which lie one after
/// another. No `groups`: each image is dealt by itself. The same input gives the same answer.
#[must_use]
pub fn probe(numbers: &[f32], dim: usize, labels: &[bool], groups: &[u64]) -> Probed {
    let (folds, folds_by) = deal(labels, groups);
    Probed { folds_by, area: cross_validated(numbers, dim, labels, groups, (&folds, folds_by)) }
}

fn cross_validated(
    numbers: &[f32],
    dim: usize,
    labels: &[bool],
    groups: &[u64],
    (folds, by): (&[usize], FoldsBy),
) -> Result<Area, MetricError> {
    if dim == 0 || numbers.len() != labels.len() * dim {
        return Err(MetricError::Length { scores: numbers.len() / dim.max(1), labels: labels.len() });
    }
    if let Some(index) = numbers.iter().position(|x| !x.is_finite()) {
        return Err(MetricError::NotFinite { index: index / dim });
    }
    let positives = labels.iter().filter(|&&label| label).count();
    let fewest = positives.min(labels.len() - positives);
    if fewest < FEWEST {
        return Err(MetricError::TooFew { needed: FEWEST, found: fewest });
    }
    // Of the folds whose probe could be fitted; the others say nothing, not 0.5.
    let (mut scores, mut kept) = (Vec::new(), Vec::new());
    for fold in 0..FOLDS {
        let (seen, judged): (Vec<usize>, Vec<usize>) = (0..labels.len()).partition(|&i| folds[i] != fold);
        if let Some(line) = Line::fit(numbers, dim, labels, &seen) {
            for i in judged {
                scores.push(line.score(&numbers[i * dim..(i + 1) * dim]));
                kept.push(i);
            }
        }
    }
    if kept.is_empty() {
        return Err(MetricError::NoFit);
    }
    let clusters: Vec<u64> = match by {
        FoldsBy::Group => kept.iter().map(|&i| groups[i]).collect(),
        FoldsBy::Image => kept.iter().map(|&i| i as u64).collect(),
    };
    let labels: Vec<bool> = kept.iter().map(|&i| labels[i]).collect();
    let folds: Vec<usize> = kept.iter().map(|&i| folds[i]).collect();
    cross_validated_auroc(&scores, &labels, &folds, &clusters)
}

/// The fold of each image: by its group if both sides have enough of them, else by its place.
fn deal(labels: &[bool], groups: &[u64]) -> (Vec<usize>, FoldsBy) {
    let distinct = |side: bool| {
        let of_side = groups.iter().zip(labels).filter(|(_, label)| **label == side);
        of_side.map(|(group, _)| group).collect::<HashSet<_>>().len()
    };
    let fold = |number: u64| {
        let Digest(bytes) = Digest::of(&number.to_le_bytes());
        usize::from(bytes[0]) % FOLDS
    };
    if groups.len() == labels.len() && distinct(true).min(distinct(false)) >= 2 * FOLDS {
        (groups.iter().map(|&group| fold(group)).collect(), FoldsBy::Group)
    } else {
        ((0..labels.len() as u64).map(fold).collect(), FoldsBy::Image)
    }
}

/// A fitted probe: weights of the numbers as they are.
struct Line {
    weights: Vec<f64>,
}

impl Line {
    /// `None` when the images to learn from are all of one side, or the fit fails.
    fn fit(numbers: &[f32], dim: usize, labels: &[bool], seen: &[usize]) -> Option<Self> {
        let count = seen.len() as f64;
        let column = |d: usize| seen.iter().map(move |&i| f64::from(numbers[i * dim + d]));
        let means: Vec<f64> = (0..dim).map(|d| column(d).sum::<f64>() / count).collect();
        let inverse: Vec<f64> = (0..dim)
            .map(|d| {
                let variance = column(d).map(|x| (x - means[d]).powi(2)).sum::<f64>() / count;
                if variance > 1e-12 { 1.0 / variance.sqrt() } else { 0.0 }
            })
            .collect();
        let records = Array2::from_shape_fn((seen.len(), dim), |(row, d)| {
            (f64::from(numbers[seen[row] * dim + d]) - means[d]) * inverse[d]
        });
        let targets: Array1<bool> = seen.iter().map(|&i| labels[i]).collect();
        let wish = LogisticRegression::default().alpha(PENALTY).max_iterations(MAX_STEPS);
        let fitted = wish.fit(&DatasetBase::new(records, targets)).ok()?;
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        // Means and intercept shift all scores of a fold alike, and only their order counts.
        let weights = fitted.params().iter().zip(&inverse).map(|(w, d)| sign * w * d).collect();
        Some(Self { weights })
    }

    fn score(&self, numbers: &[f32]) -> f64 {
        numbers.iter().zip(&self.weights).map(|(&x, w)| f64::from(x) * w).sum()
    }
}

#[cfg(test)]
mod tests {
    use domain::Seed;
    use rand_distr::{Distribution as _, StandardNormal};

    use super::*;

    /// 16 numbers each, the labels dealt in turn; `shift` moves one number of one side.
    fn drawn(count: usize, shift: f64, seed: u64) -> (Vec<f32>, Vec<bool>, Vec<u64>) {
        let mut rng = Seed::root(seed).rng();
        let labels: Vec<bool> = (0..count).map(|i| i % 2 == 0).collect();
        let mut numbers = Vec::new();
        for &label in &labels {
            for d in 0..16 {
                let noise: f64 = StandardNormal.sample(&mut rng);
                let moved = if label && d == 3 { shift } else { 0.0 };
                numbers.push((100.0 * (noise + moved) + 7.0) as f32);
            }
        }
        (numbers, labels, (0..count as u64).map(|i| i / 3).collect())
    }

    #[test]
    fn two_halves_of_one_set_cannot_be_told_apart() {
        let within = (0..100).filter(|&seed| {
            let (numbers, labels, groups) = drawn(200, 0.0, seed);
            let area = probe(&numbers, 16, &labels, &groups).area.unwrap();
            area.low <= 0.5 && 0.5 <= area.high
        });
        // A 95 % interval misses 5 of 100 on average; 11 or more would happen once in 90 times.
        let within = within.count();
        assert!((90..100).contains(&within), "{within} of 100 intervals hold 0.5");
    }

    #[test]
    fn a_shift_is_found_and_has_the_area_theory_gives() {
        let (numbers, labels, groups) = drawn(3000, 1.0, 3);
        let probed = probe(&numbers, 16, &labels, &groups);
        let area = probed.area.unwrap();
        let only: Vec<f64> = numbers.iter().skip(3).step_by(16).map(|&x| f64::from(x)).collect();
        let best = crate::metrics::auroc(&only, &labels).unwrap().value;
        assert!((area.value - best).abs() < 0.01, "the other numbers say nothing: {area:?}, {best}");
        // Φ(1/√2).
        assert!(area.low < 0.7602 && 0.7602 < area.high && area.high - area.low < 0.05, "{area:?}");
        assert_eq!((area.positives, area.negatives, probed.folds_by), (1500, 1500, FoldsBy::Group));
        let turned: Vec<bool> = labels.iter().map(|label| !label).collect();
        let other = probe(&numbers, 16, &turned, &groups).area.unwrap();
        assert!((other.value - area.value).abs() < 1e-3, "either side may count as positive");
    }

    #[test]
    fn what_was_learned_by_heart_does_not_count() {
        // More numbers than images: any probe separates what it was fitted on.
        let (numbers, labels, _) = drawn(160, 0.0, 3);
        let (labels, groups) = (labels[..40].to_vec(), vec![0; 40]);
        let probed = probe(&numbers, 64, &labels, &groups);
        assert_eq!(probed.folds_by, FoldsBy::Image, "one group cannot be dealt");
        let area = probed.area.unwrap();
        assert!(area.low <= 0.5 && area.high >= 0.5, "{area:?}");
    }

    #[test]
    fn images_of_one_group_share_a_fold() {
        // Each group has a mark of its own in half of the numbers, and one side only: a probe that
        // saw a part of the group would know the rest.
        let (mut numbers, mut labels, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        let mut rng = Seed::root(9).rng();
        for group in 0..40_u64 {
            let mark: Vec<f64> = (0..32).map(|_| StandardNormal.sample(&mut rng)).collect();
            for _ in 0..10 {
                labels.push(group % 2 == 0);
                groups.push(group);
                numbers.extend(mark.iter().map(|m| {
                    let noise: f64 = StandardNormal.sample(&mut rng);
                    (m + 0.05 * noise) as f32
                }));
            }
        }
        let by_group = probe(&numbers, 32, &labels, &groups).area.unwrap();
        let by_image = probe(&numbers, 32, &labels, &[]).area.unwrap();
        assert!(by_image.low > 0.95, "{by_image:?}");
        // 40 groups are 40 witnesses, not 400.
        assert!(by_group.low < 0.55 && by_group.high - by_group.low > 0.2, "{by_group:?}");
    }

    #[test]
    fn a_fold_without_a_probe_does_not_count_as_one_half() {
        // All of one side lie in one fold: its probe has nothing to learn from, and the other folds
        // have nothing to tell apart.
        let fold = |group: u64| usize::from(Digest::of(&group.to_le_bytes()).0[0]) % FOLDS;
        let one: Vec<u64> = (0..1000).filter(|&group| fold(group) == 0).take(20).collect();
        let groups: Vec<u64> = one.iter().copied().chain(1000..1100).collect();
        let labels: Vec<bool> = (0..groups.len()).map(|i| i < one.len()).collect();
        let numbers: Vec<f32> = (0..groups.len()).map(|i| i as f32).collect();
        let probed = probe(&numbers, 1, &labels, &groups);
        assert_eq!(probed.folds_by, FoldsBy::Group);
        assert!(probed.area.is_err(), "{:?}", probed.area);
    }

    #[test]
    fn too_few_or_broken_numbers_have_a_reason() {
        let (mut numbers, labels, groups) = drawn(18, 0.0, 1);
        let reason = |numbers: &[f32]| probe(numbers, 16, &labels, &groups).area.unwrap_err().to_string();
        assert!(reason(&numbers).contains("at least 10 images, there are 9"));
        numbers[20] = f32::NAN;
        assert!(reason(&numbers).contains("score 1 is not"));
        assert!(probe(&numbers[1..], 16, &labels, &groups).area.is_err());
    }
}
