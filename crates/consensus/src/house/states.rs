//! The offline fit over latent states: variational EM with known tasks clamped. Tasks are states
//! here, truths are the caller's business.
//!
//! E step: ln q(state) = ln prior + Σ over votes of ln P(response | state, worker), see `rows`.
//! M step: expected counts per worker, then the crowd's mean row and concentration per state.
//! What comes out is tempered: ln q = ln prior + τ · Σ …
//! All sums over tasks, votes or workers are exact, so that neither the order of the votes nor
//! the numbers that tasks and workers bear change a bit of the result.

use super::{
    HouseConfig, Tempering,
    ability::{Ability, alike},
    dirichlet::{Start, moments},
    prior::Priors,
    rows::Rows,
    tempering,
};
use crate::{
    Vote,
    methods::{by_task::ByTask, exact_sum::ExactSum},
};

/// What the votes are and what is known beside them.
#[derive(Debug, Clone, Copy)]
pub struct StateInput<'a> {
    /// The votes; one outside the shape is ignored.
    pub votes: &'a [Vote],
    /// Tasks.
    pub tasks: usize,
    /// Workers.
    pub workers: usize,
    /// Latent states of a task; a mask can speak of the first 64.
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
    /// tasks × states: τ · Σ ln P(vote | state), without the prior. Each vote is weighed by what its
    /// volunteer is known for elsewhere, so that on a known task this is a fair test.
    pub log_likelihood: Vec<f64>,
    /// tasks × states.
    pub posterior: Vec<f64>,
    /// workers × states × responses: expected counts, by untempered posteriors.
    pub counts: Vec<f64>,
    /// workers × states × responses: P(response | state) of each.
    pub confusion: Vec<f64>,
    /// states × responses: the crowd's mean row per state.
    pub mean: Vec<f64>,
    /// How many votes that mean weighs in a volunteer's own row, per state.
    pub concentration: Vec<f64>,
    /// What a vote counted beside others on the same task.
    pub tempering: f64,
    /// Mean untempered posterior over tasks with votes that may be in any state (over all if there
    /// are none).
    pub prevalence: Vec<f64>,
    /// Σ ln P(vote | the other votes on its task) over free tasks, at the tempering where that is highest.
    pub foretold: f64,
    /// Sweeps over the votes.
    pub sweeps: u32,
    /// Whether the last sweep changed no posterior by more than the tolerance.
    pub converged: bool,
}

/// Fits all votes at once. The settings should have passed [`HouseConfig::check`]; a table of the
/// wrong size is read as flat.
#[must_use]
pub fn fit_states(input: &StateInput, config: &HouseConfig) -> StateFit {
    let mut fit = Fitting::new(input, config);
    let (mut sweeps, mut converged) = (0, false);
    while sweeps < config.max_sweeps.max(1) && !converged {
        converged = fit.sweep() <= config.tolerance;
        sweeps += 1;
    }
    let (learnt, foretold) = tempering::learn(&fit.view(), config.seen);
    let tempering = match config.tempering {
        Tempering::Fixed(value) => value,
        Tempering::Learned => learnt,
    };
    StateFit { foretold, ..fit.finish(tempering, sweeps, converged) }
}

struct Fitting<'a> {
    states: usize,
    tasks: usize,
    workers: usize,
    config: &'a HouseConfig,
    start_mean: Vec<f64>,
    votes: ByTask,
    priors: Priors,
    rows: Rows,
    /// tasks × states: Σ ln P(vote | state), not tempered.
    evidence: Vec<f64>,
    /// tasks × states, from untempered evidence.
    posterior: Vec<f64>,
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
        let one = vec![0; states];
        let population = if config.population.len() == states { &config.population } else { &one };
        let inside = |vote: &Vote| (vote.task as usize) < tasks && (vote.worker as usize) < workers;
        let votes = if input.votes.iter().all(inside) {
            ByTask::of(input.votes, tasks, responses)
        } else {
            let kept: Vec<Vote> = input.votes.iter().copied().filter(inside).collect();
            ByTask::of(&kept, tasks, responses)
        };
        let rows = Rows {
            states,
            responses,
            counts: vec![0.0; workers * cells],
            totals: vec![0.0; workers * states],
            mean: start_mean.clone(),
            concentration: vec![config.start_concentration; states],
            ability: None,
        };
        let priors =
            Priors::new((tasks, states), input.allowed, input.log_prior, population, config.share_tasks);
        let (evidence, posterior) = (vec![0.0; tasks * states], vec![0.0; tasks * states]);
        Self { states, tasks, workers, config, start_mean, votes, priors, rows, evidence, posterior }
    }

    /// One E step and one M step; the largest change of a posterior.
    fn sweep(&mut self) -> f64 {
        let change = self.expect();
        self.priors.learn(&self.posterior, |task| !self.votes.casts(task).is_empty());
        self.count();
        self.pool();
        change
    }

    /// E step: evidence with the rows as they are, each vote weighed without its own part in them.
    fn expect(&mut self) -> f64 {
        let states = self.states;
        let mut sums = vec![ExactSum::default(); states];
        let (mut prior, mut scratch) = (vec![0.0; states], vec![0.0; states]);
        let mut largest = 0.0_f64;
        for (task, casts) in self.votes.iter() {
            let posterior = &mut self.posterior[task * states..][..states];
            sums.fill(ExactSum::default());
            for cast in casts {
                let vote = self.rows.vote(cast.worker as usize, usize::from(cast.answer), posterior);
                for (state, sum) in sums.iter_mut().enumerate() {
                    sum.add_value(vote.log_chance(state));
                }
            }
            self.priors.write(task, &mut prior);
            let evidence = &mut self.evidence[task * states..][..states];
            for (evidence, sum) in evidence.iter_mut().zip(&sums) {
                *evidence = sum.value();
            }
            largest = largest.max(believe(&prior, evidence, 1.0, &mut scratch, posterior));
        }
        largest
    }

    /// Expected counts.
    fn count(&mut self) {
        let (states, responses) = (self.states, self.rows.responses);
        let mut counts = vec![ExactSum::default(); self.rows.counts.len()];
        for (task, casts) in self.votes.iter() {
            for (state, q) in self.posterior[task * states..][..states].iter().enumerate() {
                let q = ExactSum::of(*q);
                for cast in casts {
                    let row = cast.worker as usize * states + state;
                    counts[row * responses + usize::from(cast.answer)].add(q);
                }
            }
        }
        for (count, sum) in self.rows.counts.iter_mut().zip(&counts) {
            *count = sum.value();
        }
        for (total, row) in self.rows.totals.iter_mut().zip(self.rows.counts.chunks(responses.max(1))) {
            *total = row.iter().sum();
        }
    }

    /// Ability of everybody; mean and concentration of the crowd, per state.
    fn pool(&mut self) {
        let (states, responses) = (self.states, self.rows.responses);
        let start = |mean| Start {
            mean,
            votes: self.config.start_votes,
            concentration: self.config.start_concentration,
            volunteers: self.config.start_volunteers,
            least_intraclass: self.config.least_intraclass,
            range: self.config.concentration_range,
        };
        let ability = (self.config.ability && states > 1 && responses >= states).then(|| {
            let last = self.rows.ability.as_ref().map(Ability::weight);
            let shape = (self.workers, states, responses);
            Ability::of(&self.rows.counts, &self.rows.mean, shape, last)
        });
        let start_mean = if ability.is_some() {
            alike(&self.rows.counts, &self.start_mean, states, responses)
        } else {
            self.start_mean.clone()
        };
        for state in 0..states {
            let at = state * responses;
            let row = |worker: usize| &self.rows.counts[(worker * states + state) * responses..][..responses];
            let expected = |worker: usize, out: &mut [f64]| {
                if let Some(ability) = &ability {
                    let shift = ability.shift(worker, 0.0, 0.0);
                    for (response, p) in out.iter_mut().enumerate() {
                        *p = ability.expected(shift, state, response, *p);
                    }
                }
            };
            let last = self.rows.concentration[state];
            let shared = moments(self.workers, row, expected, last, &start(&start_mean[at..at + responses]));
            self.rows.mean[at..at + responses].copy_from_slice(&shared.mean);
            self.rows.concentration[state] = shared.concentration;
        }
        self.rows.ability = ability;
    }

    fn view(&self) -> tempering::View<'_> {
        tempering::View {
            votes: &self.votes,
            priors: &self.priors,
            rows: &self.rows,
            evidence: &self.evidence,
            posterior: &self.posterior,
        }
    }

    fn finish(mut self, tempering: f64, sweeps: u32, converged: bool) -> StateFit {
        let prevalence = self.prevalence();
        self.expect();
        if self.config.temper_shares {
            self.priors.soften(tempering.sqrt());
        }
        let (mut prior, mut scratch) = (vec![0.0; self.states], vec![0.0; self.states]);
        let rows = self.posterior.chunks_mut(self.states.max(1));
        for (task, (posterior, evidence)) in
            rows.zip(self.evidence.chunks_mut(self.states.max(1))).enumerate()
        {
            self.priors.write(task, &mut prior);
            let untempered = posterior.to_vec();
            believe(&prior, evidence, tempering, &mut scratch, posterior);
            if self.config.keep_label && most(&untempered) != most(posterior) {
                // Tempered shares and all: no state overtakes another.
                let sum: f64 = untempered.iter().map(|q| q.powf(tempering)).sum();
                posterior.iter_mut().zip(&untempered).for_each(|(p, q)| *p = q.powf(tempering) / sum);
            }
            evidence.iter_mut().for_each(|nats| *nats *= tempering);
        }
        let confusion = (0..self.workers).flat_map(|worker| self.rows.known(worker)).collect();
        StateFit {
            log_likelihood: self.evidence,
            posterior: self.posterior,
            counts: self.rows.counts,
            confusion,
            mean: self.rows.mean,
            concentration: self.rows.concentration,
            tempering,
            prevalence,
            foretold: 0.0,
            sweeps,
            converged,
        }
    }

    /// Mean posterior over the free tasks with votes; over all tasks when there are none.
    fn prevalence(&self) -> Vec<f64> {
        let voted = |task: &usize| !self.votes.casts(*task).is_empty() && self.priors.is_free(*task);
        let mut tasks: Vec<usize> = (0..self.tasks).filter(voted).collect();
        if tasks.is_empty() {
            tasks = (0..self.tasks).collect();
        }
        let mut sums = vec![ExactSum::default(); self.states];
        for &task in &tasks {
            for (sum, q) in sums.iter_mut().zip(&self.posterior[task * self.states..][..self.states]) {
                sum.add_value(*q);
            }
        }
        sums.iter().map(|sum| sum.value() / tasks.len().max(1) as f64).collect()
    }
}

/// The first of the most probable states.
fn most(posterior: &[f64]) -> usize {
    let best = posterior.iter().copied().fold(0.0, f64::max);
    posterior.iter().position(|q| *q >= best).unwrap_or(0)
}

/// Posterior ∝ prior · exp(τ · evidence); the largest change. `scratch` is as long as the rest.
pub(super) fn believe(
    prior: &[f64],
    evidence: &[f64],
    tempering: f64,
    scratch: &mut [f64],
    posterior: &mut [f64],
) -> f64 {
    let possible = prior.iter().zip(evidence).filter(|(p, _)| **p > 0.0);
    let most = possible.map(|(_, e)| *e).fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for ((fresh, prior), evidence) in scratch.iter_mut().zip(prior).zip(evidence) {
        *fresh = if *prior > 0.0 { prior * (tempering * (evidence - most)).exp() } else { 0.0 };
        sum += *fresh;
    }
    let mut largest = 0.0_f64;
    for (posterior, fresh) in posterior.iter_mut().zip(scratch) {
        let value = if sum > 0.0 { *fresh / sum } else { 0.0 };
        largest = largest.max((value - *posterior).abs());
        *posterior = value;
    }
    largest
}
