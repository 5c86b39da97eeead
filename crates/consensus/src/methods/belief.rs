//! Rows of probabilities: from log-likelihoods, from a known truth, and their mean.

use super::{by_task::ByTask, exact_sum::ExactSum};
use crate::ConfigError;

/// Imagined tasks of each class behind a learnt prevalence.
const PREVALENCE_PSEUDO_COUNT: f64 = 1.0;

/// Turns unnormalised log-probabilities (finite) into probabilities that sum to one.
pub(crate) fn normalise_log(row: &mut [f64]) {
    let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for value in row.iter_mut() {
        *value = (*value - largest).exp();
        sum += *value;
    }
    for value in row.iter_mut() {
        *value /= sum;
    }
}

/// Puts all belief on one class.
pub(crate) fn make_certain(row: &mut [f64], class: u16) {
    row.fill(0.0);
    row[usize::from(class)] = 1.0;
}

/// The greatest difference between two rows.
pub(crate) fn greatest_change(old: &[f64], new: &[f64]) -> f64 {
    old.iter().zip(new).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The share of each class among the tasks that have votes and whose truth is not known (known
/// ones were chosen by somebody), one imagined task of each class among them.
pub(crate) struct Prevalence {
    sums: Vec<ExactSum>,
    tasks: f64,
}

impl Prevalence {
    /// No task yet.
    pub(crate) fn new(classes: usize) -> Self {
        Self { sums: vec![ExactSum::default(); classes], tasks: 0.0 }
    }

    /// Counts one task.
    pub(crate) fn count(&mut self, posterior: &[f64]) {
        for (sum, p) in self.sums.iter_mut().zip(posterior) {
            sum.add_value(*p);
        }
        self.tasks += 1.0;
    }

    /// Of all tasks that count.
    pub(crate) fn of(votes: &ByTask, gold: &[Option<u16>], posteriors: &[f64], classes: usize) -> Self {
        let mut all = Self::new(classes);
        for (task, casts) in votes.iter() {
            if !casts.is_empty() && gold[task].is_none() {
                all.count(&posteriors[task * classes..][..classes]);
            }
        }
        all
    }

    /// The shares; they sum to one.
    pub(crate) fn shares(&self) -> Vec<f64> {
        let total = self.tasks + PREVALENCE_PSEUDO_COUNT * self.sums.len() as f64;
        self.sums.iter().map(|sum| (sum.value().max(0.0) + PREVALENCE_PSEUDO_COUNT) / total).collect()
    }
}

/// When a method that sweeps over the votes again and again stops.
pub(crate) fn check_sweeps(max_sweeps: u32, tolerance: f64) -> Result<(), ConfigError> {
    ConfigError::check("max_sweeps", f64::from(max_sweeps), max_sweeps > 0, "give 1 or more")?;
    ConfigError::check_open("tolerance", tolerance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_apart_logs_become_probabilities() {
        let mut row = [-1e6, -1e6 + 2.0_f64.ln(), -2e6];
        normalise_log(&mut row);
        assert!((row[0] - 1.0 / 3.0).abs() < 1e-9 && row[2] == 0.0, "{row:?}");
        make_certain(&mut row, 2);
        assert_eq!(row, [0.0, 0.0, 1.0]);
    }

    #[test]
    fn prevalence_of_nothing_is_even() {
        assert_eq!(Prevalence::new(4).shares(), [0.25; 4]);
    }
}
