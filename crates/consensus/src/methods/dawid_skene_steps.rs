//! Dawid–Skene vote by vote (stepwise EM): a vote is weighed with its worker's table as it stands,
//! once; then the table hears the vote under what is believed of the task with it.
//!
//! Against the fit, what is lost is hindsight: votes that come later teach nothing about those
//! before, and a vote weighed with a newcomer's table keeps that weight. One vote takes a time that
//! grows with the classes only, whatever came before. Sums are plain: a log has an order anyway.

use super::{
    belief::{make_certain, normalise_log},
    confusion::start_share,
    dawid_skene::DawidSkeneConfig,
};
use crate::{Follow, Shape, Vote};

pub(super) struct Steps {
    kappa: f64,
    shape: Shape,
    /// Per task and class.
    log_likelihood: Vec<f64>,
    gold: Vec<Option<u16>>,
    /// Per worker, answer and class.
    counts: Vec<f64>,
    /// Per worker and class: the sum of their counts over the answers.
    totals: Vec<f64>,
    /// Of everybody, and the start: per answer and class, and summed over the answers.
    crowd: Vec<f64>,
    crowd_totals: Vec<f64>,
    /// What each task adds to the prevalence, per class; 0 before its first vote and where the truth
    /// is known.
    shares: Vec<f64>,
    /// Their sum, with one imagined task of each class.
    prevalence: Vec<f64>,
    row: Vec<f64>,
}

impl Steps {
    pub(super) fn new(config: DawidSkeneConfig, shape: Shape) -> Self {
        let Shape { tasks, workers, classes, answers } = shape;
        let start = (0..answers).flat_map(|answer| {
            (0..classes).map(move |class| config.start_votes * start_share(class, answer, answers))
        });
        Self {
            kappa: config.kappa(answers),
            shape,
            log_likelihood: vec![0.0; tasks * classes],
            gold: vec![None; tasks],
            counts: vec![0.0; workers * answers * classes],
            totals: vec![0.0; workers * classes],
            crowd: start.collect(),
            crowd_totals: vec![config.start_votes; classes],
            shares: vec![0.0; tasks * classes],
            prevalence: vec![1.0; classes],
            row: vec![0.0; classes],
        }
    }

    fn believe(&self, task: usize, row: &mut [f64]) {
        if let Some(truth) = self.gold[task] {
            make_certain(row, truth);
            return;
        }
        let evidence = &self.log_likelihood[task * self.shape.classes..];
        for ((log, evidence), share) in row.iter_mut().zip(evidence).zip(&self.prevalence) {
            *log = evidence + share.max(f64::MIN_POSITIVE).ln();
        }
        normalise_log(row);
    }
}

impl Follow for Steps {
    fn update(&mut self, vote: Vote, gold: Option<u16>) {
        let Shape { classes, answers, .. } = self.shape;
        let (task, worker, answer) = (vote.task as usize, vote.worker as usize, usize::from(vote.answer));
        self.gold[task] = gold.or(self.gold[task]);
        let (own, all) = ((worker * answers + answer) * classes, answer * classes);
        for class in 0..classes {
            let crowd = self.crowd[all + class] / self.crowd_totals[class];
            let heard = self.counts[own + class] + self.kappa * crowd;
            let said = heard / (self.totals[worker * classes + class] + self.kappa);
            self.log_likelihood[task * classes + class] += said.ln();
        }
        let mut row = std::mem::take(&mut self.row);
        self.believe(task, &mut row);
        let unknown = self.gold[task].is_none();
        for (class, p) in row.iter().enumerate() {
            self.counts[own + class] += p;
            self.totals[worker * classes + class] += p;
            self.crowd[all + class] += p;
            self.crowd_totals[class] += p;
            let share = if unknown { *p } else { 0.0 };
            let before = std::mem::replace(&mut self.shares[task * classes + class], share);
            self.prevalence[class] += share - before;
        }
        self.row = row;
    }

    fn posterior(&self, task: u32) -> Vec<f64> {
        let mut row = vec![0.0; self.shape.classes];
        self.believe(task as usize, &mut row);
        row
    }
}
