//! Where a run comes from: program, source, machine. What a reader needs to run it
//! again, and nothing that makes two runs of one configuration differ in their numbers.

use std::{path::Path, process::Command};

use domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Experiment, LabError};

/// The file in a run's folder.
pub const FILE: &str = "run.json";

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunFile {
    /// Name and digest of the settings.
    pub id: String,
    /// The settings, complete.
    pub experiment: Experiment,
    /// Over the settings.
    pub digest: Digest,
    /// When it first began.
    pub created_at: Timestamp,
    /// When it last ended, if it ever did.
    #[serde(default)]
    pub finished_at: Option<Timestamp>,
    /// What it ran with.
    pub provenance: Provenance,
}

/// Program, source and machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// Commit of the folder it was started in, if that is a repository.
    pub commit: Option<String>,
    /// Whether files there differed from the commit.
    pub is_dirty: Option<bool>,
    /// SHA-256 of the dependencies' versions (Cargo.lock) the program was built with.
    pub dependencies: Digest,
    /// Where the network ran.
    pub device: String,
    /// One line: processor, cores, memory, system.
    pub machine: String,
    /// Generator of random numbers; part of what the same seed means.
    pub random_numbers: String,
}

impl Provenance {
    /// Of this program in this folder.
    #[must_use]
    pub fn gather(device: &str, machine: String) -> Self {
        let git = |arguments: &[&str]| {
            let output = Command::new("git").args(arguments).output().ok()?;
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let commit = git(&["rev-parse", "HEAD"]).filter(|commit| !commit.is_empty());
        let is_dirty =
            commit.as_ref().and_then(|_| git(&["status", "--porcelain"])).map(|text| !text.is_empty());
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit,
            is_dirty,
            dependencies: Digest::of(include_bytes!("../../../Cargo.lock")),
            device: device.to_owned(),
            machine,
            random_numbers: "ChaCha12 from a tree of SHA-256 seeds (domain::Seed)".to_owned(),
        }
    }

    /// Pairs for tables and other programs' parameters.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let dirty = match self.is_dirty {
            Some(true) => " (files differ)",
            _ => "",
        };
        vec![
            ("lensfinder", self.version.clone()),
            (
                "commit",
                self.commit
                    .as_ref()
                    .map_or_else(|| "not in a repository".to_owned(), |c| format!("{c}{dirty}")),
            ),
            ("Cargo.lock, SHA-256", self.dependencies.to_string()),
            ("device", self.device.clone()),
            ("machine", self.machine.clone()),
            ("random numbers", self.random_numbers.clone()),
        ]
    }
}

impl RunFile {
    /// Reads the file of a run's folder.
    ///
    /// # Errors
    /// When the folder is no run.
    pub fn open(folder: &Path) -> Result<Self, LabError> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Err(LabError::Run(format!(
                "{} is no run: it has no {FILE}; `lensfinder experiment list` shows those there are",
                folder.display()
            )));
        }
        Ok(campaign::read_json(&path)?)
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, folder: &Path) -> Result<(), LabError> {
        campaign::write_json(&folder.join(FILE), self)?;
        Ok(())
    }
}
