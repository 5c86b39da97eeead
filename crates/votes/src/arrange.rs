//! From what a file says to what a method works on: each worker once per task, what can be true
//! first among the answers, truths of either source beside the votes.

use std::collections::{HashMap, HashSet};

use consensus::{Crowd, Shape, Vote};
use serde::Serialize;

use crate::{
    Names, NeverTruths, VoteLog, VotesError,
    repeats::{Repeats, counting},
};

/// Most numbers a table of posteriors may hold (8 GiB).
const MOST_CELLS: usize = 1 << 30;

/// Votes ready for a method, and the names of everything.
#[derive(Debug, Clone)]
pub struct Arranged {
    /// The votes that count, in the order in which they were cast.
    pub crowd: Crowd,
    /// Tasks by number.
    pub tasks: Names,
    /// Workers by number.
    pub workers: Names,
    /// Answers by number: first what can be true, in the order of their names, then the rest.
    pub answers: Vec<String>,
    /// Votes left out as repeats.
    pub repeats: Repeats,
    /// What became of the truths.
    pub gold: GoldReport,
}

/// What became of the truths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GoldReport {
    /// Tasks whose truth is known.
    pub tasks: u64,
    /// Of these, tasks that got no vote.
    pub without_votes: u64,
    /// Truths of tasks that are not in the file of votes.
    pub unknown_tasks: u64,
    /// The first of these tasks.
    pub unknown_examples: Vec<String>,
    /// Rows of the file of truths without a truth.
    pub without_truth: u64,
    /// Tasks whose truth is an answer that is never one ("unsure"), and so not known.
    pub never_truths: u64,
    /// Truths that nobody ever said.
    pub labels_nobody_said: Vec<String>,
}

impl Arranged {
    /// What can be true.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.answers[..self.crowd.shape().classes]
    }

    /// Arranges. `unknown` are the tasks of a file of truths that have no votes here; `extra` are
    /// labels that can be true although nobody may have said them.
    ///
    /// # Errors
    /// When nothing can be true, or the tables would be too large.
    pub fn new(
        mut log: VoteLog,
        unknown: &[String],
        never: &NeverTruths,
        extra: &[String],
    ) -> Result<Self, VotesError> {
        let mut gold = GoldReport {
            unknown_tasks: unknown.len() as u64,
            unknown_examples: unknown.iter().take(5).cloned().collect(),
            without_truth: log.truths_left_out,
            ..GoldReport::default()
        };
        let mut known: Vec<(u32, String)> = Vec::new();
        for (task, truth) in &log.truths {
            let label = log.labels.name(truth.label.into());
            if never.contains(label) {
                gold.never_truths += 1;
                continue;
            }
            known.push((*task, label.to_owned()));
        }
        let said = said(&log);
        let mut classes: Vec<String> = Vec::new();
        let mut others: Vec<String> = Vec::new();
        for (label, name) in log.labels.iter().enumerate() {
            if said[label] {
                if never.contains(name) { &mut others } else { &mut classes }.push(name.to_owned());
            }
        }
        let mut can_be: HashSet<String> = classes.iter().cloned().collect();
        for (_, label) in &known {
            if can_be.insert(label.clone()) {
                classes.push(label.clone());
                gold.labels_nobody_said.push(label.clone());
            }
        }
        for label in extra {
            if !classes.contains(label) {
                others.retain(|other| other != label);
                classes.push(label.clone());
            }
        }
        sort(&mut classes);
        sort(&mut others);
        if classes.is_empty() {
            return Err(VotesError::Choice(format!(
                "{}: every answer ({}) is one that is never a truth, so there is nothing to decide; \
                 if one of them is a truth after all, give --every-label-a-class",
                log.source,
                others.join(", ")
            )));
        }
        sort(&mut gold.labels_nobody_said);
        let class_count = classes.len();
        let answers: Vec<String> = classes.into_iter().chain(others).collect();
        if log.tasks.len().saturating_mul(class_count) > MOST_CELLS {
            return Err(VotesError::file(
                &log.source,
                format!(
                    "{} tasks with {class_count} labels are too many; is the column of labels the right one? Choose it with --label-column",
                    log.tasks.len()
                ),
            ));
        }
        let numbers: HashMap<&str, u16> =
            answers.iter().enumerate().map(|(number, answer)| (answer.as_str(), number as u16)).collect();
        let number_of = |name: &str| numbers.get(name).copied();
        let renumbered: Vec<u16> =
            log.labels.iter().map(|name| number_of(name).unwrap_or_default()).collect();

        let (order, repeats) = counting(&log);
        let shape = Shape {
            tasks: log.tasks.len(),
            workers: log.workers.len(),
            classes: class_count,
            answers: answers.len(),
        };
        let entries = log.take_entries();
        let votes: Vec<Vote> = order
            .iter()
            .map(|&position| {
                let entry = entries[position as usize];
                Vote { task: entry.task, worker: entry.worker, answer: renumbered[usize::from(entry.label)] }
            })
            .collect();
        drop((order, entries));
        let mut truth_of = Vec::new();
        if !known.is_empty() {
            let mut has_votes = vec![false; shape.tasks];
            for vote in &votes {
                has_votes[vote.task as usize] = true;
            }
            truth_of = vec![None; shape.tasks];
            for (task, label) in &known {
                truth_of[*task as usize] = number_of(label);
            }
            gold.tasks = truth_of.iter().flatten().count() as u64;
            gold.without_votes =
                truth_of.iter().zip(&has_votes).filter(|(truth, voted)| truth.is_some() && !**voted).count()
                    as u64;
        }
        let crowd = Crowd::of_single_votes(shape, votes, truth_of)?;
        let VoteLog { tasks, workers, .. } = log;
        Ok(Self { crowd, tasks, workers, answers, repeats, gold })
    }
}

/// Which labels occur in votes (others occur in truths only).
fn said(log: &VoteLog) -> Vec<bool> {
    let mut said = vec![false; log.labels.len()];
    for entry in log.entries() {
        said[usize::from(entry.label)] = true;
    }
    said
}

fn sort(labels: &mut [String]) {
    let mut names = Names::default();
    for label in labels.iter() {
        names.intern(label);
    }
    let sorted: Vec<String> =
        names.sorted().into_iter().map(|number| names.name(number).to_owned()).collect();
    labels.clone_from_slice(&sorted);
}
