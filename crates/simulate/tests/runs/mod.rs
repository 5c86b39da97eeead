//! What tests of whole runs share: comparing folders, and stopping in between.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use domain::{Digest, Progress};

/// Digests of all files below a folder.
pub fn contents(dir: &Path) -> BTreeMap<String, Digest> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().display().to_string();
                found.insert(name, Digest::of(&fs::read(&path).unwrap()));
            }
        }
    }
    found
}

/// Asks to stop once this many units are done.
pub struct StopAfter(AtomicU64);

impl Progress for StopAfter {
    fn begin(&self, _what: &str, _total: u64) {}
    fn advance(&self, done: u64) {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(done), Ordering::Relaxed);
    }
    fn note(&self, _note: &str) {}
    fn end(&self) {}
    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

impl StopAfter {
    pub fn units(units: u64) -> Self {
        Self(AtomicU64::new(units))
    }
}
