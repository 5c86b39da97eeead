//! SWAP as a method for any crowd: every vote at once, in no order. One skill per worker and
//! class (PL and PD for two classes; kSWAP's form for more, where a wrong answer is any of the
//! others with the same chance), Bayes' rule with all of them, skills learnt again from the
//! posteriors until nothing changes. Known truths are clamped, so that with them it is
//! supervised SWAP refined by the rest; without any it starts with everybody right three times
//! in four.
//!
//! The published offline mode adds likelihood ratios where Bayes' rule multiplies them; here they
//! are multiplied. Its smoothing of the skills by (right + 1)/(seen + 2) would turn a crowd with
//! few votes each into coins; here the start weighs four votes, as it does online. The share of
//! each class is learnt too, since a fixed prior of 2e-4 is about lenses and not about a crowd.
//! Answers that are no class ("unsure") are not used.
//!
//! Like SWAP it takes votes for independent and is too sure where they are not; the house model
//! is the one to take when a probability has to mean what it says.

use super::follow::FollowSwap;
use crate::{
    Crowd, Fit, Follow, Method, Shape, WorkerFit,
    methods::{
        belief::{Prevalence, greatest_change, make_certain, normalise_log},
        by_task::{ByTask, Cast, votes_per_worker},
        exact_sum::ExactSum,
        informativeness::confusion_bits,
    },
};

/// Imagined votes behind everybody's start, as in SWAP.
pub(super) const PSEUDO_COUNTS: f64 = 4.0;
/// Nobody starts outside.
const SKILL_RANGE: (f64, f64) = (0.01, 0.99);

/// SWAP for any crowd.
#[derive(Debug, Clone, PartialEq)]
pub struct OfflineSwap {
    /// Everybody's skill before the first sweep.
    pub initial_skill: f64,
    /// At most so many sweeps.
    pub most_sweeps: u32,
    /// Ends when no posterior changes by more.
    pub tolerance: f64,
}

impl Default for OfflineSwap {
    fn default() -> Self {
        Self { initial_skill: 0.75, most_sweeps: 200, tolerance: 1e-5 }
    }
}

impl Method for OfflineSwap {
    fn name(&self) -> &'static str {
        "swap"
    }

    fn fit(&self, crowd: &Crowd) -> Fit {
        let Shape { tasks, workers, classes, answers } = crowd.shape();
        let votes = ByTask::of(crowd.votes(), tasks, classes);
        let mut posteriors = vec![0.0; tasks * classes];
        // Known truths first: skills from them alone, the start for everybody without any.
        let mut records = Records::new(workers, classes);
        for (task, casts) in votes.iter() {
            if let Some(truth) = crowd.gold()[task] {
                let row = &mut posteriors[task * classes..][..classes];
                make_certain(row, truth);
                records.count(casts, row);
            }
        }
        let initial = self.initial_skill.clamp(SKILL_RANGE.0, SKILL_RANGE.1);
        let mut skills = records.skills(initial);
        let mut shares = Prevalence::new(classes).shares();
        let (mut sweeps, mut converged) = (0, false);
        while sweeps < self.most_sweeps && !converged {
            sweeps += 1;
            let tables = Tables::of(&skills, &shares);
            let mut records = Records::new(workers, classes);
            let mut change = 0.0_f64;
            for (task, casts) in votes.iter() {
                let row = &mut posteriors[task * classes..][..classes];
                if crowd.gold()[task].is_none() {
                    let mut next = tables.log_prior.clone();
                    for (class, p) in next.iter_mut().enumerate() {
                        let mut evidence = ExactSum::default();
                        for cast in casts {
                            evidence.add(tables.evidence(cast.worker, cast.answer, class));
                        }
                        *p += evidence.value();
                    }
                    normalise_log(&mut next);
                    change = change.max(greatest_change(row, &next));
                    row.copy_from_slice(&next);
                }
                records.count(casts, row);
            }
            converged = change < self.tolerance;
            skills = records.skills(initial);
            shares = Prevalence::of(&votes, crowd.gold(), &posteriors, classes).shares();
        }
        let workers = votes_per_worker(crowd.votes(), workers)
            .into_iter()
            .zip(skills.chunks_exact(classes))
            .map(|(votes, skills)| {
                let confusion = confusion(skills, answers);
                let informativeness_bits = confusion_bits(&confusion, &shares, answers);
                WorkerFit { votes, confusion, informativeness_bits }
            })
            .collect();
        Fit { classes, posteriors, workers, prevalence: shares, sweeps, converged }
    }

    fn follow(&self, shape: Shape) -> Box<dyn Follow> {
        Box::new(FollowSwap::new(shape, self.initial_skill))
    }
}

/// P(says something wrong in particular | class), from the skill.
pub(super) fn wrong(skill: f64, classes: usize) -> f64 {
    (1.0 - skill) / (classes as f64 - 1.0).max(1.0)
}

/// P(answer | class), one row per class; nothing for answers that are no class.
fn confusion(skills: &[f64], answers: usize) -> Vec<f64> {
    let classes = skills.len();
    let mut rows = vec![0.0; classes * answers];
    for (class, skill) in skills.iter().enumerate() {
        for answer in 0..classes {
            rows[class * answers + answer] = if answer == class { *skill } else { wrong(*skill, classes) };
        }
    }
    rows
}

/// What a right and a wrong answer say, per worker and class: logarithms once per sweep and not
/// once per vote.
struct Tables {
    classes: usize,
    right: Vec<ExactSum>,
    wrong: Vec<ExactSum>,
    log_prior: Vec<f64>,
}

impl Tables {
    fn of(skills: &[f64], shares: &[f64]) -> Self {
        let classes = shares.len();
        Self {
            classes,
            right: skills.iter().map(|skill| ExactSum::of(skill.ln())).collect(),
            wrong: skills.iter().map(|skill| ExactSum::of(wrong(*skill, classes).ln())).collect(),
            log_prior: shares.iter().map(|share| share.ln()).collect(),
        }
    }

    fn evidence(&self, worker: u32, answer: u16, class: usize) -> ExactSum {
        let table = if class == usize::from(answer) { &self.right } else { &self.wrong };
        table[worker as usize * self.classes + class]
    }
}

/// Right and all answers of each worker on each class, a vote weighing as much as its task is
/// believed to be of the class.
struct Records {
    classes: usize,
    right: Vec<ExactSum>,
    seen: Vec<ExactSum>,
}

impl Records {
    fn new(workers: usize, classes: usize) -> Self {
        let empty = vec![ExactSum::default(); workers * classes];
        Self { classes, right: empty.clone(), seen: empty }
    }

    /// Takes the votes of one task; its row is rounded once and not once per vote.
    fn count(&mut self, casts: &[Cast], posterior: &[f64]) {
        let shares: Vec<ExactSum> = posterior.iter().map(|p| ExactSum::of(*p)).collect();
        for cast in casts {
            let at = cast.worker as usize * self.classes;
            for (seen, share) in self.seen[at..][..self.classes].iter_mut().zip(&shares) {
                seen.add(*share);
            }
            let answer = usize::from(cast.answer);
            self.right[at + answer].add(shares[answer]);
        }
    }

    /// Smoothed by four imagined answers, `initial` of them right.
    fn skills(&self, initial: f64) -> Vec<f64> {
        let each = self.right.iter().zip(&self.seen);
        each.map(|(right, seen)| (right.value() + PSEUDO_COUNTS * initial) / (seen.value() + PSEUDO_COUNTS))
            .collect()
    }
}
