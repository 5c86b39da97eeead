//! How good a worker is altogether, where every state has a right response: their rows are expected
//! to lie not at the crowd's mean but there shifted by one number, learnt from all states together.
//! Somebody with three votes on each of eight classes is thereby judged by 24 votes.

use domain::{logit, sigmoid};

use super::dirichlet::{Start, moments};
use crate::methods::exact_sum::ExactSum;

/// No worker is further from the crowd, in log-odds of being right.
const MOST_SHIFT: f64 = 4.0;

/// How alike in ability people are taken to be at first, as in `dirichlet`.
const START: Start = Start {
    mean: &[0.7, 0.3],
    votes: 40.0,
    concentration: 10.0,
    volunteers: 3.0,
    least_intraclass: 0.005,
    range: (1.0, 200.0),
};

/// Votes that the given start counts for in [`alike`].
const ALIKE_VOTES: f64 = 20.0;

/// The crowd's rows if all states were alike (states × responses): one share of right responses, one of
/// wrong ones, one of each response that is never right; from everybody's expected counts and
/// the start given.
pub(super) fn alike(counts: &[f64], start: &[f64], states: usize, responses: usize) -> Vec<f64> {
    let slot = |cell: usize| {
        let (state, response) = (cell / responses, cell % responses);
        match response {
            _ if response == state => 0,
            _ if response < states => 1,
            _ => 2 + response - states,
        }
    };
    let cells = states * responses;
    let mut sums = vec![ExactSum::default(); 2 + responses - states];
    for rows in counts.chunks(cells) {
        for (cell, count) in rows.iter().enumerate() {
            sums[slot(cell)].add_value(*count);
        }
    }
    let mut sums: Vec<f64> = sums.iter().map(|sum| sum.value()).collect();
    for (cell, share) in start.iter().enumerate() {
        sums[slot(cell)] += ALIKE_VOTES / states as f64 * share;
    }
    let all: f64 = sums.iter().sum();
    let wrong = (states.max(2) - 1) as f64;
    (0..cells).map(|cell| sums[slot(cell)] / all / if slot(cell) == 1 { wrong } else { 1.0 }).collect()
}

/// Everybody, against the crowd's mean rows. Response `k` is right in state `k`; those from `states`
/// on decide nothing.
pub(super) struct Ability {
    states: usize,
    /// Per worker: expected right and decided votes, and the share of right ones an average member
    /// would have on the same tasks.
    right: Vec<f64>,
    decided: Vec<f64>,
    usual: Vec<f64>,
    /// Votes that the usual share counts for.
    weight: f64,
    /// Per state: the crowd's share of decided responses, and of right ones among them.
    deciding: Vec<f64>,
    correct: Vec<f64>,
}

impl Ability {
    /// From expected counts (workers × states × responses) and the crowd's mean (states × responses).
    pub(super) fn of(
        counts: &[f64],
        mean: &[f64],
        (workers, states, responses): (usize, usize, usize),
        last_weight: Option<f64>,
    ) -> Self {
        let last_weight = last_weight.unwrap_or(START.concentration);
        let deciding: Vec<f64> = mean.chunks(responses).map(|row| row[..states].iter().sum()).collect();
        let correct: Vec<f64> = (0..states)
            .map(|state| (mean[state * responses + state] / deciding[state]).clamp(1e-4, 1.0 - 1e-4))
            .collect();
        let mut it = Self {
            states,
            right: vec![0.0; workers],
            decided: vec![0.0; workers],
            usual: vec![0.5; workers],
            weight: last_weight,
            deciding,
            correct,
        };
        let mut pairs = vec![[0.0; 2]; workers];
        for (worker, rows) in counts.chunks(states * responses).enumerate() {
            let mut usual = 0.0;
            for (state, row) in rows.chunks(responses).enumerate() {
                let decided: f64 = row[..states].iter().sum();
                it.right[worker] += row[state];
                it.decided[worker] += decided;
                usual += decided * it.correct[state];
            }
            if it.decided[worker] > 0.0 {
                it.usual[worker] = (usual / it.decided[worker]).clamp(1e-4, 1.0 - 1e-4);
            }
            pairs[worker] = [it.right[worker], (it.decided[worker] - it.right[worker]).max(0.0)];
        }
        let expected = |worker: usize, out: &mut [f64]| {
            out[0] = it.usual[worker];
            out[1] = 1.0 - it.usual[worker];
        };
        let weight =
            moments(workers, |worker| &pairs[worker][..], expected, last_weight, &START).concentration;
        it.weight = weight;
        it
    }

    /// Votes that the crowd counts for.
    pub(super) const fn weight(&self) -> f64 {
        self.weight
    }

    /// Log-odds by which a worker is more often right than the crowd, without one vote of theirs
    /// that is decided by `own_decided` (0 or 1) and right by `own_right`.
    pub(super) fn shift(&self, worker: usize, own_right: f64, own_decided: f64) -> f64 {
        let usual = self.usual[worker];
        let right = (self.right[worker] - own_right).max(0.0) + self.weight * usual;
        let decided = (self.decided[worker] - own_decided).max(0.0) + self.weight;
        let share = (right / decided).clamp(1e-4, 1.0 - 1e-4);
        (logit(share) - logit(usual)).clamp(-MOST_SHIFT, MOST_SHIFT)
    }

    /// Where a row of the crowd lies for somebody shifted so.
    pub(super) fn expected(&self, shift: f64, state: usize, response: usize, crowd: f64) -> f64 {
        if response >= self.states {
            return crowd;
        }
        let correct = self.correct[state];
        let shifted = sigmoid(logit(correct) + shift);
        if response == state {
            self.deciding[state] * shifted
        } else {
            crowd * (1.0 - shifted) / (1.0 - correct)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_worker_is_expected_to_be_good_in_a_state_they_never_saw() {
        let mean = [0.6, 0.3, 0.1, 0.2, 0.7, 0.1];
        // One who is always right about state 0, one who is never.
        let counts = [50.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 50.0, 5.0, 0.0, 0.0, 0.0];
        let ability = Ability::of(&counts, &mean, (2, 2, 3), None);
        let row = |worker| {
            let shift = ability.shift(worker, 0.0, 0.0);
            [0, 1, 2].map(|response| ability.expected(shift, 1, response, mean[3 + response]))
        };
        let (good, bad) = (row(0), row(1));
        assert!(good[1] > 0.75 && bad[1] < 0.65, "{good:?} {bad:?}");
        for row in [good, bad] {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9 && (row[2] - 0.1).abs() < 1e-12);
        }
    }

    #[test]
    fn states_start_alike_with_what_all_of_them_say() {
        // 60 right, 30 wrong, 10 unsure, all in the first state.
        let rows = alike(&[60.0, 30.0, 10.0, 0.0, 0.0, 0.0], &[0.6, 0.3, 0.1, 0.3, 0.6, 0.1], 2, 3);
        for (got, wanted) in rows.iter().zip([0.6, 0.3, 0.1, 0.3, 0.6, 0.1]) {
            assert!((got - wanted).abs() < 1e-12, "{rows:?}");
        }
    }
}
