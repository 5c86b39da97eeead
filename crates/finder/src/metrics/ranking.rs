//! Scores sorted once, with ties kept together, so that resampling costs one
//! pass over counts instead of one sort.

use super::MetricError;

/// Images in falling order of score; `ends[k]` is where the k-th group of equal scores ends.
pub(super) struct Ranking {
    /// Index of each image in falling order of score; equal scores in input order.
    pub order: Vec<usize>,
    /// Ends of the groups of equal scores.
    pub ends: Vec<usize>,
    pub positives: u64,
    pub negatives: u64,
}

/// How many images counted so far are true and false positives.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub true_positives: f64,
    pub false_positives: f64,
}

impl Ranking {
    /// Checks and sorts.
    pub fn new(scores: &[f64], labels: &[bool]) -> Result<Self, MetricError> {
        if scores.len() != labels.len() {
            return Err(MetricError::Length { scores: scores.len(), labels: labels.len() });
        }
        if let Some(index) = scores.iter().position(|score| !score.is_finite()) {
            return Err(MetricError::NotFinite { index });
        }
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let ends = (1..=order.len())
            .filter(|&end| end == order.len() || scores[order[end]] != scores[order[end - 1]])
            .collect();
        let positives = labels.iter().filter(|&&label| label).count() as u64;
        Ok(Self { order, ends, positives, negatives: labels.len() as u64 - positives })
    }

    /// As [`Ranking::new`], and both classes are there.
    pub fn of_both(scores: &[f64], labels: &[bool]) -> Result<Self, MetricError> {
        let ranking = Self::new(scores, labels)?;
        let (positives, negatives) = (ranking.positives, ranking.negatives);
        if positives == 0 || negatives == 0 {
            return Err(MetricError::OneClass { positives, negatives });
        }
        Ok(ranking)
    }

    /// Walks the groups from the highest score down; `count(i)` is how often image i counts.
    /// `visit` gets the counts before and after each group.
    fn walk(&self, labels: &[bool], count: impl Fn(usize) -> f64, mut visit: impl FnMut(Counts, Counts)) {
        let (mut now, mut start) = (Counts::default(), 0);
        for &end in &self.ends {
            let before = now;
            for &index in &self.order[start..end] {
                if labels[index] {
                    now.true_positives += count(index);
                } else {
                    now.false_positives += count(index);
                }
            }
            start = end;
            visit(before, now);
        }
    }

    /// Area under the ROC curve; ties count one half. NaN if a class has no counts.
    pub fn auroc(&self, labels: &[bool], count: impl Fn(usize) -> f64) -> f64 {
        let (mut area, mut last) = (0.0, Counts::default());
        self.walk(labels, count, |before, after| {
            let width = after.false_positives - before.false_positives;
            area += width * 0.5 * (before.true_positives + after.true_positives);
            last = after;
        });
        area / (last.true_positives * last.false_positives)
    }

    /// Σ (R_k − R_{k−1})·P_k over the groups: no interpolation, ties as one step. NaN without
    /// positives.
    pub fn average_precision(&self, labels: &[bool], count: impl Fn(usize) -> f64) -> f64 {
        let (mut sum, mut positives) = (0.0, 0.0);
        self.walk(labels, count, |before, after| {
            let found = after.true_positives - before.true_positives;
            if found > 0.0 {
                sum += found * after.true_positives / (after.true_positives + after.false_positives);
            }
            positives = after.true_positives;
        });
        sum / positives
    }

    /// The largest counts whose share of the `negatives` stays at or under `fpr`, and how many
    /// groups that takes.
    pub fn at_fpr(
        &self,
        labels: &[bool],
        negatives: f64,
        fpr: f64,
        count: impl Fn(usize) -> f64,
    ) -> (Counts, usize) {
        let (mut best, mut groups, mut seen) = (Counts::default(), 0, 0);
        // A rounding guard: 0.01 · 300 must allow 3 false positives.
        let allowed = (fpr * negatives + 1e-9).floor();
        self.walk(labels, count, |_, after| {
            seen += 1;
            if after.false_positives <= allowed {
                (best, groups) = (after, seen);
            }
        });
        (best, groups)
    }
}
