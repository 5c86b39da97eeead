//! What can go wrong in a campaign, with the file or step it went wrong in.

use std::path::PathBuf;

use domain::Cancelled;

/// An error of the loop. Every variant names what to look at.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// The disk refused.
    #[error("{path}: {source}")]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the workspace says something else than expected.
    #[error("{path} is not what this version writes: {source}; delete it and run the same command again")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A value has no JSON.
    #[error("cannot be written as JSON: {0}")]
    Json(serde_json::Error),
    /// A CSV file is not what was expected.
    #[error("{path}: {source}")]
    Csv {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: csv::Error,
    },
    /// A line of a file from outside says what cannot be.
    #[error("{path}, line {line}: {reason}")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The settings cannot work.
    #[error("setting `{field}`: {reason}")]
    Setting {
        /// Which one.
        field: &'static str,
        /// Why, and what to do.
        reason: String,
    },
    /// A project that does not exist.
    #[error("there is no project {0:?}; `lensfinder project list` shows those that exist")]
    NoProject(String),
    /// The names of the models cannot be kept.
    #[error(transparent)]
    Registry(#[from] finder::RegistryError),
    /// Another process is at work on this step.
    #[error("step {step} of round {round} is being done by {owner}, until {until} at the latest")]
    Busy {
        /// Round number.
        round: u32,
        /// Step name.
        step: String,
        /// Who holds it.
        owner: String,
        /// When its lease ends.
        until: domain::Timestamp,
    },
    /// What was written before does not belong to these settings.
    #[error("round {round}, step {step}: {reason}")]
    Inconsistent {
        /// Round number.
        round: u32,
        /// Step name.
        step: String,
        /// What does not fit, and what to do.
        reason: String,
    },
    /// A cutout's pixels cannot be had.
    #[error("{source_name}: {reason}")]
    Pixels {
        /// The source in the dataset's index.
        source_name: String,
        /// Why.
        reason: String,
    },
    /// A thread of work died.
    #[error("a worker ended unexpectedly: {0}")]
    Worker(String),
    /// The person asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// From the database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// From the network.
    #[error(transparent)]
    Finder(finder::FinderError),
    /// From a dataset.
    #[error(transparent)]
    Survey(#[from] survey::SurveyError),
    /// From the simulator.
    #[error(transparent)]
    Simulate(#[from] simulate::SimulateError),
}

impl CampaignError {
    /// An error of the network; a request to stop stays one.
    #[must_use]
    pub fn from_finder(error: finder::FinderError) -> Self {
        match error {
            finder::FinderError::Cancelled(cancelled) => Self::Cancelled(cancelled),
            other => Self::Finder(other),
        }
    }
}
