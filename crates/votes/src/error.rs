//! What can be wrong with a file of votes: always which file, mostly which line and field, and
//! what to do about it.

use std::path::Path;

use consensus::ConfigError;
use domain::Cancelled;

/// Why votes could not be read, arranged or written.
#[derive(Debug, thiserror::Error)]
pub enum VotesError {
    /// The file system refused.
    #[error("{doing} {file}: {source}")]
    Io {
        /// What was being done, such as `cannot read`.
        doing: &'static str,
        /// The file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// One row is wrong.
    #[error("{file}, {at}, {field}: {problem}; {remedy}")]
    Row {
        /// The file.
        file: String,
        /// Where in it, such as `line 7`.
        at: String,
        /// Which column or key.
        field: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The file as a whole is wrong.
    #[error("{file}: {problem}")]
    File {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A number or a choice is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A choice does not fit the votes.
    #[error("{0}")]
    Choice(String),
    /// The person asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl VotesError {
    /// Whether whoever read what was written has gone, as in `… | head`.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// The file as a whole is wrong.
    pub(crate) fn file(file: &str, problem: impl Into<String>) -> Self {
        Self::File { file: file.to_owned(), problem: problem.into() }
    }

    /// Turns a refusal of the file system into this error.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let file = path.display().to_string();
        move |source| Self::Io { doing, file, source }
    }
}
