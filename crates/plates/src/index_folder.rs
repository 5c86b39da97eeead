//! The index files of folders: which were found, and why one was refused.

use std::{
    fs,
    path::{Path, PathBuf},
};

use platesolve::Index;

use crate::index_file::{IndexFile, IndexFileError};

/// Endings of index files.
const ENDINGS: [&str; 2] = ["sqx", "fits"];

/// Index files, open, in the order of their names.
#[derive(Debug, Default)]
pub struct IndexFolder {
    files: Vec<IndexFile>,
    refused: Vec<IndexFileError>,
}

impl IndexFolder {
    /// Opens the `.sqx` and `.fits` files of a folder (not of folders in it), or the one file that is named.
    ///
    /// # Errors
    /// When there is no such folder or file. A file in it that is no index is no error; see
    /// [`IndexFolder::refused`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IndexFileError> {
        Self::open_all([path])
    }

    /// The same for several folders and files.
    ///
    /// # Errors
    /// See [`IndexFolder::open`].
    pub fn open_all(paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Self, IndexFileError> {
        let mut found = Self::default();
        for path in paths {
            let path = path.as_ref();
            let about = fs::metadata(path).map_err(IndexFileError::io(path))?;
            let candidates = if about.is_dir() { candidates(path)? } else { vec![path.to_owned()] };
            for candidate in candidates {
                match IndexFile::open(candidate) {
                    Ok(file) => found.files.push(file),
                    Err(error) => found.refused.push(error),
                }
            }
        }
        Ok(found)
    }

    /// The indexes.
    #[must_use]
    pub fn files(&self) -> &[IndexFile] {
        &self.files
    }

    /// Files that look like indexes and are none, with the reason.
    #[must_use]
    pub fn refused(&self) -> &[IndexFileError] {
        &self.refused
    }

    /// The indexes, as the solver takes them.
    #[must_use]
    pub fn views(&self) -> Vec<Index<'_>> {
        self.files.iter().map(IndexFile::view).collect()
    }
}

/// Files of a folder that may be indexes, sorted by name.
fn candidates(folder: &Path) -> Result<Vec<PathBuf>, IndexFileError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(IndexFileError::io(folder))? {
        let path = entry.map_err(IndexFileError::io(folder))?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
