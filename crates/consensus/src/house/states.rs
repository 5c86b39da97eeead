//! The offline fit over latent states: variational EM with known tasks clamped. Tasks are states
//! here, truths are the caller's business.
//!
//! E step: ln q(state) = ln prior + τ · Σ over votes of E[ln θ(worker, state, response)].
//! M step: expected counts per worker, then the crowd's mean row and concentration per state.
//! All sums over tasks, votes or workers are exact, so that neither the order of the votes nor
//! the numbers that tasks and workers bear change a bit of the result.

use super::{
    HouseConfig, Tempering,
    dirichlet::{Start, moments, write_expected_log},
    layout::Layout,
    prior::Priors,
    tempering,
};
use crate::{Vote, methods::exact_sum::ExactSum};

/// What the votes are and what is known beside them.
#[derive(Debug, Clone, Copy)]
pub struct StateInput<'a> {
    /// The votes; one outside the shape is ignored.
    pub votes: &'a [Vote],
    /// Tasks.
    pub tasks: usize,
    /// Workers.
    pub workers: usize,
    /// Latent states of a task, at most 64.
    pub states: usize,
    /// Responses a vote can have.
    pub responses: usize,
    /// Per task a bit mask of the states it may be in; empty when nothing is known. A task with
    /// no bit is treated as if nothing were known of it.
    pub allowed: &'a [u64],
    /// tasks × states, ln of the prior up to a constant per task; empty for a flat one.
    pub log_prior: &'a [f64],
}

/// What the votes say.
#[derive(Debug, Clone, PartialEq)]
pub struct StateFit {
    /// tasks × states: τ · Σ E[ln θ] over the votes, without the prior.
    pub log_likelihood: Vec<f64>,
    /// tasks × states.
    pub posterior: Vec<f64>,
    /// workers × states × responses: expected counts.
    pub counts: Vec<f64>,
    /// states × responses: the crowd's mean row per state.
    pub mean: Vec<f64>,
    /// How many votes that mean weighs in a volunteer's own row, per state.
    pub concentration: Vec<f64>,
    /// What a vote counted beside others on the same task.
    pub tempering: f64,
    /// Mean posterior over tasks with votes that may be in any state (over all if there are none).
    pub prevalence: Vec<f64>,
    /// Sweeps over the votes.
    pub sweeps: u32,
    /// Whether the last sweep changed no posterior by more than the tolerance.
    pub converged: bool,
}

/// Times the tempering is learnt anew at most, each time to convergence.
const ROUNDS: u32 = 4;

/// Fits all votes at once. The settings should have passed [`HouseConfig::check`]; a table of the
/// wrong size is read as flat.
#[must_use]
pub fn fit_states(input: &StateInput, config: &HouseConfig) -> StateFit {
    let mut fit = Fitting::new(input, config);
    let mut sweeps = 0;
    let mut converged = false;
    for round in 0..ROUNDS {
        converged = false;
        let until = config.max_sweeps * (round + 1) / ROUNDS;
        let until = if config.tempering == Tempering::Learned { until } else { config.max_sweeps };
        while sweeps < until.max(1) && !converged {
            converged = fit.sweep() <= config.tolerance;
            sweeps += 1;
        }
        if config.tempering != Tempering::Learned || round + 1 == ROUNDS {
            break;
        }
        let learned = tempering::learn(&fit.view());
        if learned == fit.tempering {
            if converged {
                break;
            }
        } else {
            fit.tempering = learned;
        }
    }
    // The posterior belongs to the rows it is given with.
    fit.expect();
    fit.finish(sweeps, converged)
}

struct Fitting<'a> {
    states: usize,
    responses: usize,
    workers: usize,
    tasks: usize,
    config: &'a HouseConfig,
    start_mean: Vec<f64>,
    layout: Layout,
    priors: Priors,
    /// workers × responses × states: E[ln θ], as exact numbers, the states of one vote together.
    weights: Vec<ExactSum>,
    /// tasks × states: Σ of those over the votes, not tempered.
    evidence: Vec<f64>,
    posterior: Vec<f64>,
    /// workers × states × responses.
    counts: Vec<f64>,
    mean: Vec<f64>,
    concentration: Vec<f64>,
    tempering: f64,
}

impl<'a> Fitting<'a> {
    fn new(input: &StateInput, config: &'a HouseConfig) -> Self {
        let StateInput { tasks, workers, states, responses, .. } = *input;
        let cells = states * responses;
        let start_mean = if config.start_mean.len() == cells {
            config.start_mean.clone()
        } else {
            vec![1.0 / responses.max(1) as f64; cells]
        };
        let population =
            if config.population.len() == states { config.population.clone() } else { vec![0; states] };
        let priors =
            Priors::new((tasks, states), input.allowed, input.log_prior, &population, config.share_tasks);
        let mut fit = Self {
            states,
            responses,
            workers,
            tasks,
            config,
            layout: Layout::new(input.votes, tasks, workers, responses),
            priors,
            weights: vec![ExactSum::default(); workers * cells],
            evidence: vec![0.0; tasks * states],
            posterior: vec![0.0; tasks * states],
            counts: vec![0.0; workers * cells],
            mean: start_mean.clone(),
            concentration: vec![config.start_concentration; states],
            start_mean,
            tempering: if let Tempering::Fixed(value) = config.tempering { value } else { 1.0 },
        };
        fit.weigh();
        fit
    }

    /// One E step and one M step; the largest change of a posterior.
    fn sweep(&mut self) -> f64 {
        let change = self.expect();
        self.priors.learn(&self.posterior, |task| !self.layout.of(task).is_empty());
        self.count();
        self.pool();
        self.weigh();
        change
    }

    /// E step.
    fn expect(&mut self) -> f64 {
        let states = self.states;
        let mut sums = vec![ExactSum::default(); states];
        let mut prior = vec![0.0; states];
        let mut largest = 0.0_f64;
        for task in 0..self.tasks {
            sums.fill(ExactSum::default());
            for &(worker, answer) in self.layout.of(task) {
                let at = (worker as usize * self.responses + usize::from(answer)) * states;
                for (sum, weight) in sums.iter_mut().zip(&self.weights[at..at + states]) {
                    sum.add(*weight);
                }
            }
            self.priors.write(task, &mut prior);
            let evidence = &mut self.evidence[task * states..][..states];
            for (evidence, sum) in evidence.iter_mut().zip(&sums) {
                *evidence = sum.value();
            }
            let posterior = &mut self.posterior[task * states..][..states];
            largest = largest.max(believe(&prior, evidence, self.tempering, posterior));
        }
        largest
    }

    /// Expected counts.
    fn count(&mut self) {
        let (states, responses) = (self.states, self.responses);
        let mut counts = vec![ExactSum::default(); self.counts.len()];
        for task in 0..self.tasks {
            let votes = self.layout.of(task);
            if votes.is_empty() {
                continue;
            }
            for (state, q) in self.posterior[task * states..][..states].iter().enumerate() {
                let q = ExactSum::of(*q);
                for &(worker, answer) in votes {
                    counts[(worker as usize * states + state) * responses + usize::from(answer)].add(q);
                }
            }
        }
        for (count, sum) in self.counts.iter_mut().zip(&counts) {
            *count = sum.value();
        }
    }

    /// Mean and concentration of the crowd, per state.
    fn pool(&mut self) {
        let (states, responses) = (self.states, self.responses);
        for state in 0..states {
            let at = state * responses;
            let start = Start {
                mean: &self.start_mean[at..at + responses],
                votes: self.config.start_votes,
                concentration: self.config.start_concentration,
                volunteers: self.config.start_volunteers,
                least_intraclass: self.config.least_intraclass,
                range: self.config.concentration_range,
            };
            let row = |worker: usize| &self.counts[(worker * states + state) * responses..][..responses];
            let shared = moments(self.workers, row, self.concentration[state], &start);
            self.mean[at..at + responses].copy_from_slice(&shared.mean);
            self.concentration[state] = shared.concentration;
        }
    }

    /// What a vote of each worker is worth.
    fn weigh(&mut self) {
        let (states, responses) = (self.states, self.responses);
        let mut logs = vec![0.0; responses];
        for worker in 0..self.workers {
            for state in 0..states {
                let counts = &self.counts[(worker * states + state) * responses..][..responses];
                let mean = &self.mean[state * responses..][..responses];
                write_expected_log(counts, mean, self.concentration[state], &mut logs);
                for (answer, log) in logs.iter().enumerate() {
                    self.weights[(worker * responses + answer) * states + state] = ExactSum::of(*log);
                }
            }
        }
    }

    fn view(&self) -> tempering::View<'_> {
        tempering::View {
            states: self.states,
            responses: self.responses,
            tasks: self.tasks,
            layout: &self.layout,
            priors: &self.priors,
            weights: &self.weights,
            evidence: &self.evidence,
            posterior: &self.posterior,
            counts: &self.counts,
            mean: &self.mean,
            concentration: &self.concentration,
        }
    }

    fn finish(self, sweeps: u32, converged: bool) -> StateFit {
        let states = self.states;
        let voted = |task: &usize| !self.layout.of(*task).is_empty() && self.priors.is_free(*task);
        let mut tasks: Vec<usize> = (0..self.tasks).filter(voted).collect();
        if tasks.is_empty() {
            tasks = (0..self.tasks).collect();
        }
        let mut prevalence = vec![ExactSum::default(); states];
        for &task in &tasks {
            for (sum, q) in prevalence.iter_mut().zip(&self.posterior[task * states..][..states]) {
                sum.add_value(*q);
            }
        }
        StateFit {
            log_likelihood: self.evidence.iter().map(|log| log * self.tempering).collect(),
            posterior: self.posterior,
            counts: self.counts,
            mean: self.mean,
            concentration: self.concentration,
            tempering: self.tempering,
            prevalence: prevalence.iter().map(|sum| sum.value() / tasks.len().max(1) as f64).collect(),
            sweeps,
            converged,
        }
    }
}

/// Posterior ∝ prior · exp(τ · evidence); the largest change.
pub(super) fn believe(prior: &[f64], evidence: &[f64], tempering: f64, posterior: &mut [f64]) -> f64 {
    let most = prior
        .iter()
        .zip(evidence)
        .filter(|(p, _)| **p > 0.0)
        .map(|(_, e)| *e)
        .fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    let mut fresh = [0.0_f64; 64];
    let fresh = &mut fresh[..prior.len().min(64)];
    for ((fresh, prior), evidence) in fresh.iter_mut().zip(prior).zip(evidence) {
        *fresh = if *prior > 0.0 { prior * (tempering * (evidence - most)).exp() } else { 0.0 };
        sum += *fresh;
    }
    let mut largest = 0.0_f64;
    for (posterior, fresh) in posterior.iter_mut().zip(fresh) {
        let value = if sum > 0.0 { *fresh / sum } else { 0.0 };
        largest = largest.max((value - *posterior).abs());
        *posterior = value;
    }
    largest
}
