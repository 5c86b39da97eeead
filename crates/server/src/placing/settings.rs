//! What an operator can set about placing pictures.

use std::{path::PathBuf, time::Duration};

/// Settings of placing pictures on the sky.
#[derive(Debug, Clone)]
pub struct PlacingSettings {
    /// Folder with index files; without one, or with an empty one, nothing can be placed and the page says so.
    pub indexes: Option<PathBuf>,
    /// Folder with imported cluster catalogues: every `clusters.parquet` in it or in a folder of it.
    pub catalogues: Option<PathBuf>,
    /// Largest file that is taken, bytes.
    pub max_upload_bytes: usize,
    /// Pictures that are worked on at once. The solver uses every core it gets.
    pub jobs_at_once: usize,
    /// Pictures that wait; more are refused with `busy`. Each is in memory as it was uploaded.
    pub max_waiting: usize,
    /// A picture that has no place after this is given up.
    pub time_limit: Duration,
    /// Placements that one person may keep.
    pub kept_each: u32,
    /// Placements that were sent to nobody are deleted after this.
    pub keep_unsent: Duration,
}

impl Default for PlacingSettings {
    fn default() -> Self {
        Self {
            indexes: None,
            catalogues: None,
            max_upload_bytes: 20 * 1024 * 1024,
            jobs_at_once: 1,
            max_waiting: 8,
            time_limit: Duration::from_secs(120),
            kept_each: 50,
            keep_unsent: Duration::from_secs(30 * 24 * 3600),
        }
    }
}
