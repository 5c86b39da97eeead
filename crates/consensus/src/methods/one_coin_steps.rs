//! One coin vote by vote (stepwise EM): a vote is weighed with its worker's probability as it stands,
//! once; then the worker is measured against what is believed of the task with it.
//!
//! Against the fit, what is lost is hindsight, as in `dawid_skene_steps`, and the prevalence, which is
//! taken to be even.

use super::{
    belief::{make_certain, normalise_log},
    one_coin::{Coin, log_ratio},
};
use crate::{Follow, Shape, Vote};

pub(super) struct Steps {
    pooling: f64,
    classes: usize,
    log_likelihood: Vec<f64>,
    gold: Vec<Option<u16>>,
    workers: Vec<Coin>,
    crowd: Coin,
    row: Vec<f64>,
}

impl Steps {
    pub(super) fn new(pooling: f64, shape: Shape) -> Self {
        Self {
            pooling,
            classes: shape.classes,
            log_likelihood: vec![0.0; shape.tasks * shape.classes],
            gold: vec![None; shape.tasks],
            workers: vec![Coin::default(); shape.workers],
            crowd: Coin::crowd(shape.classes),
            row: vec![0.0; shape.classes],
        }
    }

    fn believe(&self, task: usize, row: &mut [f64]) {
        if let Some(truth) = self.gold[task] {
            make_certain(row, truth);
        } else {
            row.copy_from_slice(&self.log_likelihood[task * self.classes..][..self.classes]);
            normalise_log(row);
        }
    }
}

impl Follow for Steps {
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
