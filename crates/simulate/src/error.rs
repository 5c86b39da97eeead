//! What can go wrong with a whole simulated dataset.

use std::path::{Path, PathBuf};

use domain::Cancelled;
use imaging::TileError;
use survey::SurveyError;

use crate::{backgrounds::BackgroundError, config::ConfigError, draw::DrawError, render::RenderError};

/// A dataset cannot be simulated or read.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// A request that cannot be fulfilled.
    #[error("simulation request, {field}: {problem}")]
    Request {
        /// The field.
        field: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No record could be drawn.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// A record could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// No tile could be made of an image.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// An image file could not be made of a cutout.
    #[error("image of {id}: {reason}")]
    Image {
        /// The cutout.
        id: String,
        /// What is wrong.
        reason: String,
    },
    /// The real cutouts cannot be used.
    #[error(transparent)]
    Background(#[from] BackgroundError),
    /// The dataset could not be written.
    #[error(transparent)]
    Survey(#[from] SurveyError),
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
    /// A file of records is damaged.
    #[error("{path}: {reason}", path = path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// No such record.
    #[error("there is no record {id:?} in {folder}; ids stand in the dataset's index.parquet", folder = folder.display())]
    NoRecord {
        /// The id asked for.
        id: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// The person asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl SimulateError {
    /// For `map_err` on file operations.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
