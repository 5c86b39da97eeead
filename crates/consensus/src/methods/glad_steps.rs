//! GLAD vote by vote (stochastic scoring): a vote counts for its class with its worker's ability as it
//! stands, for ever, times the task's clarity, which is always the latest; then ability and clarity
//! each take one step whose length falls with the information gathered.
//!
//! Against the fit, what is lost is hindsight, as in `dawid_skene_steps`, and the prevalence, which is
//! taken to be even.

use domain::sigmoid;

use super::{
    belief::{make_certain, normalise_log},
    glad::{LONGEST_STEP, Normal, offset},
};
use crate::{Follow, Shape, Vote};

/// A parameter that takes one step per vote.
#[derive(Debug, Clone, Copy)]
struct Running {
    value: f64,
    precision: f64,
    bound: f64,
}

impl Running {
    fn new(prior: Normal) -> Self {
        Self { value: prior.mean, precision: prior.precision, bound: prior.bound }
    }

    /// Hears of a vote right with chance `right` and believed right with `believed`; `lever` is the
    /// derivative of its log-odds by the parameter. The prior has had its pull at the start, so only
    /// the vote's own gradient counts.
    fn hear(&mut self, lever: f64, believed: f64, right: f64) {
        self.precision += lever * lever * right * (1.0 - right);
        let step = lever * (believed - right) / self.precision;
        let moved = self.value + step.clamp(-LONGEST_STEP, LONGEST_STEP);
        self.value = moved.clamp(-self.bound, self.bound);
    }
}

pub(super) struct Steps {
    classes: usize,
    offset: f64,
    abilities: Vec<Running>,
    log_clarities: Vec<Running>,
    /// Abilities behind each class of each task.
    weights: Vec<f64>,
    gold: Vec<Option<u16>>,
    row: Vec<f64>,
}

impl Steps {
    pub(super) fn new(ability: Normal, log_clarity: Normal, shape: Shape) -> Self {
        Self {
            classes: shape.classes,
            offset: offset(shape.classes),
            abilities: vec![Running::new(ability); shape.workers],
            log_clarities: vec![Running::new(log_clarity); shape.tasks],
            weights: vec![0.0; shape.tasks * shape.classes],
            gold: vec![None; shape.tasks],
            row: vec![0.0; shape.classes],
        }
    }

    fn believe(&self, task: usize, row: &mut [f64]) {
        if let Some(truth) = self.gold[task] {
            make_certain(row, truth);
            return;
        }
        let clarity = self.log_clarities[task].value.exp();
        for (p, weight) in row.iter_mut().zip(&self.weights[task * self.classes..]) {
            *p = clarity * weight;
        }
        normalise_log(row);
    }
}

impl Follow for Steps {
    fn update(&mut self, vote: Vote, gold: Option<u16>) {
        let (task, worker, answer) = (vote.task as usize, vote.worker as usize, usize::from(vote.answer));
        self.gold[task] = gold.or(self.gold[task]);
        if answer >= self.classes {
            return;
        }
        let ability = self.abilities[worker].value;
        self.weights[task * self.classes + answer] += ability;
        let mut row = std::mem::take(&mut self.row);
        self.believe(task, &mut row);
        let clarity = self.log_clarities[task].value.exp();
        let right = sigmoid(ability * clarity - self.offset);
        self.abilities[worker].hear(clarity, row[answer], right);
        self.log_clarities[task].hear(ability * clarity, row[answer], right);
        self.row = row;
    }

    fn posterior(&self, task: u32) -> Vec<f64> {
        let mut row = vec![0.0; self.classes];
        self.believe(task as usize, &mut row);
        row
    }
}
