//! The house model following a log: each vote is weighed with what its worker is known for at that
//! moment, and then teaches by how sure the task is with it. In time that depends on the numbers of
//! classes and answers only. What later votes say of earlier ones is left to the fit.

use super::{HouseConfig, Tempering, states::believe};
use crate::{Follow, Shape, Vote};

/// Where the votes so far cannot say: about what simulated crowds with ten votes a task learn.
const START_TEMPERING: f64 = 0.5;

/// What a vote on a task of unknown truth teaches about the crowd, against one on a known task: what
/// is believed early is often wrong, and a crowd learnt from it would confirm it.
const GUESSED: f64 = 0.2;
/// Votes that the start counts for, per class and state of the crowd, and in a worker's row: what is
/// learnt vote by vote must be able to leave it soon.
const START_VOTES: f64 = 20.0;
const CONCENTRATION: f64 = 10.0;
/// Imagined tasks of each class behind their shares; few, and an unlucky start decides.
const SHARE_TASKS: f64 = 5.0;

pub(super) struct Following {
    shape: Shape,
    tempering: f64,
    concentration: f64,
    /// tasks × classes: Σ ln P(vote | class), not tempered.
    evidence: Vec<f64>,
    gold: Vec<Option<u16>>,
    voted: Vec<bool>,
    /// workers × classes × answers, and summed over answers.
    counts: Vec<f64>,
    totals: Vec<f64>,
    /// classes × answers of everybody with the start, and summed over answers.
    crowd: Vec<f64>,
    crowd_totals: Vec<f64>,
    /// Belief per class over the free tasks with votes, and [`SHARE_TASKS`] imagined ones for each.
    shares: Vec<f64>,
}

impl Following {
    pub(super) fn new(shape: Shape, tempering: Tempering) -> Self {
        let Shape { tasks, workers, classes, answers } = shape;
        let start = HouseConfig::classes(classes, answers);
        let start_votes = START_VOTES * classes as f64;
        Self {
            shape,
            tempering: if let Tempering::Fixed(value) = tempering { value } else { START_TEMPERING },
            concentration: CONCENTRATION,
            evidence: vec![0.0; tasks * classes],
            gold: vec![None; tasks],
            voted: vec![false; tasks],
            counts: vec![0.0; workers * classes * answers],
            totals: vec![0.0; workers * classes],
            crowd: start.start_mean.iter().map(|share| share * start_votes).collect(),
            crowd_totals: vec![start_votes; classes],
            shares: vec![SHARE_TASKS; classes],
        }
    }

    fn belief(&self, task: usize, tempering: f64) -> Vec<f64> {
        let classes = self.shape.classes;
        let mut belief = vec![0.0; classes];
        if let Some(truth) = self.gold[task] {
            belief[usize::from(truth)] = 1.0;
            return belief;
        }
        let evidence = &self.evidence[task * classes..][..classes];
        let shares: Vec<f64> = self.shares.iter().map(|share| share.powf(tempering.sqrt())).collect();
        believe(&shares, evidence, tempering, &mut vec![0.0; classes], &mut belief);
        belief
    }

    fn share(&mut self, task: usize, sign: f64) {
        if self.voted[task] && self.gold[task].is_none() {
            let belief = self.belief(task, 1.0);
            // Rounding must not leave a share at or below nothing.
            self.shares.iter_mut().zip(belief).for_each(|(sum, p)| *sum = (*sum + sign * p).max(1e-6));
        }
    }
}

impl Follow for Following {
    fn update(&mut self, vote: Vote, gold: Option<u16>) {
        let Shape { classes, answers, .. } = self.shape;
        let (task, worker, answer) = (vote.task as usize, vote.worker as usize, usize::from(vote.answer));
        self.share(task, -1.0);
        self.gold[task] = gold.or(self.gold[task]);
        for class in 0..classes {
            let row = worker * classes + class;
            let mean = self.crowd[class * answers + answer] / self.crowd_totals[class];
            let top = self.counts[row * answers + answer] + self.concentration * mean;
            self.evidence[task * classes + class] += (top / (self.totals[row] + self.concentration)).ln();
        }
        self.voted[task] = true;
        let heard = if self.gold[task].is_some() { 1.0 } else { GUESSED };
        for (class, q) in self.belief(task, 1.0).into_iter().enumerate() {
            let row = worker * classes + class;
            self.counts[row * answers + answer] += q;
            self.totals[row] += q;
            self.crowd[class * answers + answer] += heard * q;
            self.crowd_totals[class] += heard * q;
        }
        self.share(task, 1.0);
    }

    fn posterior(&self, task: u32) -> Vec<f64> {
        self.belief(task as usize, self.tempering)
    }
}
