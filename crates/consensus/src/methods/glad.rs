//! GLAD (Whitehill et al. 2009): workers have ability α, tasks have clarity β = eᵇ, and a vote is
//! right with probability σ(αβ − ln(K − 1)), else any other class alike.
//!
//! The offset is ours: at αβ = 0, nobody able or nothing clear, a vote is a guess among K classes
//! (with two classes it is GLAD as published), and the log-odds one vote adds to its class are just
//! αβ. α and b have normal priors and are found with the truths by expectation–maximisation, in
//! which each sweep takes a few Fisher-scoring steps for the tasks and one for the workers instead
//! of a descent to the end. Beforehand all classes are taken for equally likely, as published:
//! a prevalence learnt along runs away, for the reason given in `one_coin`. Answers that are never
//! truths are left out. Known truths are clamped, and teach ability and clarity.
//!
//! Following a log is in `glad_steps`.

use domain::sigmoid;
use serde::{Deserialize, Serialize};

use super::{
    belief::{Prevalence, check_sweeps, greatest_change, normalise_log},
    by_task::{ByTask, Cast, votes_per_worker},
    exact_sum::ExactSum,
    glad_steps::Steps,
    informativeness::coin_bits,
    majority::{START_VOTES, shares},
};
use crate::{ConfigError, Crowd, Fit, Follow, Method, Shape, WorkerFit};

/// Steps for the clarity of a task in one sweep.
const CLARITY_STEPS: usize = 2;
/// One step moves a parameter no further.
pub(super) const LONGEST_STEP: f64 = 1.0;
/// |α| and |b| stay within, which also keeps exact sums in their range.
const LARGEST_ABILITY: f64 = 10.0;
const LARGEST_LOG_CLARITY: f64 = 3.0;

/// Settings of [`Glad`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GladConfig {
    /// Mean and standard deviation of the prior of ability α.
    pub ability: (f64, f64),
    /// Mean and standard deviation of the prior of b, the logarithm of clarity.
    pub log_clarity: (f64, f64),
    /// Sweeps over the votes at most.
    pub max_sweeps: u32,
    /// A sweep that moves no probability by more is the last.
    pub tolerance: f64,
}

impl Default for GladConfig {
    fn default() -> Self {
        Self { ability: (1.0, 1.0), log_clarity: (0.0, 1.0), max_sweeps: 200, tolerance: 1e-4 }
    }
}

/// Ability per worker, clarity per task.
#[derive(Debug, Clone, Copy, Default)]
pub struct Glad {
    config: GladConfig,
}

impl Glad {
    /// GLAD with these settings.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: GladConfig) -> Result<Self, ConfigError> {
        let within = |field, value: f64, most: f64| {
            ConfigError::check(field, value, value.abs() <= most, "give a mean nearer to 0")
        };
        within("ability", config.ability.0, LARGEST_ABILITY)?;
        within("log_clarity", config.log_clarity.0, LARGEST_LOG_CLARITY)?;
        let spread = |field, value: f64| {
            let holds = (1e-3..=1e3).contains(&value);
            ConfigError::check(field, value, holds, "give a standard deviation from 0.001 to 1000")
        };
        spread("ability", config.ability.1)?;
        spread("log_clarity", config.log_clarity.1)?;
        check_sweeps(config.max_sweeps, config.tolerance)?;
        Ok(Self { config })
    }

    fn ability(&self) -> Normal {
        Normal::new(self.config.ability, LARGEST_ABILITY)
    }

    fn log_clarity(&self) -> Normal {
        Normal::new(self.config.log_clarity, LARGEST_LOG_CLARITY)
    }
}

/// The prior of a parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Normal {
    pub mean: f64,
    pub precision: f64,
    /// The parameter stays within ± this.
    pub bound: f64,
}

impl Normal {
    fn new((mean, deviation): (f64, f64), bound: f64) -> Self {
        Self { mean, precision: deviation.powi(-2), bound }
    }

    /// One scoring step from `at`, given the votes' gradient and information.
    fn step(self, at: f64, gradient: f64, information: f64) -> f64 {
        let slope = gradient - (at - self.mean) * self.precision;
        let step = slope / (information.max(0.0) + self.precision);
        (at + step.clamp(-LONGEST_STEP, LONGEST_STEP)).clamp(-self.bound, self.bound)
    }
}

/// ln(K − 1): how far log-odds of being right lie from those of a guess.
pub(super) fn offset(classes: usize) -> f64 {
    ((classes.max(2) - 1) as f64).ln()
}

/// Gradient and information of a sum of votes, about one parameter.
#[derive(Debug, Clone, Copy, Default)]
struct Scored {
    gradient: ExactSum,
    information: ExactSum,
}

impl Scored {
    /// A vote that is right with chance `right`, believed right with `believed`; `lever` is the
    /// derivative of its log-odds by the parameter.
    #[inline]
    fn add(&mut self, lever: f64, believed: f64, right: f64) {
        self.gradient.add_value(lever * (believed - right));
        self.information.add_value(lever * lever * right * (1.0 - right));
    }
}

/// What a fit moves.
struct Model {
    offset: f64,
    ability_prior: Normal,
    clarity_prior: Normal,
    abilities: Vec<f64>,
    log_clarities: Vec<f64>,
}

impl Model {
    /// Scoring steps for the clarity of one task.
    fn clarify(&mut self, task: usize, casts: &[Cast], posterior: &[f64]) {
        for _ in 0..CLARITY_STEPS {
            let clarity = self.log_clarities[task].exp();
            let mut scored = Scored::default();
            for cast in casts {
                let log_odds = self.abilities[cast.worker as usize] * clarity;
                let right = sigmoid(log_odds - self.offset);
                scored.add(log_odds, posterior[usize::from(cast.answer)], right);
            }
            let (gradient, information) = (scored.gradient.value(), scored.information.value());
            self.log_clarities[task] =
                self.clarity_prior.step(self.log_clarities[task], gradient, information);
        }
    }

    /// What the votes of one task say about the abilities of those who gave them.
    fn score(&self, task: usize, casts: &[Cast], posterior: &[f64], workers: &mut [Scored]) {
        let clarity = self.log_clarities[task].exp();
        for cast in casts {
            let worker = cast.worker as usize;
            let right = sigmoid(self.abilities[worker] * clarity - self.offset);
            workers[worker].add(clarity, posterior[usize::from(cast.answer)], right);
        }
    }

    /// One scoring step for every ability.
    fn learn(&mut self, scored: &[Scored]) {
        for (ability, scored) in self.abilities.iter_mut().zip(scored) {
            *ability = self.ability_prior.step(*ability, scored.gradient.value(), scored.information.value());
        }
    }

    /// The posterior of one task.
    fn believe(&self, task: usize, casts: &[Cast], row: &mut [f64], sums: &mut [ExactSum]) {
        sums.fill(ExactSum::default());
        for cast in casts {
            sums[usize::from(cast.answer)].add_value(self.abilities[cast.worker as usize]);
        }
        let clarity = self.log_clarities[task].exp();
        for (p, sum) in row.iter_mut().zip(sums.iter()) {
            *p = clarity * sum.value();
        }
        normalise_log(row);
    }
}

impl Method for Glad {
    fn name(&self) -> &'static str {
        "glad"
    }

    fn fit(&self, crowd: &Crowd) -> Fit {
        let Shape { tasks, workers, classes, .. } = crowd.shape();
        let votes = ByTask::of(crowd.votes(), tasks, classes);
        let mut model = Model {
            offset: offset(classes),
            ability_prior: self.ability(),
            clarity_prior: self.log_clarity(),
            abilities: vec![self.config.ability.0; workers],
            log_clarities: vec![self.config.log_clarity.0; tasks],
        };
        let mut posteriors = shares(&votes, crowd.gold(), classes, START_VOTES);
        let (mut row, mut sums) = (vec![0.0; classes], vec![ExactSum::default(); classes]);
        let mut scored = vec![Scored::default(); workers];
        let (mut sweeps, mut converged) = (0, false);
        while sweeps < self.config.max_sweeps && !converged {
            sweeps += 1;
            let mut change = 0.0_f64;
            scored.fill(Scored::default());
            for (task, casts) in votes.iter() {
                let posterior = &mut posteriors[task * classes..][..classes];
                if crowd.gold()[task].is_none() {
                    model.believe(task, casts, &mut row, &mut sums);
                    change = change.max(greatest_change(posterior, &row));
                    posterior.copy_from_slice(&row);
                }
                model.clarify(task, casts, posterior);
                model.score(task, casts, posterior, &mut scored);
            }
            model.learn(&scored);
            converged = change <= self.config.tolerance;
        }
        let prevalence = Prevalence::of(&votes, crowd.gold(), &posteriors, classes).shares();
        let usual = self.config.log_clarity.0.exp();
        let workers = model
            .abilities
            .iter()
            .zip(votes_per_worker(crowd.votes(), workers))
            .map(|(ability, votes)| WorkerFit {
                votes,
                confusion: Vec::new(),
                // On a task of the usual clarity.
                informativeness_bits: coin_bits(sigmoid(ability * usual - model.offset), &prevalence),
            })
            .collect();
        Fit { classes, posteriors, workers, prevalence, sweeps, converged }
    }

    fn follow(&self, shape: Shape) -> Box<dyn Follow> {
        Box::new(Steps::new(self.ability(), self.log_clarity(), shape))
    }
}
