//! Dawid–Skene (1979): each worker has a table P(answer | class); tables and truths are found
//! together by expectation–maximisation, here for the most probable tables under Dirichlet priors.
//!
//! Row k of a worker's table is (n_k + κ m_k) / (Σ n_k + κ): their expected counts n and κ
//! imagined votes of the crowd's own row m_k, which is pooled from all workers, so somebody with
//! three votes is taken for an average member. m itself starts from a few votes that favour the
//! right answer, which keeps classes from trading names. The tables are rectangular: an answer that
//! is never a truth ("unsure") has a column, not a row. Known truths are clamped and left out of the
//! prevalence. Likelihoods are added as logarithms. Where votes go wrong together the posteriors are
//! too sure: that is the model's, and tempering is left to the house model.
//!
//! Following a log is in `dawid_skene_steps`.

use serde::{Deserialize, Serialize};

use super::{
    belief::{Prevalence, check_sweeps, greatest_change, normalise_log},
    by_task::{ByTask, votes_per_worker},
    confusion::Tables,
    dawid_skene_steps::Steps,
    exact_sum::ExactSum,
    informativeness::confusion_bits,
    majority::{START_VOTES, shares},
};
use crate::{ConfigError, Crowd, Fit, Follow, Method, Shape, WorkerFit};

/// Settings of [`DawidSkene`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DawidSkeneConfig {
    /// Imagined votes per class and possible answer that follow the crowd's own table; above 0. κ is
    /// this times the number of answers: a longer row needs more votes to be known.
    pub pooling: f64,
    /// Imagined votes per class behind the start of the crowd's table; above 0.
    pub start_votes: f64,
    /// Sweeps over the votes at most.
    pub max_sweeps: u32,
    /// A sweep that moves no probability by more is the last.
    pub tolerance: f64,
}

impl Default for DawidSkeneConfig {
    fn default() -> Self {
        Self { pooling: 1.0, start_votes: 4.0, max_sweeps: 200, tolerance: 1e-4 }
    }
}

impl DawidSkeneConfig {
    /// Imagined votes behind each row of a worker's table.
    pub(super) fn kappa(self, answers: usize) -> f64 {
        self.pooling * answers as f64
    }
}

/// A table per worker.
#[derive(Debug, Clone, Copy, Default)]
pub struct DawidSkene {
    config: DawidSkeneConfig,
}

impl DawidSkene {
    /// Dawid–Skene with these settings.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: DawidSkeneConfig) -> Result<Self, ConfigError> {
        let positive = |field, value: f64| {
            ConfigError::check(field, value, value > 0.0 && value <= 1e6, "give a number of votes above 0")
        };
        positive("pooling", config.pooling)?;
        positive("start_votes", config.start_votes)?;
        check_sweeps(config.max_sweeps, config.tolerance)?;
        Ok(Self { config })
    }
}

impl Method for DawidSkene {
    fn name(&self) -> &'static str {
        "dawid-skene"
    }

    fn fit(&self, crowd: &Crowd) -> Fit {
        let Shape { tasks, workers, classes, answers } = crowd.shape();
        let votes = ByTask::of(crowd.votes(), tasks, answers);
        let mut posteriors = shares(&votes, crowd.gold(), classes, START_VOTES);
        let mut prevalence = Prevalence::of(&votes, crowd.gold(), &posteriors, classes).shares();
        let mut counts = Tables::counted(&votes, &posteriors, workers, classes, answers);
        let mut logs = counts.like();
        let (kappa, start_votes) = (self.config.kappa(answers), self.config.start_votes);
        let (mut sweeps, mut converged) = (0, false);
        while sweeps < self.config.max_sweeps && !converged {
            sweeps += 1;
            logs.set_to_logs_of(&counts, &counts.crowd(start_votes), kappa);
            let change = sweep(&votes, crowd.gold(), &logs, &mut prevalence, &mut posteriors, &mut counts);
            converged = change <= self.config.tolerance;
        }
        let crowds = counts.crowd(start_votes);
        let workers = votes_per_worker(crowd.votes(), workers)
            .into_iter()
            .enumerate()
            .map(|(worker, votes)| {
                let confusion = counts.rows(worker, &crowds, kappa);
                let informativeness_bits = confusion_bits(&confusion, &prevalence, answers);
                WorkerFit { votes, confusion, informativeness_bits }
            })
            .collect();
        Fit { classes, posteriors, workers, prevalence, sweeps, converged }
    }

    fn follow(&self, shape: Shape) -> Box<dyn Follow> {
        Box::new(Steps::new(self.config, shape))
    }
}

/// One sweep: posteriors from the tables, and the counts that follow from them. Gives the greatest
/// change of a probability.
fn sweep(
    votes: &ByTask,
    gold: &[Option<u16>],
    logs: &Tables,
    prevalence: &mut Vec<f64>,
    posteriors: &mut [f64],
    counts: &mut Tables,
) -> f64 {
    let classes = prevalence.len();
    let log_prior: Vec<ExactSum> = prevalence.iter().map(|share| ExactSum::of(share.ln())).collect();
    let (mut change, mut after) = (0.0_f64, Prevalence::new(classes));
    let mut sums = vec![ExactSum::default(); classes];
    let mut row = vec![0.0; classes];
    counts.clear();
    for (task, casts) in votes.iter() {
        let posterior = &mut posteriors[task * classes..][..classes];
        if gold[task].is_none() {
            sums.copy_from_slice(&log_prior);
            for cast in casts {
                for (sum, log) in sums.iter_mut().zip(logs.column(*cast)) {
                    sum.add(*log);
                }
            }
            for (p, sum) in row.iter_mut().zip(&sums) {
                *p = sum.value();
            }
            normalise_log(&mut row);
            change = change.max(greatest_change(posterior, &row));
            posterior.copy_from_slice(&row);
            if !casts.is_empty() {
                after.count(posterior);
            }
        }
        for (sum, p) in sums.iter_mut().zip(posterior.iter()) {
            *sum = ExactSum::of(*p);
        }
        for cast in casts {
            counts.hear(*cast, &sums);
        }
    }
    *prevalence = after.shares();
    change
}
