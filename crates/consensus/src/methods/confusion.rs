//! Tables P(answer | class) of all workers: expected counts, pooled with the crowd's own.

use super::{
    by_task::{ByTask, Cast},
    exact_sum::ExactSum,
    majority::to_shares,
};

/// Row k of the crowd's table before any vote: the right answer is halfway between chance and
/// certainty, the others are alike.
pub(super) fn start_share(class: usize, answer: usize, answers: usize) -> f64 {
    let chance = 1.0 / answers as f64;
    if answers < 2 {
        1.0
    } else if class == answer {
        f64::midpoint(1.0, chance)
    } else {
        0.5 * (1.0 - chance) / (answers - 1) as f64
    }
}

/// One number per worker, answer and class; the classes of one answer lie side by side, because
/// that is what a vote reads and writes.
pub(super) struct Tables {
    classes: usize,
    answers: usize,
    values: Vec<ExactSum>,
}

impl Tables {
    /// Expected counts under some posteriors.
    pub(super) fn counted(
        votes: &ByTask,
        posteriors: &[f64],
        workers: usize,
        classes: usize,
        answers: usize,
    ) -> Self {
        let values = vec![ExactSum::default(); workers * answers * classes];
        let mut counts = Self { classes, answers, values };
        let mut row = vec![ExactSum::default(); classes];
        for (task, casts) in votes.iter() {
            for (sum, p) in row.iter_mut().zip(&posteriors[task * classes..]) {
                *sum = ExactSum::of(*p);
            }
            for cast in casts {
                counts.hear(*cast, &row);
            }
        }
        counts
    }

    fn at(&self, cast: Cast) -> usize {
        (cast.worker as usize * self.answers + usize::from(cast.answer)) * self.classes
    }

    /// The numbers of one vote, one per class.
    #[inline]
    pub(super) fn column(&self, cast: Cast) -> &[ExactSum] {
        &self.values[self.at(cast)..][..self.classes]
    }

    /// Counts a vote under a posterior.
    #[inline]
    pub(super) fn hear(&mut self, cast: Cast, posterior: &[ExactSum]) {
        let at = self.at(cast);
        for (count, p) in self.values[at..][..self.classes].iter_mut().zip(posterior) {
            count.add(*p);
        }
    }

    /// Forgets all counts.
    pub(super) fn clear(&mut self) {
        self.values.fill(ExactSum::default());
    }

    /// The crowd's own table: the counts of all, and the start. One row of `answers` per class.
    pub(super) fn crowd(&self, start_votes: f64) -> Vec<f64> {
        let (classes, answers) = (self.classes, self.answers);
        let mut sums = vec![ExactSum::default(); answers * classes];
        for worker in self.values.chunks_exact(answers * classes) {
            for (sum, count) in sums.iter_mut().zip(worker) {
                sum.add(*count);
            }
        }
        let mut crowd = vec![0.0; classes * answers];
        for (class, row) in crowd.chunks_exact_mut(answers).enumerate() {
            for (answer, share) in row.iter_mut().enumerate() {
                let count = sums[answer * classes + class].value().max(0.0);
                *share = count + start_votes * start_share(class, answer, answers);
            }
            to_shares(row);
        }
        crowd
    }

    /// A worker's table under their counts and `pooling` votes of the crowd's table, row after row.
    pub(super) fn rows(&self, worker: usize, crowd: &[f64], pooling: f64) -> Vec<f64> {
        let mut rows = vec![0.0; self.classes * self.answers];
        self.fill_rows(worker, crowd, pooling, &mut rows);
        rows
    }

    fn fill_rows(&self, worker: usize, crowd: &[f64], pooling: f64, rows: &mut [f64]) {
        let counts = &self.values[worker * self.classes * self.answers..];
        for (class, row) in rows.chunks_exact_mut(self.answers).enumerate() {
            for (answer, share) in row.iter_mut().enumerate() {
                let count = counts[answer * self.classes + class].value();
                *share = count + pooling * crowd[class * self.answers + answer];
            }
            to_shares(row);
        }
    }

    /// Replaces these numbers by the logarithms of everybody's table under `counts`.
    pub(super) fn set_to_logs_of(&mut self, counts: &Self, crowd: &[f64], pooling: f64) {
        let mut rows = vec![0.0; self.classes * self.answers];
        for (worker, logs) in self.values.chunks_exact_mut(self.answers * self.classes).enumerate() {
            counts.fill_rows(worker, crowd, pooling, &mut rows);
            for (class, row) in rows.chunks_exact(self.answers).enumerate() {
                for (answer, share) in row.iter().enumerate() {
                    logs[answer * self.classes + class] = ExactSum::of(share.ln());
                }
            }
        }
    }

    /// Tables of the same size, all zero.
    pub(super) fn like(&self) -> Self {
        Self {
            values: vec![ExactSum::default(); self.values.len()],
            classes: self.classes,
            answers: self.answers,
        }
    }
}
