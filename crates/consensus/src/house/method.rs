//! The house model as a method for any crowd: one state per class, answers that are never true as
//! responses, rows pooled towards the crowd's mean, known truths clamped, shares of the classes
//! learnt from the tasks of unknown truth starting at the majority's, votes tempered as the votes themselves suggest.
//! Fitted twice, with rows pooled strongly and loosely; the loose fit is taken where it foretells votes
//! clearly better. Nothing is set for a particular crowd; how the defaults were chosen is said where they stand.

use super::{HouseConfig, StateFit, StateInput, Tempering, fit_states, follow::Following};
use crate::{
    ConfigError, Crowd, Fit, Follow, Method, Shape, WorkerFit,
    methods::{by_task::votes_per_worker, exact_sum::ExactSum, informativeness::confusion_bits},
};

/// Tasks of each class that the majority's shares start from.
const SHARE_START: f64 = 0.5;
/// What the majority's shares count for when shares are learnt, per task. Learnt freely they run
/// away where votes are few: with three on a task, towards the class that is said more often.
const SHARE_WEIGHT: f64 = 0.3;

/// By how much a loose fit must foretell votes better to be taken, in nats: altogether, and for each vote.
/// It always does a little better, and where look-alikes are many for the wrong reason: there by up
/// to 0.010 a vote (and of few votes by 0.015), where it is right by 0.005 to 0.05. With more classes
/// less is asked, by the root of the wrong ones: they can be confused in more ways.
const LEAST_GAIN: f64 = 50.0;
const LEAST_GAIN_A_VOTE: f64 = 0.0105;

/// The house model for crowds with any number of classes.
#[derive(Debug, Clone, Copy)]
pub struct House {
    tempering: Tempering,
}

impl Default for House {
    fn default() -> Self {
        Self { tempering: Tempering::Learned }
    }
}

impl House {
    /// With this tempering.
    ///
    /// # Errors
    /// When it is fixed and not in (0, 1].
    pub fn new(tempering: Tempering) -> Result<Self, ConfigError> {
        HouseConfig { tempering, ..HouseConfig::classes(2, 2) }.check(2, 2)?;
        Ok(Self { tempering })
    }
}

impl Method for House {
    fn name(&self) -> &'static str {
        "house"
    }

    fn fit(&self, crowd: &Crowd) -> Fit {
        let Shape { workers, classes, answers, .. } = crowd.shape();
        let (shares, heard) = majority_shares(crowd);
        let share_tasks = classes as f64 + SHARE_WEIGHT * heard;
        let strict = HouseConfig { share_tasks, ..HouseConfig::classes(classes, answers) };
        let loose = HouseConfig::loose_classes(classes, answers);
        let flat = vec![1.0; classes];
        let [strict, loose] = [(strict, &shares), (loose, &flat)].map(|(config, shares)| {
            let config = HouseConfig { tempering: self.tempering, ..config };
            fit_with(crowd, shares, &config)
        });
        let gain = loose.foretold - strict.foretold;
        let asked = LEAST_GAIN_A_VOTE * crowd.votes().len() as f64 / (classes.max(2) as f64 - 1.0).sqrt();
        let fit = if gain > LEAST_GAIN.max(asked) { loose } else { strict };
        let votes = votes_per_worker(crowd.votes(), workers);
        let workers =
            (0..workers).map(|worker| learnt(&fit, worker, votes[worker], classes, answers)).collect();
        let StateFit { posterior, prevalence, sweeps, converged, .. } = fit;
        Fit { classes, posteriors: posterior, workers, prevalence, sweeps, converged }
    }

    fn follow(&self, shape: Shape) -> Box<dyn Follow> {
        Box::new(Following::new(shape, self.tempering))
    }
}

const fn mask(truth: u16) -> u64 {
    1 << if truth < 64 { truth } else { 63 }
}

fn fit_with(crowd: &Crowd, shares: &[f64], config: &HouseConfig) -> StateFit {
    let Shape { tasks, workers, classes, answers } = crowd.shape();
    // Masks speak of 64 classes; with more of them the prior clamps.
    let allowed: Vec<u64> = if classes > 64 {
        Vec::new()
    } else {
        crowd.gold().iter().map(|truth| truth.map_or(u64::MAX, mask)).collect()
    };
    let input = StateInput {
        votes: crowd.votes(),
        tasks,
        workers,
        states: classes,
        responses: answers,
        allowed: &allowed,
        log_prior: &log_prior(crowd.gold(), shares),
    };
    fit_states(&input, config)
}

/// Share of each class by the majority on each task of unknown truth that has votes, ties shared; and
/// how many such tasks there are.
fn majority_shares(crowd: &Crowd) -> (Vec<f64>, f64) {
    let Shape { tasks, classes, .. } = crowd.shape();
    let mut said = vec![0_u32; tasks * classes];
    for vote in crowd.votes().iter().filter(|vote| usize::from(vote.answer) < classes) {
        said[vote.task as usize * classes + usize::from(vote.answer)] += 1;
    }
    let mut shares = vec![ExactSum::of(SHARE_START); classes];
    let mut heard = 0.0;
    for (row, _) in said.chunks(classes).zip(crowd.gold()).filter(|(_, truth)| truth.is_none()) {
        let most = row.iter().copied().max().unwrap_or(0);
        if most == 0 {
            continue;
        }
        heard += 1.0;
        let ties = row.iter().filter(|count| **count == most).count() as f64;
        for (share, _) in shares.iter_mut().zip(row).filter(|(_, count)| **count == most) {
            share.add_value(1.0 / ties);
        }
    }
    let all = heard + SHARE_START * classes as f64;
    (shares.iter().map(|share| share.value() / all).collect(), heard)
}

/// ln of a prior that is sure of the known truths and has these shares elsewhere.
fn log_prior(gold: &[Option<u16>], shares: &[f64]) -> Vec<f64> {
    let mut out = Vec::with_capacity(gold.len() * shares.len());
    for truth in gold {
        match truth {
            Some(truth) => out.extend(
                (0..shares.len()).map(
                    |class| {
                        if class == usize::from(*truth) { 0.0 } else { f64::NEG_INFINITY }
                    },
                ),
            ),
            None => out.extend(shares.iter().map(|share| share.ln())),
        }
    }
    out
}

fn learnt(fit: &StateFit, worker: usize, votes: u32, classes: usize, answers: usize) -> WorkerFit {
    let confusion = fit.confusion[worker * classes * answers..][..classes * answers].to_vec();
    let informativeness_bits = confusion_bits(&confusion, &fit.prevalence, answers);
    WorkerFit { votes, confusion, informativeness_bits }
}
