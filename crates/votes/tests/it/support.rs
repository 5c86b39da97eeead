//! Files of a test and what was read from them, in words.

use std::path::PathBuf;

use domain::Silent;
use votes::{ReadOptions, Source, VoteLog, VotesError};

/// A folder of the test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> Source {
        std::fs::write(self.path(name), bytes).unwrap();
        Source::File(self.path(name))
    }
}

/// Reads text as a file of this name.
pub fn read_as(name: &str, bytes: impl AsRef<[u8]>, options: &ReadOptions) -> Result<VoteLog, VotesError> {
    let folder = Folder::new();
    votes::read(&folder.file(name, bytes), options, &Silent)
}

/// Reads text with the usual options.
pub fn read(name: &str, bytes: impl AsRef<[u8]>) -> VoteLog {
    read_as(name, bytes, &ReadOptions::default()).unwrap()
}

/// Why text cannot be read.
pub fn refusal(name: &str, bytes: impl AsRef<[u8]>) -> String {
    read_as(name, bytes, &ReadOptions::default()).unwrap_err().to_string()
}

/// Votes as `task worker label`.
pub fn votes(log: &VoteLog) -> Vec<String> {
    let name = |entry: &votes::Entry| {
        [log.tasks.name(entry.task), log.workers.name(entry.worker), log.labels.name(entry.label.into())]
            .join(" ")
    };
    log.entries().iter().map(name).collect()
}

/// Truths as `task label`, sorted.
pub fn truths(log: &VoteLog) -> Vec<String> {
    let mut all: Vec<String> = log
        .truths
        .iter()
        .map(|(task, truth)| format!("{} {}", log.tasks.name(*task), log.labels.name(truth.label.into())))
        .collect();
    all.sort();
    all
}

/// What was left out, as `count reason`.
pub fn left_out(log: &VoteLog) -> Vec<String> {
    log.left_out.iter().map(|(reason, count)| format!("{count} {reason}")).collect()
}

/// Fails unless every part is in the text.
#[track_caller]
pub fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
}
