//! The house model as a method for any crowd: one state per class, answers that are never true as
//! responses, rows pooled towards the crowd's mean, known truths clamped, shares of the classes
//! learnt from the tasks of unknown truth, votes tempered as the votes themselves suggest.
//! Nothing is set for a particular crowd; how the defaults were chosen is said where they stand.

use super::{HouseConfig, StateFit, StateInput, Tempering, fit_states, follow::Following};
use crate::{
    ConfigError, Crowd, Fit, Follow, Method, Shape, WorkerFit,
    methods::{by_task::votes_per_worker, informativeness::confusion_bits},
};

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
        let Shape { tasks, workers, classes, answers } = crowd.shape();
        let config = HouseConfig { tempering: self.tempering, ..HouseConfig::classes(classes, answers) };
        let allowed: Vec<u64> = crowd.gold().iter().map(|truth| truth.map_or(u64::MAX, mask)).collect();
        // Masks speak of 64 classes; with more of them the prior clamps.
        let log_prior = if classes > 64 { sure(crowd.gold(), classes) } else { Vec::new() };
        let fit = fit_states(
            &StateInput {
                votes: crowd.votes(),
                tasks,
                workers,
                states: classes,
                responses: answers,
                allowed: if classes > 64 { &[] } else { &allowed },
                log_prior: &log_prior,
            },
            &config,
        );
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

/// ln of a prior that is sure of the known truths and flat elsewhere.
fn sure(gold: &[Option<u16>], classes: usize) -> Vec<f64> {
    let mut out = vec![0.0; gold.len() * classes];
    for (row, truth) in out.chunks_mut(classes).zip(gold) {
        if let Some(truth) = truth {
            row.fill(f64::NEG_INFINITY);
            row[usize::from(*truth)] = 0.0;
        }
    }
    out
}

fn learnt(fit: &StateFit, worker: usize, votes: u32, classes: usize, answers: usize) -> WorkerFit {
    let confusion = fit.confusion[worker * classes * answers..][..classes * answers].to_vec();
    let informativeness_bits = confusion_bits(&confusion, &fit.prevalence, answers);
    WorkerFit { votes, confusion, informativeness_bits }
}
