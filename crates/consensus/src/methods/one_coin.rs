//! One coin: each worker is right with one probability whatever the class, and when wrong says any
//! other class alike; found together with the truths by expectation–maximisation.
//!
//! A worker's probability is (expected right answers + κ p̄) / (votes + κ), with p̄ the crowd's own,
//! pooled from all. The prevalence is the majority's, from which it starts, and stays: learnt along,
//! it runs away towards one class, because the model has no other way to say that people err more
//! to one side. Answers that are never truths are left out. Known truths are clamped and left out of
//! the prevalence. Where one class is rare this model takes "always the common one" for skill; use
//! Dawid–Skene or the house model there.
//!
//! Following a log (stepwise EM): a vote is weighed with the worker's probability as it stands, once;
//! then the worker is measured against what is believed of the task with it. The prevalence is taken
//! to be even.

use serde::{Deserialize, Serialize};

use super::{
    belief::{Prevalence, check_sweeps, greatest_change, make_certain, normalise_log},
    by_task::{ByTask, votes_per_worker},
    exact_sum::ExactSum,
    informativeness::coin_bits,
    majority::{START_VOTES, shares},
};
use crate::{ConfigError, Crowd, Fit, Follow, Method, Shape, Vote, WorkerFit};

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
struct Coin {
    right: f64,
    votes: f64,
}

impl Coin {
    /// The crowd before any vote: halfway between chance and certainty, two votes' worth.
    fn crowd(classes: usize) -> Self {
        Self { right: 1.0 + 1.0 / classes as f64, votes: 2.0 }
    }

    fn share(self) -> f64 {
        self.right / self.votes
    }

    fn pooled(self, crowd: f64, pooling: f64) -> f64 {
        ((self.right + pooling * crowd) / (self.votes + pooling)).clamp(SUREST, 1.0 - SUREST)
    }
}

/// How much more likely an answer is where it is the truth: log p − log((1 − p)/(K − 1)).
fn log_ratio(right: f64, classes: usize) -> f64 {
    (right * (classes.max(2) - 1) as f64 / (1.0 - right)).ln()
}

/// Each worker's probability under some posteriors.
fn skills(votes: &ByTask, posteriors: &[f64], workers: usize, classes: usize, pooling: f64) -> Vec<f64> {
    let mut sums = vec![(ExactSum::default(), 0_u32); workers];
    for (task, casts) in votes.iter() {
        for cast in casts {
            let (right, counted) = &mut sums[cast.worker as usize];
            right.add_value(posteriors[task * classes + usize::from(cast.answer)]);
            *counted += 1;
        }
    }
    let mut all = ExactSum::default();
    let mut crowd = Coin::crowd(classes);
    for (right, counted) in &sums {
        all.add(*right);
        crowd.votes += f64::from(*counted);
    }
    crowd.right += all.value();
    let of = |(right, counted): &(ExactSum, u32)| {
        Coin { right: right.value(), votes: f64::from(*counted) }.pooled(crowd.share(), pooling)
    };
    sums.iter().map(of).collect()
}

impl Method for OneCoin {
    fn name(&self) -> &'static str {
        "one-coin"
    }

    fn fit(&self, crowd: &Crowd) -> Fit {
        let Shape { tasks, workers, classes, answers } = crowd.shape();
        let votes = ByTask::of(crowd.votes(), tasks, classes);
        let mut posteriors = shares(&votes, crowd.gold(), classes, START_VOTES);
        let prevalence = Prevalence::of(&votes, crowd.gold(), &posteriors, classes).shares();
        let learn = |posteriors: &[f64]| skills(&votes, posteriors, workers, classes, self.config.pooling);
        let mut right = learn(&posteriors);
        let (mut sweeps, mut converged) = (0, false);
        while sweeps < self.config.max_sweeps && !converged {
            sweeps += 1;
            let change = believe(&votes, crowd.gold(), &right, &prevalence, &mut posteriors);
            right = learn(&posteriors);
            converged = change <= self.config.tolerance;
        }
        let workers = right
            .iter()
            .zip(votes_per_worker(crowd.votes(), workers))
            .map(|(right, votes)| WorkerFit {
                votes,
                confusion: table(*right, classes, answers),
                informativeness_bits: coin_bits(*right, &prevalence),
            })
            .collect();
        Fit { classes, posteriors, workers, prevalence, sweeps, converged }
    }

    fn follow(&self, shape: Shape) -> Box<dyn Follow> {
        Box::new(Following {
            pooling: self.config.pooling,
            classes: shape.classes,
            log_likelihood: vec![0.0; shape.tasks * shape.classes],
            gold: vec![None; shape.tasks],
            workers: vec![Coin::default(); shape.workers],
            crowd: Coin::crowd(shape.classes),
            row: vec![0.0; shape.classes],
        })
    }
}

/// Posteriors from the workers' probabilities; gives the greatest change.
fn believe(
    votes: &ByTask,
    gold: &[Option<u16>],
    right: &[f64],
    prevalence: &[f64],
    posteriors: &mut [f64],
) -> f64 {
    let classes = prevalence.len();
    let weights: Vec<ExactSum> = right.iter().map(|p| ExactSum::of(log_ratio(*p, classes))).collect();
    let log_prior: Vec<ExactSum> = prevalence.iter().map(|share| ExactSum::of(share.ln())).collect();
    let mut sums = vec![ExactSum::default(); classes];
    let mut row = vec![0.0; classes];
    let mut change = 0.0_f64;
    for (task, casts) in votes.iter().filter(|(task, _)| gold[*task].is_none()) {
        sums.copy_from_slice(&log_prior);
        for cast in casts {
            sums[usize::from(cast.answer)].add(weights[cast.worker as usize]);
        }
        for (p, sum) in row.iter_mut().zip(&sums) {
            *p = sum.value();
        }
        normalise_log(&mut row);
        let posterior = &mut posteriors[task * classes..][..classes];
        change = change.max(greatest_change(posterior, &row));
        posterior.copy_from_slice(&row);
    }
    change
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

struct Following {
    pooling: f64,
    classes: usize,
    log_likelihood: Vec<f64>,
    gold: Vec<Option<u16>>,
    workers: Vec<Coin>,
    crowd: Coin,
    row: Vec<f64>,
}

impl Following {
    fn believe(&self, task: usize, row: &mut [f64]) {
        if let Some(truth) = self.gold[task] {
            make_certain(row, truth);
        } else {
            row.copy_from_slice(&self.log_likelihood[task * self.classes..][..self.classes]);
            normalise_log(row);
        }
    }
}

impl Follow for Following {
    fn update(&mut self, vote: Vote, gold: Option<u16>) {
        let (task, answer) = (vote.task as usize, usize::from(vote.answer));
        self.gold[task] = gold.or(self.gold[task]);
        if answer >= self.classes {
            return;
        }
        let right = self.workers[vote.worker as usize].pooled(self.crowd.share(), self.pooling);
        self.log_likelihood[task * self.classes + answer] += log_ratio(right, self.classes);
        let mut row = std::mem::take(&mut self.row);
        self.believe(task, &mut row);
        for coin in [&mut self.workers[vote.worker as usize], &mut self.crowd] {
            coin.right += row[answer];
            coin.votes += 1.0;
        }
        self.row = row;
    }

    fn posterior(&self, task: u32) -> Vec<f64> {
        let mut row = vec![0.0; self.classes];
        self.believe(task as usize, &mut row);
        row
    }
}
