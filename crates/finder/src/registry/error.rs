//! What can go wrong with names of models.

use std::path::PathBuf;

use domain::Digest;

use crate::FinderError;

/// A model or alias that is not there, or not what it was.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// A file is missing, damaged or cannot be written.
    #[error(transparent)]
    Finder(#[from] FinderError),
    /// There is no model of this name.
    #[error("there is no model {name:?} in {models}; there are: {}", or_none(known), models = models.display())]
    NoModel {
        /// As asked for.
        name: String,
        /// Where it was looked for.
        models: PathBuf,
        /// Those there are.
        known: String,
    },
    /// The model has no such version.
    #[error("model {name} has no version {version:?}; it has: {}", or_none(known))]
    NoVersion {
        /// Of the model.
        name: String,
        /// As asked for.
        version: String,
        /// Those there are.
        known: String,
    },
    /// The model has no such alias.
    #[error(
        "model {name} has no alias {alias:?}; it has: {}; set one with `lensfinder model alias`",
        or_none(known)
    )]
    NoAlias {
        /// Of the model.
        name: String,
        /// As asked for.
        alias: String,
        /// Those there are.
        known: String,
    },
    /// A name that can be none.
    #[error("{what} {name:?}: {problem}")]
    Name {
        /// What it names.
        what: &'static str,
        /// As given.
        name: String,
        /// What is wrong with it, or what to do.
        problem: &'static str,
    },
    /// There is no champion to go back to.
    #[error("model {name} had no champion before {}; nothing was changed", champion.as_deref().unwrap_or("(none)"))]
    NothingBefore {
        /// Of the model.
        name: String,
        /// The champion there is.
        champion: Option<String>,
    },
    /// The files are whole, but not those that were given the alias.
    #[error(
        "model {model} has digest {}, but had {} when it became {alias}: somebody replaced it; bring the old files back, or give the alias anew",
        digests.1,
        digests.0
    )]
    Changed {
        /// Name and version of the model.
        model: String,
        /// The alias.
        alias: String,
        /// The digest it was given to, and the one there is.
        digests: Box<(Digest, Digest)>,
    },
}

fn or_none(names: &str) -> &str {
    if names.is_empty() { "none" } else { names }
}
