//! What is known of each cutout, durably: one line of JSON per change, appended
//! and synced before anything else relies on it. A line that `kill -9` cut off
//! is dropped when the journal is opened; the last line of an id counts.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use domain::Digest;
use serde::{Deserialize, Serialize};

use crate::{DownloadError, Entry};

/// How far a cutout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not fetched yet, or lost since.
    #[default]
    Waiting,
    /// On disk, checked.
    Done,
    /// The survey has no image there; final.
    Outside,
    /// Given up in an earlier run; a new run tries again.
    Failed,
}

impl State {
    /// As it stands in lists.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Outside => "outside",
            Self::Failed => "failed",
        }
    }
}

/// What became of a cutout.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// How far it is.
    pub state: State,
    /// Requests sent for it, in all runs.
    pub attempts: u32,
    /// Size of the file.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub bytes: u64,
    /// SHA-256 of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// Share of pixels with data in the emptiest band.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f32>,
    /// Mask bits within 25″ of the middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flags: Option<i32>,
    /// Why it is outside or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
}

fn is_zero(bytes: &u64) -> bool {
    *bytes == 0
}

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    id: String,
    ra_deg: f64,
    dec_deg: f64,
    #[serde(flatten)]
    outcome: Outcome,
}

/// The open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens or begins a journal and hands each of its lines to `take` (id, position, outcome).
    pub(crate) fn open(
        path: &Path,
        mut take: impl FnMut(&str, [f64; 2], Outcome),
    ) -> Result<Self, DownloadError> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(DownloadError::io("cannot open", path))?;
        let read = DownloadError::io("cannot read", path);
        let mut reader = BufReader::new(&mut file);
        let (mut whole, mut number, mut text) = (0_u64, 0_u64, Vec::new());
        loop {
            text.clear();
            let length = match reader.read_until(b'\n', &mut text) {
                Ok(length) => length,
                Err(error) => return Err(read(error)),
            };
            if !text.ends_with(b"\n") {
                break;
            }
            number += 1;
            let line: Line = serde_json::from_slice(&text).map_err(|error| DownloadError::Folder {
                path: path.to_owned(),
                reason: format!(
                    "line {number} is damaged ({error}); remove that line, its cutout is then checked or fetched again"
                ),
            })?;
            take(&line.id, [line.ra_deg, line.dec_deg], line.outcome);
            whole += length as u64;
        }
        drop(reader);
        // What was being written when the program was killed.
        file.set_len(whole).map_err(DownloadError::io("cannot repair", path))?;
        file.seek(SeekFrom::End(0)).map_err(DownloadError::io("cannot repair", path))?;
        file.sync_all().map_err(DownloadError::io("cannot sync", path))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Appends a line and waits until the disk has it.
    pub(crate) fn append(&mut self, entry: &Entry, outcome: &Outcome) -> Result<(), DownloadError> {
        let line = Line {
            id: entry.id.to_string(),
            ra_deg: entry.position.ra_deg,
            dec_deg: entry.position.dec_deg,
            outcome: outcome.clone(),
        };
        let mut text = serde_json::to_vec(&line)
            .map_err(|error| DownloadError::Folder { path: self.path.clone(), reason: error.to_string() })?;
        text.push(b'\n');
        self.file.write_all(&text).map_err(DownloadError::io("cannot write", &self.path))?;
        self.file.sync_data().map_err(DownloadError::io("cannot sync", &self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SkyCoord;

    fn entry(id: &str) -> Entry {
        Entry::new(id, SkyCoord { ra_deg: 1.25, dec_deg: -3.5 })
    }

    fn read(path: &Path) -> Vec<(String, [f64; 2], Outcome)> {
        let mut lines = Vec::new();
        Journal::open(path, |id, at, outcome| lines.push((id.to_owned(), at, outcome))).unwrap();
        lines
    }

    #[test]
    fn lines_come_back_and_a_torn_one_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let done = Outcome {
            state: State::Done,
            attempts: 2,
            bytes: 2880,
            sha256: Some(Digest::of(b"x")),
            coverage: Some(0.5),
            flags: Some(2),
            reason: None,
        };
        let mut journal = Journal::open(&path, |_, _, _| ()).unwrap();
        journal.append(&entry("a"), &done).unwrap();
        drop(journal);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"id\":\"b\",\"ra_d").unwrap();
        let expected = ("a".to_owned(), [1.25, -3.5], done);
        assert_eq!(read(&path), std::slice::from_ref(&expected));
        let outside = Outcome { state: State::Outside, reason: Some("no data".into()), ..Outcome::default() };
        Journal::open(&path, |_, _, _| ()).unwrap().append(&entry("b"), &outside).unwrap();
        assert_eq!(read(&path), [expected, ("b".to_owned(), [1.25, -3.5], outside)]);
    }

    #[test]
    fn a_damaged_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        std::fs::write(&path, "{}\n").unwrap();
        let error = Journal::open(&path, |_, _, _| ()).unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
    }
}
