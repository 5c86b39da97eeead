//! Why a catalogue cannot be read.

use std::{
    io,
    path::{Path, PathBuf},
};

use domain::Cancelled;

use super::Skipped;

/// A catalogue cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueFileError {
    /// The operating system says no.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Not a format we know.
    #[error("{}: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What it is, and the remedy.
        reason: String,
    },
    /// A column that is needed is not there.
    #[error("{}: no column {what}; it has {found}; name one with {option}", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// Columns it has.
        found: String,
        /// The option that names it.
        option: &'static str,
    },
    /// No row is a star.
    #[error("{}: none of its {rows} rows is a star{}", path.display(), reason(.first))]
    NoStars {
        /// The file.
        path: PathBuf,
        /// Rows it has.
        rows: u64,
        /// The first of them.
        first: Option<Skipped>,
    },
    /// On request.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

fn reason(first: &Option<Skipped>) -> String {
    first.as_ref().map_or_else(String::new, |first| format!("; row {}: {}", first.row, first.reason))
}

impl CatalogueFileError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |error| Self::Io { path, error }
    }
}

/// A fault before it is known of which file.
#[derive(Debug)]
pub(super) enum Fault {
    Format(&'static str),
    Words(String),
    Column { what: &'static str, found: String, option: &'static str },
    Cancelled(Cancelled),
}

impl From<Cancelled> for Fault {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

impl Fault {
    pub(super) fn of(self, path: &Path) -> CatalogueFileError {
        let path = path.to_owned();
        match self {
            Self::Format(reason) => CatalogueFileError::Format { path, reason: reason.to_owned() },
            Self::Words(reason) => CatalogueFileError::Format { path, reason },
            Self::Column { what, found, option } => CatalogueFileError::Column { path, what, found, option },
            Self::Cancelled(cancelled) => CatalogueFileError::Cancelled(cancelled),
        }
    }
}
