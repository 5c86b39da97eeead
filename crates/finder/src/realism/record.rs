//! Keeps the comparisons with the model: in `metrics.json` and in its card. The
//! model's digest does not depend on them.

use std::path::Path;

use super::Realism;
use crate::{FinderError, folder};

/// Writes the comparisons into the folder of a finished model, over what stood there before.
///
/// # Errors
/// When the folder holds no finished model or the disk refuses.
pub fn record(model_dir: &Path, realism: &Realism) -> Result<(), FinderError> {
    folder::add_realism(model_dir, realism)
}

/// The comparisons kept with a model, if any were made.
///
/// # Errors
/// When `metrics.json` cannot be read.
pub fn recorded(model_dir: &Path) -> Result<Option<Realism>, FinderError> {
    Ok(folder::read_metrics(model_dir)?.realism)
}
