//! Is a run repeated the same? File by file: which bytes are equal, and where they are
//! not, how far the numbers are apart.

use std::{collections::BTreeSet, path::Path};

use domain::Digest;
use serde::Serialize;

use crate::{LabError, results::Results};

/// What is the same and what is not.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// Files with the same bytes.
    pub same: Vec<String>,
    /// Files with other bytes, or in one folder only.
    pub different: Vec<String>,
    /// Numbers of the results: how many are equal to the last bit, and of how many.
    pub numbers: (usize, usize),
    /// The largest relative difference of a number.
    pub largest: f64,
}

/// Folders and files whose bytes a run decides; times and machines are in the others.
const DECIDED: [&str; 4] = ["pools", "trials", "manifest", "csv"];
const TABLES: [&str; 4] = ["trials.parquet", "checkpoints.parquet", "impressions.parquet", "ranking.parquet"];

impl Verdict {
    /// Compares two folders of one experiment.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn of(first: &Path, again: &Path) -> Result<Self, LabError> {
        let mut names = BTreeSet::from(["results.json".to_owned(), "config.json".to_owned()]);
        names.extend(TABLES.map(|table| format!("tables/{table}")));
        for folder in DECIDED {
            for root in [first, again] {
                let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
                for entry in entries.flatten() {
                    names.insert(format!("{folder}/{}", entry.file_name().to_string_lossy()));
                }
            }
        }
        // What the run is called in its own page is a table too.
        names.retain(|name| !name.starts_with("csv/table-run-"));
        let (mut same, mut different) = (Vec::new(), Vec::new());
        for name in names {
            match (digest(&first.join(&name))?, digest(&again.join(&name))?) {
                (None, None) => {}
                (Some(a), Some(b)) if a == b => same.push(name),
                _ => different.push(name),
            }
        }
        let read = |root: &Path| campaign::read_json::<Results>(&root.join("results.json"));
        let (a, b) = (read(first)?, read(again)?);
        let (mut equal, mut all, mut largest) = (0, 0, 0.0_f64);
        for (row, other) in a.rows.iter().zip(&b.rows) {
            for (name, value) in &row.numbers {
                let other = other.numbers.get(name).copied().flatten();
                all += 1;
                match (value, other) {
                    (Some(x), Some(y)) if x.to_bits() == y.to_bits() => equal += 1,
                    (None, None) => equal += 1,
                    (Some(x), Some(y)) => {
                        largest = largest.max((x - y).abs() / x.abs().max(y.abs()).max(1e-300));
                    }
                    _ => largest = f64::INFINITY,
                }
            }
        }
        if a.rows.len() != b.rows.len() {
            largest = f64::INFINITY;
        }
        Ok(Self { same, different, numbers: (equal, all), largest })
    }

    /// Whether everything that a run decides is the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.different.is_empty() && self.numbers.0 == self.numbers.1
    }

    /// A few lines.
    #[must_use]
    pub fn words(&self) -> String {
        let (equal, all) = self.numbers;
        let mut text = format!(
            "{equal} of {all} numbers are the same to the last bit; {} of {} files have the same bytes.",
            self.same.len(),
            self.same.len() + self.different.len()
        );
        if equal < all {
            text.push_str(&format!(" The largest relative difference is {:.1e}.", self.largest));
        }
        for name in self.different.iter().take(12) {
            text.push_str(&format!("\n  differs: {name}"));
        }
        if self.different.len() > 12 {
            text.push_str(&format!("\n  and {} more", self.different.len() - 12));
        }
        text
    }
}

fn digest(path: &Path) -> Result<Option<Digest>, LabError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(Digest::of(&bytes))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LabError::File { path: path.to_owned(), source: error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(value: f64) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let row = crate::results::Row {
            arm: "greedy".to_owned(),
            policy: "greedy".to_owned(),
            pool: String::new(),
            cell: String::new(),
            crowd: String::new(),
            threshold: 0.5,
            seed: 1,
            numbers: [("purity".to_owned(), Some(value))].into(),
        };
        let results = Results { kind: "replay".to_owned(), rows: vec![row] };
        campaign::write_json(&folder.path().join("results.json"), &results).expect("written");
        campaign::write_json(&folder.path().join("trials/a.json"), &value).expect("written");
        folder
    }

    #[test]
    fn the_same_run_is_the_same() {
        let (a, b) = (folder(0.5), folder(0.5));
        let verdict = Verdict::of(a.path(), b.path()).expect("both");
        assert!(verdict.is_same() && verdict.numbers == (1, 1) && verdict.same.len() == 2);
    }

    #[test]
    fn what_differs_is_named_with_how_far() {
        let (a, b) = (folder(0.5), folder(0.25));
        let verdict = Verdict::of(a.path(), b.path()).expect("both");
        assert!(!verdict.is_same() && verdict.numbers == (0, 1));
        assert!((verdict.largest - 0.5).abs() < 1e-12);
        assert!(verdict.words().contains("differs: trials/a.json"));
    }
}
