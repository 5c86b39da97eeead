//! The log of a run, `events.jsonl`: one number a line with its step, time and split.
//! It only grows; what exports show is taken from the trials' own files, so that a run
//! that was stopped and went on shows each number once.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::LabError;

/// The file in a run's folder.
pub const FILE: &str = "events.jsonl";

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Votes so far, or the pass of a training.
    pub step: u64,
    /// When it was noted.
    pub wall: Timestamp,
    /// `pool`, `training` or `held-out`.
    pub split: String,
    /// What is measured.
    pub name: String,
    /// The number.
    pub value: f64,
    /// The arm, or the pool's network.
    pub of: String,
    /// The trial's seed, or the pool's.
    pub seed: u64,
    /// The trial's key; empty for a network.
    pub trial: String,
}

/// The open log.
pub struct Log {
    path: PathBuf,
    file: Mutex<File>,
}

impl Log {
    /// Opens the log of a run. Lines of trials that are not finished are taken out, as these are run
    /// again.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn open(run: &Path, finished: &HashSet<String>) -> Result<Self, LabError> {
        let path = run.join(FILE);
        if path.exists() {
            let file = File::open(&path).map_err(LabError::file(&path))?;
            let mut kept = Vec::new();
            for line in BufReader::new(file).lines() {
                let line = line.map_err(LabError::file(&path))?;
                // A killed program may leave half a line.
                let Ok(event) = serde_json::from_str::<Event>(&line) else { continue };
                if finished.contains(&event.trial) {
                    kept.extend_from_slice(line.as_bytes());
                    kept.push(b'\n');
                }
            }
            campaign::write_atomically(&path, &kept)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(LabError::file(&path))?;
        Ok(Self { path, file: Mutex::new(file) })
    }

    /// Adds lines, all or none of them in one piece.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&self, events: &[Event]) -> Result<(), LabError> {
        let mut lines = Vec::new();
        for event in events.iter().filter(|event| event.value.is_finite()) {
            serde_json::to_writer(&mut lines, event).map_err(LabError::malformed(&self.path))?;
            lines.push(b'\n');
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&lines).map_err(LabError::file(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_goes_on_keeps_finished_trials_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let event = |trial: &str| Event {
            step: 1,
            wall: Timestamp::default(),
            split: "pool".to_owned(),
            name: "completeness".to_owned(),
            value: 0.5,
            of: "greedy".to_owned(),
            seed: 1,
            trial: trial.to_owned(),
        };
        let log = Log::open(folder.path(), &HashSet::new()).expect("new");
        log.add(&[event("done"), event("half")]).expect("written");
        drop(log);
        let path = folder.path().join(FILE);
        let mut file = OpenOptions::new().append(true).open(&path).expect("there");
        file.write_all(b"{\"step\": 3, \"wa").expect("half a line");
        Log::open(folder.path(), &HashSet::from(["done".to_owned()])).expect("again");
        let left = std::fs::read_to_string(&path).expect("text");
        assert_eq!(left.lines().count(), 1);
        assert!(left.contains("\"done\""));
    }
}
