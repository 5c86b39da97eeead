//! Majority: every vote counts the same, whoever gave it.
//!
//! p(class) = (votes for it + c/K) / (votes + c): the share of the votes, with c = 1/50 of a vote
//! spread evenly over the classes, so that nothing is ever certain, a log-loss stays finite, and a
//! task without votes is even. More would flatten what is too flat already: this is a share, not a
//! calibrated chance to be right, and where most people are right it claims too little. Answers that
//! are never truths ("unsure") are left out. Known truths are given back as they are and move nothing
//! else. Following a log gives exactly what a fit gives.

use serde::{Deserialize, Serialize};

use super::{
    belief::{Prevalence, make_certain},
    by_task::{ByTask, votes_per_worker},
    exact_sum::ExactSum,
    informativeness::coin_bits,
};
use crate::{ConfigError, Crowd, Fit, Follow, Method, Shape, Vote, WorkerFit};

/// Imagined votes where nothing else is asked for.
pub(super) const START_VOTES: f64 = 0.02;

/// Settings of [`Majority`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MajorityConfig {
    /// Imagined votes in all, spread evenly over the classes; above 0.
    pub pseudo_votes: f64,
}

impl Default for MajorityConfig {
    fn default() -> Self {
        Self { pseudo_votes: START_VOTES }
    }
}

impl MajorityConfig {
    pub(super) fn check(self) -> Result<(), ConfigError> {
        let holds = self.pseudo_votes > 0.0 && self.pseudo_votes <= 1e6;
        ConfigError::check("pseudo_votes", self.pseudo_votes, holds, "give a number above 0, such as 0.02")
    }
}

/// Counts votes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Majority {
    config: MajorityConfig,
}

impl Majority {
    /// Majority with these settings.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: MajorityConfig) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self { config })
    }
}

/// The shares of votes of every task, known truths clamped: where the methods that sweep start.
pub(super) fn shares(votes: &ByTask, gold: &[Option<u16>], classes: usize, pseudo_votes: f64) -> Vec<f64> {
    let mut posteriors = vec![0.0; votes.tasks() * classes];
    for (task, casts) in votes.iter() {
        let row = &mut posteriors[task * classes..][..classes];
        match gold[task] {
            Some(truth) => make_certain(row, truth),
            None => {
                row.fill(pseudo_votes / classes as f64);
                for cast in casts.iter().filter(|cast| usize::from(cast.answer) < classes) {
                    row[usize::from(cast.answer)] += 1.0;
                }
                to_shares(row);
            }
        }
    }
    posteriors
}

/// Divides by the sum.
pub(super) fn to_shares(row: &mut [f64]) {
    let total: f64 = row.iter().sum();
    for share in row {
        *share /= total;
    }
}

impl Method for Majority {
    fn name(&self) -> &'static str {
        "majority"
    }

    fn fit(&self, crowd: &Crowd) -> Fit {
        let Shape { tasks, workers, classes, .. } = crowd.shape();
        let votes = ByTask::of(crowd.votes(), tasks, classes);
        let posteriors = shares(&votes, crowd.gold(), classes, self.config.pseudo_votes);
        let prevalence = Prevalence::of(&votes, crowd.gold(), &posteriors, classes).shares();
        let mut agreement = vec![(ExactSum::default(), 0_u32); workers];
        for (task, casts) in votes.iter() {
            for cast in casts {
                let (agreed, counted) = &mut agreement[cast.worker as usize];
                agreed.add_value(posteriors[task * classes + usize::from(cast.answer)]);
                *counted += 1;
            }
        }
        let workers = agreement
            .iter()
            .zip(votes_per_worker(crowd.votes(), workers))
            .map(|((agreed, counted), votes)| WorkerFit {
                votes,
                confusion: Vec::new(),
                // How much they go with the others; it weighs nothing here.
                informativeness_bits: if *counted == 0 {
                    0.0
                } else {
                    coin_bits((agreed.value() / f64::from(*counted)).clamp(0.0, 1.0), &prevalence)
                },
            })
            .collect();
        Fit { classes, posteriors, workers, prevalence, sweeps: 1, converged: true }
    }

    fn follow(&self, shape: Shape) -> Box<dyn Follow> {
        Box::new(Following {
            classes: shape.classes,
            votes: vec![self.config.pseudo_votes / shape.classes as f64; shape.tasks * shape.classes],
            gold: vec![None; shape.tasks],
        })
    }
}

struct Following {
    classes: usize,
    votes: Vec<f64>,
    gold: Vec<Option<u16>>,
}

impl Follow for Following {
    fn update(&mut self, vote: Vote, gold: Option<u16>) {
        let task = vote.task as usize;
        self.gold[task] = gold.or(self.gold[task]);
        if usize::from(vote.answer) < self.classes {
            self.votes[task * self.classes + usize::from(vote.answer)] += 1.0;
        }
    }

    fn posterior(&self, task: u32) -> Vec<f64> {
        let mut row = self.votes[task as usize * self.classes..][..self.classes].to_vec();
        match self.gold[task as usize] {
            Some(truth) => make_certain(&mut row, truth),
            None => to_shares(&mut row),
        }
        row
    }
}
