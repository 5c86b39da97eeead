//! What can go wrong in the finder, said so that the reader knows which file or
//! field is meant and what to do about it.

use std::path::{Path, PathBuf};

use domain::{Cancelled, Digest};

/// Every error of this crate except those of the pure [`crate::metrics`] and [`crate::head`].
#[derive(Debug, thiserror::Error)]
pub enum FinderError {
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The device's name cannot be read.
    #[error("unknown device {0:?}; use flex, wgpu, wgpu:0, cuda, cuda:0 or tch")]
    UnknownDevice(String),
    /// The backend exists but was left out of this program.
    #[error(
        "device {device} is not in this program; build it with `cargo build --release --features {feature}`, or use `--device flex`"
    )]
    DeviceNotCompiled {
        /// What was asked for.
        device: String,
        /// The Cargo feature that brings it.
        feature: &'static str,
    },
    /// Training examples that cannot be used.
    #[error("training examples: {0}")]
    Examples(String),
    /// A training configuration that cannot be used.
    #[error("training configuration, field `{field}`: {problem}")]
    Config {
        /// The field.
        field: &'static str,
        /// What is wrong with it and what it may be.
        problem: String,
    },
    /// Input that does not fit the model.
    #[error("{what} does not fit the model: {problem}")]
    Input {
        /// Which input.
        what: String,
        /// What is wrong.
        problem: String,
    },
    /// A file of a model folder is not there.
    #[error(
        "{path} is missing: this folder holds no finished model; train it (the same command resumes) or name another version"
    )]
    MissingFile {
        /// The file.
        path: PathBuf,
    },
    /// A file of a model folder is not the one that was written.
    #[error(
        "{path} has digest {found}, but digest.json says {expected}: the file was changed or damaged; restore it or train the model again"
    )]
    WrongDigest {
        /// The file.
        path: PathBuf,
        /// What digest.json promises.
        expected: Digest,
        /// What the bytes give.
        found: Digest,
    },
    /// The folder was written by another version of the program.
    #[error(
        "{path} has schema version {found}, this program reads {expected}; train the model again with this program"
    )]
    SchemaVersion {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: u64,
        /// What this program reads.
        expected: u64,
    },
    /// The folder already holds the result of another request.
    #[error(
        "{dir} already holds another model (digest {digest}); choose a new version, models are never overwritten"
    )]
    Occupied {
        /// The model folder.
        dir: PathBuf,
        /// The digest of what is there.
        digest: Digest,
    },
    /// A file that should be of our own making does not read.
    #[error("{path}: {problem}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The training went to infinity.
    #[error(
        "the loss is not finite in epoch {epoch}, step {step}; lower `learning_rate` (now {learning_rate})"
    )]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
        /// The step within it, from 1.
        step: usize,
        /// The peak learning rate of the configuration.
        learning_rate: f64,
    },
    /// The network library failed.
    #[error("network: {0}")]
    Network(String),
    /// A shard or dataset could not be read.
    #[error("dataset: {0}")]
    Dataset(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl FinderError {
    /// Wraps what the system said about a file.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// A file that does not read.
    pub(crate) fn malformed(path: &Path, problem: impl ToString) -> Self {
        Self::Malformed { path: path.to_owned(), problem: problem.to_string() }
    }

    /// A wrong configuration field.
    pub(crate) fn config(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Config { field, problem: problem.into() }
    }
}
