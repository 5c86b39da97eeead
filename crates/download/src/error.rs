//! What ends a download as a whole; trouble with one cutout is its state in
//! `downloads.csv` instead.

use std::path::{Path, PathBuf};

use domain::Cancelled;

/// A download cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// A setting is wrong.
    #[error("{field} {reason}")]
    Setting {
        /// Name of the option.
        field: &'static str,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The list of clusters cannot be used.
    #[error("catalogue {path}: {reason}", path = path.display())]
    Catalogue {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The file system said no.
    #[error("{doing} {path}: {source}", path = path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The folder cannot be gone on with.
    #[error("{path}: {reason}", path = path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The service fails again and again.
    #[error(
        "stopped: {failures} requests in a row failed, also after {pauses} pauses; the last one: {last}. \
         What was fetched is kept; find out what is wrong with {host} (or your network) and run the same command again"
    )]
    Broken {
        /// Failures since the last good answer.
        failures: u32,
        /// Pauses made.
        pauses: u32,
        /// The last failure.
        last: String,
        /// The server.
        host: String,
    },
    /// The service wants to be left alone for long.
    #[error(
        "stopped: {host} asks to wait {seconds} s before the next request; run the same command again then"
    )]
    AskedToWait {
        /// The server.
        host: String,
        /// Seconds it asked for.
        seconds: u64,
    },
    /// Coadds on disk cannot be used.
    #[error(transparent)]
    Bricks(#[from] survey::BrickError),
    /// The person asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl DownloadError {
    /// For `map_err` on file operations.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
