//! What can go wrong with a catalogue as a whole. Trouble with one row is a
//! [`crate::catalogue::RejectedRow`] instead.

use std::path::{Path, PathBuf};

use domain::Cancelled;

use crate::SurveyError;

/// A catalogue cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file system said no.
    #[error("cannot read {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The file is no table, or damaged.
    #[error("{path}: {reason}", path = path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A column that the schema names is not in the file.
    #[error("{path}: the schema's `{field}` is column {wanted}, which is not in the file; {nearest}", path = path.display())]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// Our field.
        field: String,
        /// Name or names looked for.
        wanted: String,
        /// The columns with the likest names, and what to do.
        nearest: String,
    },
    /// A column has no unit, one that does not fit, or another than the file's.
    #[error("{path}: column {column:?} ({field}): {reason}", path = path.display())]
    Unit {
        /// The file.
        path: PathBuf,
        /// The column in the file.
        column: String,
        /// Our field.
        field: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The schema itself is wrong.
    #[error("schema {name}: {reason}")]
    Schema {
        /// Its file or name.
        name: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The folder already holds a catalogue.
    #[error("{path} already holds an imported catalogue; choose another folder or remove this one", path = path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// Every row was refused or cut.
    #[error("{path}: none of {rows} rows was kept: {why}", path = path.display())]
    NothingKept {
        /// The file.
        path: PathBuf,
        /// Rows read.
        rows: u64,
        /// Where they went, and what to look at.
        why: String,
    },
    /// Trouble with our own files.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// The person asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl CatalogueError {
    /// For `map_err` on reading.
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::of_read(&path, source)
    }

    /// An error of the file system, or what it says about the file.
    pub(crate) fn of_read(path: &Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        match source.kind() {
            UnexpectedEof => Self::table(path, "the file ends too early; fetch it again"),
            InvalidData | InvalidInput => {
                Self::table(path, format!("the file is damaged ({source}); fetch it again"))
            }
            _ => Self::Read { path: path.to_owned(), source },
        }
    }

    pub(crate) fn table(path: &Path, reason: impl Into<String>) -> Self {
        Self::Table { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn schema(name: &str, reason: impl Into<String>) -> Self {
        Self::Schema { name: name.to_owned(), reason: reason.into() }
    }
}
