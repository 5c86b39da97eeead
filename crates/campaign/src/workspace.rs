//! The workspace folder: where datasets, models, scores, previews and the files
//! of the rounds live, and the two ways files are written into it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::Digest;
use finder::Registry;
use serde::{Serialize, de::DeserializeOwned};

use crate::CampaignError;

/// A folder that holds everything of a deployment but the database's server.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Opens the folder, making it if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(root: &Path) -> Result<Self, CampaignError> {
        fs::create_dir_all(root).map_err(|source| CampaignError::File { path: root.into(), source })?;
        Ok(Self { root: root.to_owned() })
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database's address when none is given: an SQLite file in the folder.
    #[must_use]
    pub fn database_url(&self) -> String {
        format!("sqlite:{}", self.root.join("lensfinder.db").display())
    }

    /// A dataset by name.
    #[must_use]
    pub fn dataset(&self, name: &str) -> PathBuf {
        self.root.join("datasets").join(name)
    }

    /// A model by name and version.
    #[must_use]
    pub fn model(&self, name: &str, version: &str) -> PathBuf {
        self.root.join("models").join(name).join(version)
    }

    /// The names under which people know the models.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::open(&self.root.join("models"))
    }

    /// Scores of one dataset by one model.
    #[must_use]
    pub fn scores(&self, dataset: &str, model_version: &str) -> PathBuf {
        self.root.join("scores").join(dataset).join(model_version)
    }

    /// Star indexes, with which people's pictures are placed on the sky.
    #[must_use]
    pub fn indexes(&self) -> PathBuf {
        self.root.join("indexes")
    }

    /// Imported cluster catalogues: `clusters.parquet` in it or in a folder of it.
    #[must_use]
    pub fn catalogues(&self) -> PathBuf {
        self.root.join("catalogues")
    }

    /// Previews of routed cutouts.
    #[must_use]
    pub fn images(&self) -> PathBuf {
        self.root.join("images")
    }

    /// The file of a preview with this digest, in the form whose names end so: `.webp`, `.small.webp` or
    /// `.jpg`.
    #[must_use]
    pub fn image(&self, digest: &Digest, form: &str) -> PathBuf {
        let name = digest.to_string();
        self.images().join(&name[..2]).join(format!("{name}{form}"))
    }

    /// What the steps of a round wrote.
    #[must_use]
    pub fn round(&self, project: &str, round: u32) -> PathBuf {
        self.root.join("rounds").join(project).join(format!("{round:03}"))
    }
}

/// Writes a file whole or not at all: to a temporary name beside it, synced, then renamed.
///
/// # Errors
/// When the disk refuses; the error names the path.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), CampaignError> {
    let fail = |source| CampaignError::File { path: path.into(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(fail)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = folder.join(name);
    let mut file = fs::File::create(&part).map_err(fail)?;
    std::io::Write::write_all(&mut file, bytes).map_err(fail)?;
    file.sync_all().map_err(fail)?;
    fs::rename(&part, path).map_err(fail)
}

/// Writes a value as indented JSON and returns the digest of the bytes.
///
/// # Errors
/// When the value has no JSON or the disk refuses.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<Digest, CampaignError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(CampaignError::Json)?;
    bytes.push(b'\n');
    write_atomically(path, &bytes)?;
    Ok(Digest::of(&bytes))
}

/// Reads a value that [`write_json`] wrote.
///
/// # Errors
/// When the file is missing or says something else; the error names the path.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, CampaignError> {
    let bytes = fs::read(path).map_err(|source| CampaignError::File { path: path.into(), source })?;
    serde_json::from_slice(&bytes).map_err(|source| CampaignError::Unreadable { path: path.into(), source })
}
