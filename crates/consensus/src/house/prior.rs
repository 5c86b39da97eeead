//! The prior of each task over the states it may be in: as given, except that the share of each
//! state within its population is learnt, apart for every kind of clamped task, because known
//! tasks are chosen by people and not drawn from the survey.

use std::collections::BTreeMap;

use crate::methods::exact_sum::ExactSum;

/// Priors of all tasks.
pub(super) struct Priors {
    states: usize,
    population: Vec<u8>,
    /// tasks × states: given, clamped and normalised.
    given: Vec<f64>,
    /// Which kind of clamping a task has.
    kind: Vec<u32>,
    /// kinds × states: what the given prior is multiplied with.
    factor: Vec<f64>,
    free: Option<u32>,
    share_tasks: f64,
}

impl Priors {
    /// `allowed` and `log_prior` may be empty: anything is possible, all states alike. A task for
    /// which nothing is allowed is free; a prior that is no number is flat.
    pub(super) fn new(
        (tasks, states): (usize, usize),
        allowed: &[u64],
        log_prior: &[f64],
        population: &[u8],
        share_tasks: f64,
    ) -> Self {
        let every = if states >= 64 { u64::MAX } else { (1 << states) - 1 };
        let mask_of = |task: usize| match allowed.get(task).map_or(every, |mask| mask & every) {
            0 => every,
            mask => mask,
        };
        let mut kinds: BTreeMap<u64, u32> = (0..tasks).map(|task| (mask_of(task), 0)).collect();
        for (at, kind) in kinds.values_mut().enumerate() {
            *kind = at as u32;
        }
        let mut given = vec![0.0; tasks * states];
        for task in 0..tasks {
            let mask = mask_of(task);
            let row = &mut given[task * states..][..states];
            let logs = log_prior.get(task * states..(task + 1) * states);
            let allowed = |state: usize| mask >> state.min(63) & 1 == 1;
            let log = |state: usize| logs.map_or(0.0, |logs| logs[state]);
            let most = (0..states).filter(|s| allowed(*s)).map(log).fold(f64::NEG_INFINITY, f64::max);
            for (state, p) in row.iter_mut().enumerate().filter(|(state, _)| allowed(*state)) {
                *p = if most.is_finite() { (log(state) - most).exp() } else { 1.0 };
            }
            let sum: f64 = row.iter().sum();
            if sum.is_finite() && sum > 0.0 {
                row.iter_mut().for_each(|p| *p /= sum);
            } else {
                let count = mask.count_ones();
                row.iter_mut()
                    .enumerate()
                    .for_each(|(s, p)| *p = if allowed(s) { 1.0 / f64::from(count) } else { 0.0 });
            }
        }
        Self {
            states,
            population: population.to_vec(),
            given,
            kind: (0..tasks).map(|task| kinds[&mask_of(task)]).collect(),
            factor: vec![1.0; kinds.len() * states],
            free: kinds.get(&every).copied(),
            share_tasks,
        }
    }

    /// Whether the task may be in any state.
    pub(super) fn is_free(&self, task: usize) -> bool {
        Some(self.kind[task]) == self.free
    }

    /// The prior of a task under the shares learnt so far.
    pub(super) fn write(&self, task: usize, out: &mut [f64]) {
        let given = &self.given[task * self.states..][..self.states];
        let factor = &self.factor[self.kind[task] as usize * self.states..][..self.states];
        for state in 0..self.states {
            let (mut mass, mut scaled) = (0.0, 0.0);
            for other in 0..self.states {
                if self.population[other] == self.population[state] {
                    mass += given[other];
                    scaled += given[other] * factor[other];
                }
            }
            out[state] = if scaled > 0.0 { mass * given[state] * factor[state] / scaled } else { 0.0 };
        }
    }

    /// Takes the learnt shares for less certain, by this exponent.
    pub(super) fn soften(&mut self, exponent: f64) {
        self.factor.iter_mut().for_each(|factor| *factor = factor.powf(exponent));
    }

    /// Learns the shares from the posteriors of the tasks with votes: one fixed-point step towards the
    /// shares at which prior and posterior agree on average, with `share_tasks` imagined tasks
    /// that are as the given prior says.
    pub(super) fn learn(&mut self, posterior: &[f64], voted: impl Fn(usize) -> bool) {
        let cells = self.factor.len();
        let mut sums = [(); 3].map(|()| vec![ExactSum::default(); cells]);
        let mut now = vec![0.0; self.states];
        for task in (0..self.kind.len()).filter(|task| voted(*task)) {
            self.write(task, &mut now);
            let at = self.kind[task] as usize * self.states;
            for state in 0..self.states {
                sums[0][at + state].add_value(posterior[task * self.states + state]);
                sums[1][at + state].add_value(now[state]);
                sums[2][at + state].add_value(self.given[task * self.states + state]);
            }
        }
        let [posterior, now, given] = sums.map(|sums| sums.iter().map(|s| s.value()).collect::<Vec<_>>());
        for (row, factors) in self.factor.chunks_mut(self.states).enumerate() {
            let at = row * self.states;
            let tasks: f64 = given[at..at + self.states].iter().sum();
            if tasks <= 0.0 {
                continue;
            }
            for (state, factor) in factors.iter_mut().enumerate() {
                let weight = self.share_tasks / tasks;
                let top = posterior[at + state] + weight * given[at + state];
                let bottom = now[at + state] * (1.0 + weight);
                if bottom > 0.0 {
                    *factor = (*factor * top / bottom).clamp(1e-9, 1e9);
                }
            }
        }
    }
}
