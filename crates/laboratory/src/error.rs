//! What can go wrong with an experiment. Every error names the file, the field and
//! the remedy.

use std::path::{Path, PathBuf};

use campaign::CampaignError;
use domain::Cancelled;

/// Why an experiment cannot be read, run or shown.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The person asked to stop; the same command goes on from there.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A setting of the experiment's file.
    #[error("{file}: {problem}")]
    Plan {
        /// The experiment's file.
        file: String,
        /// Which key, what is wrong with it, and what would be right.
        problem: String,
    },
    /// A pool that cannot be replayed.
    #[error("pool {pool:?}: {problem}")]
    Pool {
        /// Its name in the experiment's file.
        pool: String,
        /// What is missing, and the remedy.
        problem: String,
    },
    /// A policy that cannot run.
    #[error(transparent)]
    Replay(#[from] replay::ReplayError),
    /// Something of a workspace, a dataset or a network.
    #[error(transparent)]
    Campaign(#[from] CampaignError),
    /// A run that is not there, or not finished.
    #[error("{0}")]
    Run(String),
    /// The disk refused.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that holds something else than it should.
    #[error("{path}: {problem}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The page could not be made.
    #[error("the report's page could not be made: {0}")]
    Page(#[from] minijinja::Error),
}

impl LabError {
    /// For `map_err` of file operations.
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }

    /// For `map_err` of formats.
    pub(crate) fn malformed<E: std::fmt::Display>(path: &Path) -> impl FnOnce(E) -> Self + '_ {
        move |problem| Self::Malformed { path: path.to_owned(), problem: problem.to_string() }
    }

    /// Whether the person asked to stop.
    #[must_use]
    pub fn is_stop(&self) -> bool {
        matches!(
            self,
            Self::Cancelled(_)
                | Self::Replay(replay::ReplayError::Cancelled(_))
                | Self::Campaign(
                    CampaignError::Cancelled(_)
                        | CampaignError::Survey(survey::SurveyError::Cancelled(_))
                        | CampaignError::Simulate(simulate::SimulateError::Cancelled(_))
                )
        )
    }
}

macro_rules! campaign {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for LabError {
            fn from(error: $error) -> Self {
                Self::Campaign(error.into())
            }
        }
    )*};
}

campaign!(survey::SurveyError, simulate::SimulateError);

impl From<finder::FinderError> for LabError {
    fn from(error: finder::FinderError) -> Self {
        Self::Campaign(CampaignError::from_finder(error))
    }
}
