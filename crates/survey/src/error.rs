//! What can go wrong with a dataset as a whole; trouble with one image is a
//! [`crate::Rejected`] row instead.

use std::path::{Path, PathBuf};

use domain::Cancelled;
use imaging::TileError;

/// A dataset cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The file system said no.
    #[error("{doing} {path}: {source}", path = path.display())]
    Io {
        /// What was attempted, such as "cannot write".
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A Parquet shard or the index is damaged or cannot be written.
    #[error("{path}: {reason}; restore it, or build the dataset again", path = path.display())]
    Shard {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// `dataset.json` is wrong or of another version.
    #[error("{path}: {reason}", path = path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The folder holds no finished dataset.
    #[error("{path} holds no finished dataset (no dataset.json); make one with `lensfinder ingest` or `lensfinder simulate`", path = path.display())]
    NotADataset {
        /// The folder.
        path: PathBuf,
    },
    /// The folder already holds a finished dataset.
    #[error("{path} already holds a finished dataset; choose another folder or remove this one", path = path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// A file changed since the dataset was made.
    #[error("{path} has digest {found}, the dataset says {expected}: the file changed; restore it, or build the dataset again", path = path.display())]
    Digest {
        /// The file.
        path: PathBuf,
        /// Digest in `dataset.json`.
        expected: String,
        /// Digest of the file.
        found: String,
    },
    /// A row cannot be taken.
    #[error("row {id:?}: {field} {reason}")]
    Row {
        /// Id of the row.
        id: String,
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A catalogue cannot be used at all.
    #[error("catalogue {path}: {reason}", path = path.display())]
    Catalogue {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The tile recipe is wrong.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// The person asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl SurveyError {
    /// For `map_err` on file operations.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    /// For `map_err` on Parquet and Arrow operations.
    pub(crate) fn shard<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> Self {
        let path = path.to_owned();
        move |error| Self::Shard { path: path.clone(), reason: error.to_string() }
    }

    pub(crate) fn format(path: &Path, reason: impl Into<String>) -> Self {
        Self::Format { path: path.to_owned(), reason: reason.into() }
    }
}
