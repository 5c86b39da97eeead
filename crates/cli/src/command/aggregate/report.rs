//! What happened to the votes, for people and for programs.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use consensus::Fit;
use serde::Serialize;
use votes::{Arranged, GoldReport, Repeats, SwapLog, VoteLog};

use crate::{command::print, failure::Failure};

/// The report.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How votes were weighed; nothing where they were only written again.
    pub method: Option<String>,
    /// The file of votes.
    pub votes_file: String,
    /// What it was read as.
    pub format: &'static str,
    /// Rows read.
    pub rows: u64,
    /// Rows left out, by the reason.
    pub left_out: BTreeMap<String, u64>,
    /// Votes that count.
    pub votes: u64,
    /// Votes that do not count because the worker had voted on the task before.
    pub repeats: Repeats,
    /// Tasks.
    pub tasks: u64,
    /// Workers.
    pub workers: u64,
    /// What can be true.
    pub labels: Vec<String>,
    /// Answers that are never a truth.
    pub never_truths: Vec<String>,
    /// Known truths.
    pub gold: GoldReport,
    /// Sweeps of the method over the votes.
    pub sweeps: Option<u32>,
    /// Whether it came to rest.
    pub converged: Option<bool>,
    /// Wall time.
    pub seconds: Seconds,
    /// What was written, with its rows.
    pub written: Vec<Written>,
    /// What else a person should know.
    pub notes: Vec<String>,
}

/// Wall times.
#[derive(Debug, Default, Serialize)]
pub struct Seconds {
    /// Reading and arranging.
    pub read: f64,
    /// Weighing.
    pub fit: f64,
    /// Writing.
    pub write: f64,
}

/// A file that was written.
#[derive(Debug, Serialize)]
pub struct Written {
    /// Its name.
    pub path: PathBuf,
    /// Rows.
    pub rows: u64,
}

impl Report {
    /// After reading.
    pub fn of(method: &str, log: &VoteLog) -> Self {
        let mut report = Self::empty(method, &log.source, log.format.name());
        report.rows = log.rows;
        report.left_out = log.left_out.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
        report.votes = log.entries().len() as u64;
        report.tasks = log.tasks.len() as u64;
        report.workers = log.workers.len() as u64;
        report.labels = log.labels.iter().map(str::to_owned).collect();
        report.gold.tasks = log.truths.len() as u64;
        report.notes.clone_from(&log.notes);
        report
    }

    /// After reading a log of SWAP.
    pub fn of_log(method: &str, log: &SwapLog) -> Self {
        let mut report = Self::empty(method, &log.source, "swap-log");
        report.rows = log.rows;
        report.votes = log.entries.len() as u64 - log.neither;
        if log.neither > 0 {
            report.left_out.insert("neither LENS nor NOT".to_owned(), log.neither);
        }
        report.tasks = log.subjects.len() as u64;
        report.workers = log.users.len() as u64;
        report.labels = vec!["NOT".to_owned(), "LENS".to_owned()];
        report.gold.tasks = log.training_subjects();
        report.notes.clone_from(&log.notes);
        report
    }

    fn empty(method: &str, file: &str, format: &'static str) -> Self {
        Self {
            method: Some(method.to_owned()),
            votes_file: file.to_owned(),
            format,
            rows: 0,
            left_out: BTreeMap::new(),
            votes: 0,
            repeats: Repeats::default(),
            tasks: 0,
            workers: 0,
            labels: Vec::new(),
            never_truths: Vec::new(),
            gold: GoldReport::default(),
            sweeps: None,
            converged: None,
            seconds: Seconds::default(),
            written: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Votes were only written again.
    pub fn without_method(mut self) -> Self {
        self.method = None;
        self
    }

    /// After deciding what counts.
    pub fn arranged(&mut self, arranged: &Arranged) {
        self.votes = arranged.crowd.votes().len() as u64;
        self.repeats.clone_from(&arranged.repeats);
        self.labels = arranged.classes().to_vec();
        self.never_truths = arranged.answers[arranged.classes().len()..].to_vec();
        self.gold.clone_from(&arranged.gold);
        if self.labels.len() == 1 {
            self.notes.push(format!("only `{}` can be true, so every task is that", self.labels[0]));
        }
    }

    /// After weighing.
    pub fn fitted(&mut self, fit: &Fit, seconds: f64) {
        self.sweeps = Some(fit.sweeps);
        self.converged = Some(fit.converged);
        self.seconds.fit = seconds;
        if !fit.converged {
            self.notes.push(format!("the method had not come to rest after {} sweeps", fit.sweeps));
        }
    }

    /// Repeats that a fold ignored by itself.
    pub fn repeats_ignored(&mut self, count: u64) {
        self.votes -= count;
        if count > 0 {
            self.left_out.insert("repeat views (kSWAP)".to_owned(), count);
        }
    }

    /// A file was written.
    pub fn wrote(&mut self, path: &Path, rows: u64) {
        self.written.push(Written { path: path.to_owned(), rows });
    }

    /// Says it: as JSON on standard output, else in words on standard error.
    pub fn tell(&self, json: bool, quiet: bool) -> Result<(), Failure> {
        if json {
            return print(&serde_json::to_string(self)?);
        }
        if !quiet {
            eprint!("{}", self.words());
        }
        Ok(())
    }

    fn words(&self) -> String {
        let mut words = format!(
            "{} ({}): {} rows, {} votes count, on {} tasks by {} workers\n",
            self.votes_file, self.format, self.rows, self.votes, self.tasks, self.workers
        );
        for (reason, count) in &self.left_out {
            let _ = writeln!(words, "  left out, {reason}: {count}");
        }
        let repeats = &self.repeats;
        if repeats.total() > 0 {
            let _ = writeln!(
                words,
                "  repeats, which do not count: {} ({} say the same again, {} something else)",
                repeats.total(),
                repeats.same,
                repeats.changed
            );
            for one in &repeats.examples {
                let _ = writeln!(
                    words,
                    "    {}: task {}, worker {}: {} after {} in {}",
                    one.at, one.task, one.worker, one.label, one.counted_label, one.counted_at
                );
            }
            if repeats.total() > repeats.examples.len() as u64 {
                words.push_str("    …\n");
            }
        }
        let _ = writeln!(words, "  labels: {}", list(&self.labels));
        if !self.never_truths.is_empty() {
            let _ = writeln!(words, "  answers that are never a truth: {}", list(&self.never_truths));
        }
        let gold = &self.gold;
        if gold.tasks + gold.unknown_tasks > 0 {
            let _ = writeln!(words, "  tasks whose truth is known: {}", gold.tasks);
        }
        if gold.unknown_tasks > 0 {
            let _ = writeln!(
                words,
                "  truths of tasks without votes, not used: {} ({}{})",
                gold.unknown_tasks,
                gold.unknown_examples.join(", "),
                if gold.unknown_tasks > gold.unknown_examples.len() as u64 { ", …" } else { "" }
            );
        }
        for (count, what) in
            [(gold.without_truth, "rows without a truth"), (gold.never_truths, "truths that are never one")]
        {
            if count > 0 {
                let _ = writeln!(words, "  {what}, left out: {count}");
            }
        }
        if !gold.labels_nobody_said.is_empty() {
            let _ = writeln!(words, "  truths that nobody said: {}", list(&gold.labels_nobody_said));
        }
        for note in &self.notes {
            let _ = writeln!(words, "  note: {note}");
        }
        for file in &self.written {
            let name = if file.path.as_os_str() == "-" {
                "standard output".into()
            } else {
                file.path.display().to_string()
            };
            let _ = writeln!(words, "  {name}: {} rows", file.rows);
        }
        let Seconds { read, fit, write } = self.seconds;
        let method = self.method.as_deref().unwrap_or("no method");
        let _ = writeln!(words, "  {method}: read {read:.2} s, weighed {fit:.2} s, wrote {write:.2} s");
        words
    }
}

fn list(labels: &[String]) -> String {
    let mut shown = labels.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
    if labels.len() > 20 {
        let _ = write!(shown, ", … ({} in all)", labels.len());
    }
    shown
}
