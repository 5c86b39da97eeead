//! The index files of the workspace: opened when first asked for, and again when the folder has changed.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use plates::{IndexFile, IndexFileError, IndexFolder};
use serde::Serialize;
use utoipa::ToSchema;

/// Names, sizes and times of a folder's files.
type Signature = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// The folder of index files.
pub(crate) struct Indexes {
    folder: Option<PathBuf>,
    opened: Mutex<Option<(Signature, Arc<IndexFolder>)>>,
}

/// An index that is installed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct IndexAbout {
    /// Name of its file.
    pub file: String,
    /// Shortest and longest distance of a quad's outer stars, arcmin.
    #[schema(value_type = Vec<f64>, min_items = 2, max_items = 2)]
    pub quads_arcmin: [f64; 2],
    pub quads: usize,
    pub stars: usize,
    /// The catalogue it was made of, where the file says so.
    #[schema(required = true)]
    pub catalogue: Option<String>,
    /// Whether it covers the whole sky.
    pub whole_sky: bool,
}

/// A file of the folder that is no index.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct RefusedIndex {
    /// Name of the file.
    pub file: String,
    pub why: String,
}

impl Indexes {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, opened: Mutex::default() }
    }

    /// What the folder holds now; `None` without a folder. Reads the disk: not for a thread that serves others.
    pub fn current(&self) -> Option<Arc<IndexFolder>> {
        let folder = self.folder.as_deref()?;
        let now = signature(folder);
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, files)) = &*opened
            && *known == now
        {
            return Some(Arc::clone(files));
        }
        // No folder is as good as an empty one.
        let files = IndexFolder::open(folder).ok()?;
        for refused in files.refused() {
            tracing::warn!(error = %refused, "a file beside the star indexes is none");
        }
        let files = Arc::new(files);
        *opened = Some((now, Arc::clone(&files)));
        Some(files)
    }

    /// What is installed, and what of the folder is no index. Reads the disk.
    pub fn about(&self) -> (Vec<IndexAbout>, Vec<RefusedIndex>) {
        let Some(files) = self.current() else { return (Vec::new(), Vec::new()) };
        let refused = files.refused().iter().map(|error| {
            let (IndexFileError::Io { path, .. } | IndexFileError::Layout { path, .. }) = error;
            RefusedIndex { file: name(path), why: error.reason() }
        });
        (files.files().iter().map(IndexAbout::of).collect(), refused.collect())
    }
}

impl IndexAbout {
    fn of(file: &IndexFile) -> Self {
        let (meta, index) = (file.meta(), file.view());
        let arcmin = |radians: f64| radians.to_degrees() * 60.0;
        Self {
            file: name(file.path()),
            quads_arcmin: [arcmin(meta.scale_low_rad), arcmin(meta.scale_high_rad)],
            quads: index.quad_count(),
            stars: index.stars.len(),
            catalogue: Some(meta.catalogue.clone()).filter(|name| !name.is_empty()),
            whole_sky: meta.healpix < 0,
        }
    }
}

/// The name of a file, without where it lies.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn signature(folder: &Path) -> Signature {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Signature = entries
        .filter_map(|entry| {
            let about = entry.metadata().ok()?;
            Some((entry.path(), about.len(), about.modified().ok()))
        })
        .collect();
    all.sort();
    all
}
