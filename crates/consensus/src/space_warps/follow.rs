//! SWAP for any crowd, vote by vote: the task hears the worker as they were, then the worker
//! learns from the task's truth where it is known, else from its posterior.

use super::offline::{PSEUDO_COUNTS, wrong};
use crate::{
    Follow, Shape, Vote,
    methods::belief::{make_certain, normalise_log},
};

/// Nobody is surer of a skill than this.
const SKILL_RANGE: (f64, f64) = (0.01, 0.99);

/// The state after some votes.
#[derive(Debug)]
pub(super) struct FollowSwap {
    classes: usize,
    /// Log-likelihood, tasks × classes.
    evidence: Vec<f64>,
    /// The truths told so far.
    gold: Vec<Option<u16>>,
    /// Weighted right and all votes, workers × classes.
    right: Vec<f64>,
    seen: Vec<f64>,
}

impl FollowSwap {
    pub(super) fn new(shape: Shape, initial_skill: f64) -> Self {
        let Shape { tasks, workers, classes, .. } = shape;
        Self {
            classes,
            evidence: vec![0.0; tasks * classes],
            gold: vec![None; tasks],
            right: vec![initial_skill * PSEUDO_COUNTS; workers * classes],
            seen: vec![PSEUDO_COUNTS; workers * classes],
        }
    }
}

impl Follow for FollowSwap {
    fn update(&mut self, vote: Vote, gold: Option<u16>) {
        let (task, answer) = (vote.task as usize, usize::from(vote.answer));
        if gold.is_some() {
            self.gold[task] = gold;
        }
        if answer >= self.classes {
            return;
        }
        let worker = vote.worker as usize * self.classes;
        for class in 0..self.classes {
            let skill =
                (self.right[worker + class] / self.seen[worker + class]).clamp(SKILL_RANGE.0, SKILL_RANGE.1);
            let p = if class == answer { skill } else { wrong(skill, self.classes) };
            self.evidence[task * self.classes + class] += p.ln();
        }
        let posterior = self.posterior(vote.task);
        for (class, p) in posterior.iter().enumerate() {
            self.seen[worker + class] += p;
        }
        self.right[worker + answer] += posterior[answer];
    }

    fn posterior(&self, task: u32) -> Vec<f64> {
        let at = task as usize;
        let mut row = self.evidence[at * self.classes..][..self.classes].to_vec();
        if let Some(truth) = self.gold[at] {
            make_certain(&mut row, truth);
        } else {
            normalise_log(&mut row);
        }
        row
    }
}
