//! Wawa, worker agreement with aggregate: a majority, how often each worker goes with it, and a
//! second majority in which a vote weighs what its worker's agreement is.
//!
//! Agreement is with the most voted class (tied ones share it) or the known truth, and is drawn
//! towards the crowd's own by `pooling` imagined votes, so that one lucky vote makes no expert.
//! p(class) = (weights for it + c/K) / (all weights + c) with c = 1/50: a share, not a calibrated
//! chance. Answers that are never truths are left out.
//!
//! Following a log, a vote weighs what the worker's agreement was when it came, and agrees as far as
//! the weighted share of its answer goes just after it; a fit judges all votes by the final majority.

use serde::{Deserialize, Serialize};

use super::{
    belief::{Prevalence, make_certain},
    by_task::{ByTask, votes_per_worker},
    exact_sum::{ExactSum, exact_sum},
    informativeness::coin_bits,
    majority::{MajorityConfig, START_VOTES, to_shares},
};
use crate::{ConfigError, Crowd, Fit, Follow, Method, Shape, Vote, WorkerFit};

/// Settings of [`Wawa`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WawaConfig {
    /// Imagined weight of votes in all, spread evenly over the classes; above 0.
    pub pseudo_votes: f64,
    /// Votes behind the crowd's agreement from which each worker's starts, 0 for none.
    pub pooling: f64,
}

impl Default for WawaConfig {
    fn default() -> Self {
        Self { pseudo_votes: START_VOTES, pooling: 2.0 }
    }
}

/// Weighs votes by agreement with the majority.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wawa {
    config: WawaConfig,
}

impl Wawa {
    /// Wawa with these settings.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: WawaConfig) -> Result<Self, ConfigError> {
        MajorityConfig { pseudo_votes: config.pseudo_votes }.check()?;
        let holds = config.pooling >= 0.0 && config.pooling <= 1e6;
        ConfigError::check("pooling", config.pooling, holds, "give 0 or more votes")?;
        Ok(Self { config })
    }
}

/// What each worker's votes agree with, and how many there are.
#[derive(Clone, Copy, Default)]
struct Agreement {
    agreed: f64,
    votes: f64,
}

impl Agreement {
    /// The share, drawn towards `crowd`; a worker without votes has the crowd's.
    fn share(self, crowd: f64, pooling: f64) -> f64 {
        let votes = self.votes + pooling;
        if votes > 0.0 { (self.agreed + pooling * crowd) / votes } else { crowd }
    }
}

/// Agreement of the whole crowd before anybody voted: halfway between chance and certainty.
fn start(classes: usize) -> Agreement {
    Agreement { agreed: f64::midpoint(1.0, 1.0 / classes as f64), votes: 1.0 }
}

impl Method for Wawa {
    fn name(&self) -> &'static str {
        "wawa"
    }

    fn fit(&self, crowd: &Crowd) -> Fit {
        let Shape { tasks, workers, classes, .. } = crowd.shape();
        let votes = ByTask::of(crowd.votes(), tasks, classes);
        let agreement = agreement_with_majority(&votes, crowd.gold(), workers, classes);
        let mut all = start(classes);
        all.votes += agreement.iter().map(|worker| worker.votes).sum::<f64>();
        all.agreed += exact_sum(agreement.iter().map(|worker| worker.agreed));
        let crowd_share = all.agreed / all.votes;
        let skills: Vec<f64> =
            agreement.iter().map(|worker| worker.share(crowd_share, self.config.pooling)).collect();

        let mut posteriors = vec![0.0; tasks * classes];
        let mut weights = vec![ExactSum::default(); classes];
        for (task, casts) in votes.iter() {
            let row = &mut posteriors[task * classes..][..classes];
            if let Some(truth) = crowd.gold()[task] {
                make_certain(row, truth);
                continue;
            }
            weights.fill(ExactSum::default());
            for cast in casts {
                weights[usize::from(cast.answer)].add_value(skills[cast.worker as usize]);
            }
            for (p, weight) in row.iter_mut().zip(&weights) {
                *p = weight.value() + self.config.pseudo_votes / classes as f64;
            }
            to_shares(row);
        }
        let prevalence = Prevalence::of(&votes, crowd.gold(), &posteriors, classes).shares();
        let workers = skills
            .iter()
            .zip(votes_per_worker(crowd.votes(), workers))
            .map(|(skill, votes)| WorkerFit {
                votes,
                confusion: Vec::new(),
                informativeness_bits: coin_bits(*skill, &prevalence),
            })
            .collect();
        Fit { classes, posteriors, workers, prevalence, sweeps: 2, converged: true }
    }

    fn follow(&self, shape: Shape) -> Box<dyn Follow> {
        Box::new(Following {
            config: self.config,
            classes: shape.classes,
            weights: vec![self.config.pseudo_votes / shape.classes as f64; shape.tasks * shape.classes],
            gold: vec![None; shape.tasks],
            workers: vec![Agreement::default(); shape.workers],
            crowd: start(shape.classes),
        })
    }
}

/// How far each worker goes with the most voted class, or the known truth.
fn agreement_with_majority(
    votes: &ByTask,
    gold: &[Option<u16>],
    workers: usize,
    classes: usize,
) -> Vec<Agreement> {
    let mut sums = vec![(ExactSum::default(), 0_u32); workers];
    let mut counts = vec![0_u32; classes];
    for (task, casts) in votes.iter() {
        counts.fill(0);
        for cast in casts {
            counts[usize::from(cast.answer)] += 1;
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        let tied = counts.iter().filter(|count| **count == most).count();
        for cast in casts {
            let agrees = match gold[task] {
                Some(truth) => f64::from(u8::from(truth == cast.answer)),
                None if counts[usize::from(cast.answer)] == most => 1.0 / tied as f64,
                None => 0.0,
            };
            let (agreed, counted) = &mut sums[cast.worker as usize];
            agreed.add_value(agrees);
            *counted += 1;
        }
    }
    sums.iter()
        .map(|(agreed, votes)| Agreement { agreed: agreed.value(), votes: f64::from(*votes) })
        .collect()
}

struct Following {
    config: WawaConfig,
    classes: usize,
    weights: Vec<f64>,
    gold: Vec<Option<u16>>,
    workers: Vec<Agreement>,
    crowd: Agreement,
}

impl Follow for Following {
    fn update(&mut self, vote: Vote, gold: Option<u16>) {
        let (task, answer) = (vote.task as usize, usize::from(vote.answer));
        self.gold[task] = gold.or(self.gold[task]);
        if answer >= self.classes {
            return;
        }
        let crowd = self.crowd.agreed / self.crowd.votes;
        let skill = self.workers[vote.worker as usize].share(crowd, self.config.pooling);
        self.weights[task * self.classes + answer] += skill;
        let agrees = match self.gold[task] {
            Some(truth) => f64::from(u8::from(truth == vote.answer)),
            None => {
                let row = &self.weights[task * self.classes..][..self.classes];
                row[answer] / row.iter().sum::<f64>()
            }
        };
        for heard in [&mut self.workers[vote.worker as usize], &mut self.crowd] {
            heard.agreed += agrees;
            heard.votes += 1.0;
        }
    }

    fn posterior(&self, task: u32) -> Vec<f64> {
        let mut row = self.weights[task as usize * self.classes..][..self.classes].to_vec();
        match self.gold[task as usize] {
            Some(truth) => make_certain(&mut row, truth),
            None => to_shares(&mut row),
        }
        row
    }
}
