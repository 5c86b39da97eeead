//! The clusters that are known here: imported catalogues of the workspace, read when first asked for, and
//! again when a file has changed.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use domain::Silent;
use plates::matched::{ListKind, SkyList};

/// Names, sizes and times of the files.
type Signature = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// The folder of imported catalogues.
pub(crate) struct Catalogues {
    folder: Option<PathBuf>,
    read: Mutex<Option<(Signature, Arc<Vec<SkyList>>)>>,
}

impl Catalogues {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, read: Mutex::default() }
    }

    /// Every catalogue. Reads the disk: not for a thread that serves others.
    pub fn current(&self) -> Arc<Vec<SkyList>> {
        let files = self.folder.as_deref().map(files_of).unwrap_or_default();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, lists)) = &*read
            && *known == files
        {
            return Arc::clone(lists);
        }
        let lists: Vec<SkyList> = files.iter().filter_map(|(path, ..)| list(path)).collect();
        let lists = Arc::new(lists);
        *read = Some((files, Arc::clone(&lists)));
        lists
    }

    /// Clusters of all catalogues. Reads the disk.
    pub fn len(&self) -> usize {
        self.current().iter().map(SkyList::len).sum()
    }
}

/// `clusters.parquet` in the folder and in its folders.
fn files_of(folder: &Path) -> Signature {
    let below = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all: Signature = std::iter::once(folder.to_owned())
        .chain(below)
        .map(|place| place.join("clusters.parquet"))
        .filter_map(|path| {
            let about = std::fs::metadata(&path).ok()?;
            Some((path, about.len(), about.modified().ok()))
        })
        .collect();
    all.sort();
    all
}

fn list(path: &Path) -> Option<SkyList> {
    SkyList::read(path, ListKind::Cluster, &Silent)
        .inspect_err(
            |error| tracing::warn!(path = %path.display(), %error, "a cluster catalogue cannot be read"),
        )
        .ok()
}
