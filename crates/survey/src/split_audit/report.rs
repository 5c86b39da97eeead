//! What an audit found, as JSON and in words.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use super::{AuditInput, AuditSettings};
use crate::Fold;

/// A row that a finding names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Member {
    /// Its dataset or catalogue.
    pub dataset: String,
    /// Its id there.
    pub id: String,
    /// Its fold.
    pub fold: Option<Fold>,
}

/// How near two rows are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NearPair {
    /// Angle between them, arcsec.
    pub separation_arcsec: f64,
}

/// One thing that should not be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leak {
    /// The rows concerned.
    pub rows: Vec<Member>,
    /// What they share.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// How near they are, for pairs.
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    pub near: Option<NearPair>,
}

/// Everything of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Short name.
    pub check: &'static str,
    /// What it looks for.
    pub title: &'static str,
    /// Whether finding any makes the split unfit; otherwise it is good to know.
    pub is_leak: bool,
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub first: Vec<Leak>,
    #[serde(skip)]
    listed: usize,
    /// Rows that leave, so that it is not found again.
    #[serde(skip)]
    pub(super) leave: Vec<usize>,
}

/// Rows of a dataset by fold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FoldCounts {
    /// Searched and learned from.
    pub pool: u64,
    /// Judges networks.
    pub gate: u64,
    /// In reports only.
    pub held_out: u64,
    /// In none.
    pub dropped: u64,
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditReport {
    /// Rows looked at.
    pub rows: u64,
    /// Rows without a position, which only ids and digests can check.
    pub unplaced: u64,
    /// Rows of two folds must be farther apart than this.
    pub pair_arcsec: f64,
    /// Rows by dataset and fold.
    pub folds: BTreeMap<String, FoldCounts>,
    /// What was looked for and found.
    pub findings: Vec<Finding>,
    /// Rows to leave out, so that nothing leaks: of what two folds share, the row of the pool leaves
    /// first, then that of the gate; and known lenses among the negatives. (A wrong cell stays wrong.)
    #[serde(skip)]
    pub leave: Vec<Member>,
}

impl Member {
    pub(super) fn of(input: &AuditInput, index: usize) -> Self {
        let row = &input.rows()[index];
        Self { dataset: input.names()[row.source].clone(), id: row.id.clone(), fold: row.fold }
    }
}

impl Leak {
    pub(super) fn words(input: &AuditInput, rows: &[usize], what: String) -> Self {
        Self { rows: rows.iter().map(|&index| Member::of(input, index)).collect(), what, near: None }
    }

    pub(super) fn pair(input: &AuditInput, a: usize, b: usize, separation: f64) -> Self {
        let near = NearPair { separation_arcsec: (separation * 1e3).round() / 1e3 };
        Self { near: Some(near), ..Self::words(input, &[a, b], String::new()) }
    }
}

impl Finding {
    pub(super) const fn new(check: &'static str, title: &'static str) -> Self {
        Self { check, title, is_leak: true, count: 0, first: Vec::new(), listed: 1000, leave: Vec::new() }
    }

    /// Something good to know that is no leak.
    pub(super) const fn note(check: &'static str, title: &'static str) -> Self {
        let mut finding = Self::new(check, title);
        finding.is_leak = false;
        finding
    }

    pub(super) const fn listing(mut self, listed: usize) -> Self {
        self.listed = listed;
        self
    }

    pub(super) fn push(&mut self, leak: Leak) {
        self.count += 1;
        if self.first.len() < self.listed {
            self.first.push(leak);
        }
    }
}

impl AuditReport {
    pub(super) fn new(input: &AuditInput, settings: &AuditSettings) -> Self {
        let mut folds: BTreeMap<String, FoldCounts> =
            input.names().iter().map(|name| (name.clone(), FoldCounts::default())).collect();
        for row in input.rows() {
            let counts = folds.entry(input.names()[row.source].clone()).or_default();
            *match row.fold {
                Some(Fold::Pool) => &mut counts.pool,
                Some(Fold::Gate) => &mut counts.gate,
                Some(Fold::HeldOut) => &mut counts.held_out,
                None => &mut counts.dropped,
            } += 1;
        }
        Self {
            rows: input.rows().len() as u64,
            unplaced: 0,
            pair_arcsec: settings.pair_arcsec,
            folds,
            findings: Vec::new(),
            leave: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Number of leaks.
    #[must_use]
    pub fn leaks(&self) -> u64 {
        self.findings.iter().filter(|finding| finding.is_leak).map(|finding| finding.count).sum()
    }

    /// What a check found.
    #[must_use]
    pub fn finding(&self, check: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.check == check)
    }

    /// For people: counts, and the first few of each kind.
    #[must_use]
    pub fn words(&self) -> String {
        const SHOWN: usize = 3;
        let mut text = format!("{} rows", self.rows);
        if self.unplaced > 0 {
            let _ =
                write!(text, ", {} of them without a position (only ids and images checked)", self.unplaced);
        }
        for (name, counts) in &self.folds {
            let FoldCounts { pool, gate, held_out, dropped } = counts;
            let _ = write!(text, "\n  {name}: {pool} pool, {gate} gate, {held_out} held out");
            if *dropped > 0 {
                let _ = write!(text, ", {dropped} dropped");
            }
        }
        for finding in &self.findings {
            let verdict = match (finding.count, finding.is_leak) {
                (0, _) => "ok  ",
                (_, true) => "LEAK",
                (_, false) => "note",
            };
            let _ = write!(text, "\n{verdict} {}: {}", finding.title, finding.count);
            for leak in finding.first.iter().take(SHOWN) {
                let rows: Vec<String> = leak.rows.iter().map(Member::words).collect();
                let _ = write!(text, "\n       {}", rows.join(" — "));
                if let Some(near) = &leak.near {
                    let _ = write!(text, ", {:.1}″ apart", near.separation_arcsec);
                } else if !leak.what.is_empty() {
                    let _ = write!(text, " ({})", leak.what);
                }
            }
            if finding.count > SHOWN as u64 {
                let _ = write!(text, "\n       … and {} more", finding.count - SHOWN as u64);
            }
        }
        text
    }
}

impl Member {
    fn words(&self) -> String {
        let fold = match self.fold {
            Some(Fold::Pool) => "pool",
            Some(Fold::Gate) => "gate",
            Some(Fold::HeldOut) => "held out",
            None => "dropped",
        };
        format!("{}/{} [{fold}]", self.dataset, self.id)
    }
}
