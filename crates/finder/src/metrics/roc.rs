//! Numbers along the ROC curve: the area under it with DeLong's interval, the
//! true-positive rate at a fixed false-positive rate, precision among the first N.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Area, MetricError, Rate, Z95, ranking::Ranking, wilson};

/// Area under the ROC curve with DeLong's variance (DeLong et al. 1988, by midranks as in Sun & Xu
/// 2014), the interval made on the logit scale so that it stays within (0, 1). Where the variance
/// vanishes (a perfect or perfectly wrong ranking) the end that is not exact comes from the Wilson
/// interval of the smaller class, because certainty would be a lie.
///
/// # Errors
/// When a class is missing or a score is not finite.
pub fn auroc(scores: &[f64], labels: &[bool]) -> Result<Area, MetricError> {
    let placed = Placements::of(scores, labels)?;
    Ok(area(placed.value, placed.variance(labels), placed.positives, placed.negatives))
}

/// As [`auroc`], for scores from cross-validation: only images of one fold may be compared with each
/// other, as each fold was judged by a fit of its own. The areas of the folds are averaged, each with
/// its number of pairs as weight; folds with one class alone are left out, and their images are not
/// counted. Images of one cluster (a patch of sky) count as one witness in the interval, after
/// Obuchowski (1997).
///
/// Any two folds judge each other with the same evidence: where the classes do not differ, the chance
/// likeness of two folds moves both their areas, which correlate by 1/(K − 1), and the variance of the
/// average is twice what independent folds would have. It is doubled here; where the classes differ
/// much the interval is therefore up to √2 too wide.
///
/// # Errors
/// When no fold has both classes, the lists differ in length or a score is not finite.
pub fn cross_validated_auroc(
    scores: &[f64],
    labels: &[bool],
    folds: &[usize],
    clusters: &[u64],
) -> Result<Area, MetricError> {
    if let Some(&other) =
        [scores.len(), folds.len(), clusters.len()].iter().find(|&&length| length != labels.len())
    {
        return Err(MetricError::Length { scores: other, labels: labels.len() });
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, &fold) in folds.iter().enumerate() {
        parts.entry(fold).or_default().push(index);
    }
    let mut placed = Vec::new();
    for inside in parts.into_values() {
        let own: Vec<f64> = inside.iter().map(|&i| scores[i]).collect();
        let classes: Vec<bool> = inside.iter().map(|&i| labels[i]).collect();
        match Placements::of(&own, &classes) {
            Ok(part) => placed.push((part, inside)),
            Err(MetricError::OneClass { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let pairs = |part: &Placements| part.positives as f64 * part.negatives as f64;
    let all: f64 = placed.iter().map(|(part, _)| pairs(part)).sum();
    let positives = placed.iter().map(|(part, _)| part.positives).sum();
    let negatives = placed.iter().map(|(part, _)| part.negatives).sum();
    if placed.is_empty() {
        let positives = labels.iter().filter(|&&label| label).count() as u64;
        return Err(MetricError::OneClass { positives, negatives: labels.len() as u64 - positives });
    }
    let (mut value, mut pull) = (0.0, BTreeMap::new());
    for (part, inside) in &placed {
        let weight = pairs(part) / all;
        value += weight * part.value;
        // How far each image pulls the area from where it is, summed by cluster.
        for (&index, placement) in inside.iter().zip(&part.each) {
            let of_class = if labels[index] { part.positives } else { part.negatives };
            *pull.entry(clusters[index]).or_insert(0.0) +=
                weight * (placement - part.value) / of_class as f64;
        }
    }
    let witnesses = pull.len() as f64;
    let squares: f64 = pull.values().map(|pull| pull * pull).sum();
    let variance = if witnesses < 2.0 { 0.0 } else { 2.0 * squares * witnesses / (witnesses - 1.0) };
    Ok(area(value.clamp(0.0, 1.0), variance, positives, negatives))
}

/// The area with its interval on the logit scale.
fn area(value: f64, variance: f64, positives: u64, negatives: u64) -> Area {
    let (low, high) = if variance > 1e-15 && value > 0.0 && value < 1.0 {
        let centre = domain::logit(value);
        let half = Z95 * variance.sqrt() / (value * (1.0 - value));
        (domain::sigmoid(centre - half), domain::sigmoid(centre + half))
    } else {
        let few = positives.min(negatives);
        let hits = (value * few as f64).round() as u64;
        wilson(hits, few).map_or((0.0, 1.0), |rate| (rate.low.min(value), rate.high.max(value)))
    };
    Area { value, low, high, positives, negatives }
}

/// Where each image stands among those of the other class.
struct Placements {
    value: f64,
    /// Of a positive: the share of negatives below it; of a negative: of positives above it.
    each: Vec<f64>,
    positives: u64,
    negatives: u64,
}

impl Placements {
    fn of(scores: &[f64], labels: &[bool]) -> Result<Self, MetricError> {
        let ranking = Ranking::of_both(scores, labels)?;
        let (m, n) = (ranking.positives as f64, ranking.negatives as f64);
        let value = ranking.auroc(labels, |_| 1.0);

        // Midranks within everything and within each class, lowest score = rank 1.
        let mut each = vec![0.0; labels.len()];
        let (mut seen, mut seen_of) = (0.0, [0.0, 0.0]);
        let mut end_of_group = ranking.order.len();
        for &start in ranking.ends.iter().rev().skip(1).chain([&0]) {
            let group = &ranking.order[start..end_of_group];
            end_of_group = start;
            let inside = group.iter().filter(|&&index| labels[index]).count() as f64;
            let of = [group.len() as f64 - inside, inside];
            let all = seen + 0.5 * (group.len() as f64 + 1.0);
            // V10 for positives, V01 for negatives.
            let own = |class: usize| all - (seen_of[class] + 0.5 * (of[class] + 1.0));
            let placement = [1.0 - own(0) / m, own(1) / n];
            for &index in group {
                each[index] = placement[usize::from(labels[index])];
            }
            seen_of = [seen_of[0] + of[0], seen_of[1] + of[1]];
            seen += group.len() as f64;
        }
        Ok(Self { value, each, positives: ranking.positives, negatives: ranking.negatives })
    }

    /// DeLong's variance: of each class's placements about their mean.
    fn variance(&self, labels: &[bool]) -> f64 {
        let of_class = |class: bool, count: f64| {
            let own = || self.each.iter().zip(labels).filter(|(_, l)| **l == class).map(|(v, _)| v);
            let mean = own().sum::<f64>() / count;
            let squares: f64 = own().map(|v| (v - mean).powi(2)).sum();
            if count < 2.0 { 0.0 } else { squares / (count - 1.0) / count }
        };
        of_class(true, self.positives as f64) + of_class(false, self.negatives as f64)
    }
}

/// The share of lenses found while at most a given share of the others is let through.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TprAtFpr {
    /// The false-positive rate that is allowed.
    pub fpr: f64,
    /// Lenses found, with the Wilson interval.
    pub tpr: Rate,
    /// The lowest score let through; `None` when nothing can be let through.
    pub threshold: Option<f64>,
    /// Others let through.
    pub false_positives: u64,
    /// Others there are.
    pub negatives: u64,
    /// Whether there are enough others for one false positive to be allowed at all. If not, the
    /// rate is the one at no false positive: a lower bound.
    pub resolved: bool,
}

/// True-positive rate at a false-positive rate of at most `fpr`.
///
/// # Errors
/// When a class is missing or a score is not finite.
pub fn tpr_at_fpr(scores: &[f64], labels: &[bool], fpr: f64) -> Result<TprAtFpr, MetricError> {
    let ranking = Ranking::of_both(scores, labels)?;
    let (counts, groups) = ranking.at_fpr(labels, ranking.negatives as f64, fpr, |_| 1.0);
    let threshold = groups.checked_sub(1).map(|last| scores[ranking.order[ranking.ends[last] - 1]]);
    let (positives, negatives) = (ranking.positives, ranking.negatives);
    let tpr = wilson(counts.true_positives as u64, positives)
        .ok_or(MetricError::OneClass { positives, negatives })?;
    let resolved = fpr * negatives as f64 + 1e-9 >= 1.0;
    Ok(TprAtFpr { fpr, tpr, threshold, false_positives: counts.false_positives as u64, negatives, resolved })
}

/// True-positive rate with at most `count` false positives: TPR₀ and TPR₁₀ of the lens-finding
/// challenges (Metcalf et al. 2019, arXiv:1802.03609).
///
/// # Errors
/// When a class is missing or a score is not finite.
pub fn tpr_at_count(scores: &[f64], labels: &[bool], count: u64) -> Result<TprAtFpr, MetricError> {
    let negatives = labels.iter().filter(|&&label| !label).count() as f64;
    let at = tpr_at_fpr(scores, labels, (count as f64 / negatives.max(1.0)).min(1.0))?;
    Ok(TprAtFpr { resolved: true, ..at })
}

/// The share of lenses among the `n` highest scores; equal scores keep the order of the input.
///
/// # Errors
/// When there are fewer than `n` images, or `n` is 0.
pub fn precision_at(scores: &[f64], labels: &[bool], n: usize) -> Result<Rate, MetricError> {
    let ranking = Ranking::new(scores, labels)?;
    let too_few = MetricError::TooFew { needed: n.max(1), found: scores.len() };
    if n == 0 || n > scores.len() {
        return Err(too_few);
    }
    let found = ranking.order[..n].iter().filter(|&&index| labels[index]).count();
    wilson(found as u64, n as u64).ok_or(too_few)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pairwise definition: the share of (lens, other) pairs in the right order.
    fn by_pairs(scores: &[f64], labels: &[bool]) -> f64 {
        let (mut sum, mut pairs) = (0.0, 0.0);
        for (i, &lens) in labels.iter().enumerate().filter(|(_, lens)| **lens) {
            assert!(lens);
            for (j, _) in labels.iter().enumerate().filter(|(_, lens)| !**lens) {
                pairs += 1.0;
                sum += if scores[i] > scores[j] {
                    1.0
                } else if scores[i] == scores[j] {
                    0.5
                } else {
                    0.0
                };
            }
        }
        sum / pairs
    }

    /// DeLong's variance by its definition, O(m·n).
    fn variance_by_definition(scores: &[f64], labels: &[bool]) -> f64 {
        let psi = |x: f64, y: f64| {
            if x > y {
                1.0
            } else if x == y {
                0.5
            } else {
                0.0
            }
        };
        let of = |class: bool| -> Vec<f64> {
            scores.iter().zip(labels).filter(|(_, l)| **l == class).map(|(s, _)| *s).collect()
        };
        let (xs, ys) = (of(true), of(false));
        let v10: Vec<f64> =
            xs.iter().map(|&x| ys.iter().map(|&y| psi(x, y)).sum::<f64>() / ys.len() as f64).collect();
        let v01: Vec<f64> =
            ys.iter().map(|&y| xs.iter().map(|&x| psi(x, y)).sum::<f64>() / xs.len() as f64).collect();
        let variance = |v: &[f64]| {
            let mean = v.iter().sum::<f64>() / v.len() as f64;
            v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (v.len() as f64 - 1.0)
        };
        variance(&v10) / xs.len() as f64 + variance(&v01) / ys.len() as f64
    }

    const SCORES: [f64; 9] = [0.9, 0.8, 0.8, 0.7, 0.5, 0.5, 0.3, 0.2, 0.1];
    const LABELS: [bool; 9] = [true, true, false, false, true, false, false, true, false];

    #[test]
    fn the_area_is_the_share_of_ordered_pairs() {
        let area = auroc(&SCORES, &LABELS).unwrap();
        assert!((area.value - by_pairs(&SCORES, &LABELS)).abs() < 1e-12);
        assert_eq!((area.positives, area.negatives), (4, 5));
    }

    #[test]
    fn the_interval_is_delongs() {
        let area = auroc(&SCORES, &LABELS).unwrap();
        let sd = variance_by_definition(&SCORES, &LABELS).sqrt();
        let half = Z95 * sd / (area.value * (1.0 - area.value));
        assert!((domain::logit(area.high) - domain::logit(area.value) - half).abs() < 1e-9);
        assert!((domain::logit(area.value) - domain::logit(area.low) - half).abs() < 1e-9);
    }

    #[test]
    fn folds_are_not_compared_with_each_other() {
        // Each fold is ranked perfectly; together, half of the pairs would be wrong.
        let scores = [0.2, 0.1, 0.9, 0.8, 0.3, 0.25, 0.95, 0.85, 0.5];
        let labels = [true, false, true, false, true, false, true, false, true];
        let folds = [0, 0, 1, 1, 0, 0, 1, 1, 7];
        let area = cross_validated_auroc(&scores, &labels, &folds, &[0, 1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
        let within = |fold| {
            let of = |i: &usize| folds[*i] == fold;
            let scores: Vec<f64> = (0..9).filter(of).map(|i| scores[i]).collect();
            let labels: Vec<bool> = (0..9).filter(of).map(|i| labels[i]).collect();
            auroc(&scores, &labels).unwrap().value
        };
        assert!((area.value - 0.5 * (within(0) + within(1))).abs() < 1e-12);
        assert_eq!((area.positives, area.negatives), (4, 4), "the fold of one class does not count");
        assert!(cross_validated_auroc(&[0.1, 0.2], &[true, false], &[0, 1], &[0, 1]).is_err());
        assert!(cross_validated_auroc(&[0.1, 0.2], &[true, false], &[0, 0], &[0]).is_err());
    }

    #[test]
    fn copies_of_an_image_are_one_witness() {
        let alone: Vec<u64> = (0..9).collect();
        let once = cross_validated_auroc(&SCORES, &LABELS, &[0; 9], &alone).unwrap();
        let delong = auroc(&SCORES, &LABELS).unwrap();
        assert!((once.value - delong.value).abs() < 1e-12);
        let width = |area: &Area| domain::logit(area.high) - domain::logit(area.low);
        let wider = width(&once) / width(&delong);
        assert!((wider / 2_f64.sqrt() - 1.0).abs() < 0.1, "{once:?} {delong:?}");
        let (scores, labels) = (SCORES.repeat(5), LABELS.repeat(5));
        let copied = cross_validated_auroc(&scores, &labels, &[0; 45], &alone.repeat(5)).unwrap();
        assert!((copied.low - once.low).abs() < 1e-9 && (copied.high - once.high).abs() < 1e-9);
        assert!(auroc(&scores, &labels).unwrap().low > copied.low + 0.1, "as 45 they would look sure");
    }

    #[test]
    fn a_perfect_ranking_of_few_is_not_certain() {
        let area = auroc(&[0.9, 0.8, 0.2, 0.1, 0.0], &[true, true, false, false, false]).unwrap();
        assert_eq!((area.value, area.high), (1.0, 1.0));
        assert!(area.low < 0.5);
    }

    #[test]
    fn one_class_is_an_error_that_counts() {
        let error = auroc(&[0.1, 0.2], &[false, false]).unwrap_err();
        assert_eq!(error, MetricError::OneClass { positives: 0, negatives: 2 });
        assert!(tpr_at_fpr(&[0.1], &[true], 0.1).is_err());
        assert!(auroc(&[f64::NAN, 0.0], &[true, false]).is_err());
        assert!(auroc(&[0.0], &[true, false]).is_err());
    }

    #[test]
    fn the_rate_at_a_fixed_rate_never_lets_more_through() {
        // 5 negatives: one fifth allows exactly one.
        let at = tpr_at_fpr(&SCORES, &LABELS, 0.2).unwrap();
        assert_eq!((at.tpr.successes, at.false_positives, at.resolved), (2, 1, true));
        assert_eq!(at.threshold, Some(0.8));
        let strict = tpr_at_fpr(&SCORES, &LABELS, 0.01).unwrap();
        assert_eq!((strict.tpr.successes, strict.false_positives, strict.resolved), (1, 0, false));
        assert_eq!(strict.threshold, Some(0.9));
        let none = tpr_at_fpr(&[0.9, 0.1], &[false, true], 0.0).unwrap();
        assert_eq!((none.tpr.successes, none.threshold), (0, None));
    }

    #[test]
    fn precision_counts_the_first_n() {
        assert_eq!(precision_at(&SCORES, &LABELS, 2).unwrap().successes, 2);
        assert_eq!(precision_at(&SCORES, &LABELS, 4).unwrap().value, 0.5);
        assert!(precision_at(&SCORES, &LABELS, 10).is_err());
        assert!(precision_at(&SCORES, &LABELS, 0).is_err());
    }
}
