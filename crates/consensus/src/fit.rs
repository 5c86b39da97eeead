//! What every method gives back: a posterior per task and what was learnt of each worker; and
//! the two verbs that give it.

use crate::{Crowd, Shape, Vote};

/// A way to weigh votes: one file each, two verbs.
pub trait Method: Send + Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Weighs all votes at once. The result does not depend on the order of the votes, nor on
    /// which number a task or a worker bears.
    fn fit(&self, crowd: &Crowd) -> Fit;

    /// Begins to follow a log vote by vote, each in time that does not depend on how many came
    /// before.
    fn follow(&self, shape: Shape) -> Box<dyn Follow>;
}

/// A method following a log. The caller has seen to it that each vote counts (no repeats).
pub trait Follow: Send {
    /// Takes the next vote; `gold` is the truth of its task where it is known.
    fn update(&mut self, vote: Vote, gold: Option<u16>);

    /// What is believed of a task now, one probability per class.
    fn posterior(&self, task: u32) -> Vec<f64>;
}

/// What all votes together say.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Truths there can be.
    pub classes: usize,
    /// One row of `classes` probabilities per task, row after row. A task without a vote and
    /// without a known truth has the method's prior.
    pub posteriors: Vec<f64>,
    /// What was learnt of each worker.
    pub workers: Vec<WorkerFit>,
    /// Share of each class, as the method believes it.
    pub prevalence: Vec<f64>,
    /// Sweeps over the votes.
    pub sweeps: u32,
    /// Whether the last sweep changed nothing that matters.
    pub converged: bool,
}

/// One worker.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkerFit {
    /// Votes that count.
    pub votes: u32,
    /// P(answer | class): one row of `answers` per class; empty where the method learns none.
    pub confusion: Vec<f64>,
    /// What one vote of theirs tells about the class, in bits, under the prevalence.
    pub informativeness_bits: f64,
}

impl Fit {
    /// The probabilities of one task.
    #[must_use]
    pub fn posterior(&self, task: usize) -> &[f64] {
        &self.posteriors[task * self.classes..][..self.classes]
    }

    /// The likeliest class of a task; of equals the first.
    #[must_use]
    pub fn label(&self, task: usize) -> u16 {
        let row = self.posterior(task);
        let mut best = 0;
        for (class, p) in row.iter().enumerate() {
            if *p > row[best] {
                best = class;
            }
        }
        best as u16
    }
}
