//! One coin: each worker is right with one probability whatever the class, and when wrong says any
//! other class alike; found together with the truths by expectation–maximisation.
//!
//! A worker's probability is (expected right answers + κ p̄) / (votes + κ), with p̄ the crowd's own,
//! pooled from all. The prevalence is either kept as the majority has it, or learnt along: then it may
//! run away towards one class, because the model has no other way to say that people err more to
//! one side. Both are fitted, and the one that better foretells each vote from the others on its task
//! is taken. Answers that are never truths are left out. Known truths are clamped and left out of the
//! prevalence. Where one class is rare this model takes "always the common one" for skill; use
//! Dawid–Skene or the house model there. Following a log is in `one_coin_steps`.

use serde::{Deserialize, Serialize};

use super::{
    belief::{Prevalence, check_sweeps, greatest_change, normalise_log},
    by_task::{ByTask, Cast, votes_per_worker},
    exact_sum::ExactSum,
    informativeness::coin_bits,
    majority::{START_VOTES, shares},
    one_coin_steps::Steps,
};
use crate::{ConfigError, Crowd, Fit, Follow, Method, Shape, WorkerFit};

/// The table of a worker is written out up to this many answers; beyond it would be larger than
/// the votes.
const LARGEST_TABLE: usize = 64;
/// Nobody is taken to be surer than this to be right, or wrong.
const SUREST: f64 = 1e-9;

/// Settings of [`OneCoin`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OneCoinConfig {
    /// κ, imagined votes that are right as often as the crowd's; above 0.
    pub pooling: f64,
    /// Sweeps over the votes at most.
    pub max_sweeps: u32,
    /// A sweep that moves no probability by more is the last.
    pub tolerance: f64,
}

impl Default for OneCoinConfig {
    fn default() -> Self {
        Self { pooling: 4.0, max_sweeps: 200, tolerance: 1e-4 }
    }
}

/// One number per worker.
#[derive(Debug, Clone, Copy, Default)]
pub struct OneCoin {
    config: OneCoinConfig,
}

impl OneCoin {
    /// One coin with these settings.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: OneCoinConfig) -> Result<Self, ConfigError> {
        let holds = config.pooling > 0.0 && config.pooling <= 1e6;
        ConfigError::check("pooling", config.pooling, holds, "give a number of votes above 0")?;
        check_sweeps(config.max_sweeps, config.tolerance)?;
        Ok(Self { config })
    }
}

/// Right answers and votes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Coin {
    pub right: f64,
    pub votes: f64,
}

impl Coin {
    /// The crowd before any vote: halfway between chance and certainty, two votes' worth.
    pub(super) fn crowd(classes: usize) -> Self {
        Self { right: 1.0 + 1.0 / classes as f64, votes: 2.0 }
    }

    pub(super) fn share(self) -> f64 {
        self.right / self.votes
    }

    pub(super) fn pooled(self, crowd: f64, pooling: f64) -> f64 {
        ((self.right + pooling * crowd) / (self.votes + pooling)).clamp(SUREST, 1.0 - SUREST)
    }
}

/// How much more likely an answer is where it is the truth: log p − log((1 − p)/(K − 1)).
pub(super) fn log_ratio(right: f64, classes: usize) -> f64 {
    (right * (classes.max(2) - 1) as f64 / (1.0 - right)).ln()
}

/// A fit in progress.
struct Fitting<'a> {
    votes: &'a ByTask,
    gold: &'a [Option<u16>],
    kappa: f64,
    posteriors: Vec<f64>,
    prevalence: Vec<f64>,
    /// Each worker's probability to be right.
    right: Vec<f64>,
    sweeps: u32,
    converged: bool,
}

impl<'a> Fitting<'a> {
    fn start(votes: &'a ByTask, gold: &'a [Option<u16>], shape: Shape, kappa: f64) -> Self {
        let posteriors = shares(votes, gold, shape.classes, START_VOTES);
        let prevalence = Prevalence::of(votes, gold, &posteriors, shape.classes).shares();
        let right = vec![0.0; shape.workers];
        let mut fit = Self { votes, gold, kappa, posteriors, prevalence, right, sweeps: 0, converged: false };
        fit.learn();
        fit
    }

    /// Sweeps to the end, with the prevalence learnt along or as it was at the start.
    fn run(mut self, config: OneCoinConfig, prevalence_learnt: bool) -> Self {
        while self.sweeps < config.max_sweeps && !self.converged {
            self.sweeps += 1;
            self.converged = self.believe() <= config.tolerance;
            if prevalence_learnt {
                let classes = self.prevalence.len();
                self.prevalence = Prevalence::of(self.votes, self.gold, &self.posteriors, classes).shares();
            }
            self.learn();
        }
        self
    }

    /// Posteriors from the workers' probabilities; gives the greatest change.
    fn believe(&mut self) -> f64 {
        let classes = self.prevalence.len();
        let weights = self.weights();
        let mut sums = vec![ExactSum::default(); classes];
        let mut row = vec![0.0; classes];
        let mut change = 0.0_f64;
        for (task, casts) in self.votes.iter().filter(|(task, _)| self.gold[*task].is_none()) {
            self.log_posterior(casts, &weights, &mut sums);
            for (p, sum) in row.iter_mut().zip(&sums) {
                *p = sum.value();
            }
            normalise_log(&mut row);
            let posterior = &mut self.posteriors[task * classes..][..classes];
            change = change.max(greatest_change(posterior, &row));
            posterior.copy_from_slice(&row);
        }
        change
    }

    /// What a vote of each worker adds to its class.
    fn weights(&self) -> Vec<ExactSum> {
        let classes = self.prevalence.len();
        self.right.iter().map(|p| ExactSum::of(log_ratio(*p, classes))).collect()
    }

    /// ln of the prevalence and all that the votes add.
    fn log_posterior(&self, casts: &[Cast], weights: &[ExactSum], sums: &mut [ExactSum]) {
        for (sum, share) in sums.iter_mut().zip(&self.prevalence) {
            *sum = ExactSum::of(share.ln());
        }
        for cast in casts {
            sums[usize::from(cast.answer)].add(weights[cast.worker as usize]);
        }
    }

    /// Expected right answers and votes of each worker, and of all.
    fn coins(&self) -> (Vec<Coin>, Coin) {
        let classes = self.prevalence.len();
        let mut sums = vec![(ExactSum::default(), 0_u32); self.right.len()];
        let mut all = ExactSum::default();
        for (task, casts) in self.votes.iter() {
            for cast in casts {
                let (right, counted) = &mut sums[cast.worker as usize];
                right.add_value(self.posteriors[task * classes + usize::from(cast.answer)]);
                *counted += 1;
            }
        }
        let mut crowd = Coin::crowd(classes);
        for (right, counted) in &sums {
            all.add(*right);
            crowd.votes += f64::from(*counted);
        }
        crowd.right += all.value();
        let coin =
            |(right, counted): &(ExactSum, u32)| Coin { right: right.value(), votes: f64::from(*counted) };
        (sums.iter().map(coin).collect(), crowd)
    }

    /// The workers' probabilities from the posteriors.
    fn learn(&mut self) {
        let (coins, crowd) = self.coins();
        self.right = coins.iter().map(|coin| coin.pooled(crowd.share(), self.kappa)).collect();
    }

    /// Σ ln P(vote | the other votes on its task) where there are others and no truth is known.
    fn foretold(&self) -> f64 {
        let classes = self.prevalence.len();
        let (coins, crowd) = self.coins();
        let weights = self.weights();
        let mut sums = vec![ExactSum::default(); classes];
        let mut row = vec![0.0; classes];
        let mut total = ExactSum::default();
        for (task, casts) in self.votes.iter() {
            if casts.len() < 2 || self.gold[task].is_some() {
                continue;
            }
            self.log_posterior(casts, &weights, &mut sums);
            for cast in casts {
                let (worker, answer) = (cast.worker as usize, usize::from(cast.answer));
                for (p, sum) in row.iter_mut().zip(&sums) {
                    *p = sum.value();
                }
                row[answer] -= weights[worker].value();
                normalise_log(&mut row);
                let mut coin = coins[worker];
                coin.right -= self.posteriors[task * classes + answer];
                coin.votes -= 1.0;
                let right = coin.pooled(crowd.share(), self.kappa);
                let wrong = (1.0 - right) / (classes.max(2) - 1) as f64;
                total.add_value((row[answer] * right + (1.0 - row[answer]) * wrong).max(SUREST).ln());
            }
        }
        total.value()
    }
}

impl Method for OneCoin {
    fn name(&self) -> &'static str {
        "one-coin"
    }

    fn fit(&self, crowd: &Crowd) -> Fit {
        let shape = crowd.shape();
        let Shape { tasks, workers, classes, answers } = shape;
        let votes = ByTask::of(crowd.votes(), tasks, classes);
        let [kept, learnt] = [false, true].map(|prevalence_learnt| {
            Fitting::start(&votes, crowd.gold(), shape, self.config.pooling)
                .run(self.config, prevalence_learnt)
        });
        let sweeps = kept.sweeps + learnt.sweeps;
        let fit = if learnt.foretold() > kept.foretold() { learnt } else { kept };
        let workers = fit
            .right
            .iter()
            .zip(votes_per_worker(crowd.votes(), workers))
            .map(|(right, votes)| WorkerFit {
                votes,
                confusion: table(*right, classes, answers),
                informativeness_bits: coin_bits(*right, &fit.prevalence),
            })
            .collect();
        Fit {
            classes,
            posteriors: fit.posteriors,
            workers,
            prevalence: fit.prevalence,
            sweeps,
            converged: fit.converged,
        }
    }

    fn follow(&self, shape: Shape) -> Box<dyn Follow> {
        Box::new(Steps::new(self.config.pooling, shape))
    }
}

/// The table a coin stands for: one row of `answers` per class.
fn table(right: f64, classes: usize, answers: usize) -> Vec<f64> {
    if answers > LARGEST_TABLE {
        return Vec::new();
    }
    if classes == 1 {
        return (0..answers).map(|answer| f64::from(u8::from(answer == 0))).collect();
    }
    let wrong = (1.0 - right) / (classes - 1) as f64;
    let said = |class: usize, answer: usize| match answer {
        _ if answer >= classes => 0.0,
        _ if answer == class => right,
        _ => wrong,
    };
    (0..classes).flat_map(|class| (0..answers).map(move |answer| said(class, answer))).collect()
}
