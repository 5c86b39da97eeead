//! Sorting more rows than fit in memory: sorted runs on disk, then one pass that
//! takes the smallest of their heads.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs,
    path::{Path, PathBuf},
};

use domain::{Digest, Progress};

use super::{
    CatalogueError, Entry,
    normal::{NormalReader, NormalWriter},
};
use crate::SurveyError;

/// Rows of a run: about 16 MB in memory.
const RUN: usize = 1 << 16;

/// Takes entries in any order and writes the normal form.
pub(super) struct Sorter {
    folder: PathBuf,
    waiting: Vec<Entry>,
    runs: Vec<PathBuf>,
}

impl Sorter {
    /// Runs go to a folder of their own inside `out`, removed afterwards.
    pub(super) fn new(out: &Path) -> Result<Self, SurveyError> {
        let folder = out.join("runs.part");
        // What a killed import may have left.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(SurveyError::io("cannot create", &folder))?;
        Ok(Self { folder, waiting: Vec::new(), runs: Vec::new() })
    }

    pub(super) fn push(&mut self, entry: Entry) -> Result<(), SurveyError> {
        self.waiting.push(entry);
        if self.waiting.len() == RUN { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), SurveyError> {
        self.waiting.sort_by_cached_key(Entry::order);
        let path = self.folder.join(format!("{:05}.parquet", self.runs.len()));
        let mut writer = NormalWriter::with_row_group(&path, 1024)?;
        for entry in self.waiting.drain(..) {
            writer.push(entry)?;
        }
        writer.commit()?;
        self.runs.push(path);
        Ok(())
    }

    /// Merges the runs into `path`.
    pub(super) fn finish(mut self, path: &Path, progress: &dyn Progress) -> Result<Digest, CatalogueError> {
        let mut writer = NormalWriter::create(path)?;
        if self.runs.is_empty() {
            self.waiting.sort_by_cached_key(Entry::order);
            for entry in self.waiting.drain(..) {
                writer.push(entry)?;
            }
            return Ok(writer.commit()?);
        }
        if !self.waiting.is_empty() {
            self.spill()?;
        }
        let mut readers = Vec::new();
        for run in &self.runs {
            readers.push(NormalReader::with_batch(run, 256)?);
        }
        let mut heads: Vec<Option<Entry>> = Vec::new();
        let mut heap = BinaryHeap::new();
        for (index, reader) in readers.iter_mut().enumerate() {
            let head = reader.next().transpose()?;
            heap.extend(head.as_ref().map(|entry| Reverse((entry.order(), index))));
            heads.push(head);
        }
        let mut written = 0_u64;
        while let Some(Reverse((_, index))) = heap.pop() {
            let next = readers[index].next().transpose()?;
            heap.extend(next.as_ref().map(|entry| Reverse((entry.order(), index))));
            if let Some(entry) = std::mem::replace(&mut heads[index], next) {
                writer.push(entry)?;
            }
            written += 1;
            if written.is_multiple_of(4096) {
                progress.check()?;
            }
        }
        Ok(writer.commit()?)
    }
}

impl Drop for Sorter {
    fn drop(&mut self) {
        // Scratch files only; what stays behind is removed by the next import.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
