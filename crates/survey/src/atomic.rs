//! Files that are either whole or absent: written beside their place, synced,
//! then renamed, so that `kill -9` leaves no half file under a final name.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use domain::Digest;
use sha2::{Digest as _, Sha256};

use crate::SurveyError;

/// A file on its way to `path`; counts nothing and shows nothing until [`NewFile::commit`].
pub(crate) struct NewFile {
    path: PathBuf,
    part: PathBuf,
    file: BufWriter<File>,
    hasher: Sha256,
}

impl NewFile {
    /// Opens `<path>.part`, over what an earlier, interrupted run may have left.
    pub(crate) fn create(path: &Path) -> Result<Self, SurveyError> {
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        let part = PathBuf::from(name);
        let file = File::create(&part).map_err(SurveyError::io("cannot create", &part))?;
        Ok(Self { path: path.to_owned(), part, file: BufWriter::new(file), hasher: Sha256::new() })
    }

    /// Syncs, renames, and gives the digest of what was written.
    pub(crate) fn commit(mut self) -> Result<Digest, SurveyError> {
        self.file.flush().map_err(SurveyError::io("cannot write", &self.part))?;
        self.file.get_ref().sync_all().map_err(SurveyError::io("cannot sync", &self.part))?;
        fs::rename(&self.part, &self.path).map_err(SurveyError::io("cannot rename to", &self.path))?;
        if let Some(folder) = self.path.parent().and_then(|folder| File::open(folder).ok()) {
            // Makes the new name durable; not every file system can, and none needs the answer.
            let _ = folder.sync_all();
        }
        Ok(Digest(self.hasher.finalize().into()))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Writes a small file whole.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<Digest, SurveyError> {
    let mut file = NewFile::create(path)?;
    file.write_all(bytes).map_err(SurveyError::io("cannot write", path))?;
    file.commit()
}

/// SHA-256 of a file, read in pieces.
pub(crate) fn digest_of(path: &Path) -> Result<Digest, SurveyError> {
    let mut file = File::open(path).map_err(SurveyError::io("cannot open", path))?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match std::io::Read::read(&mut file, &mut piece) {
            Ok(0) => return Ok(Digest(hasher.finalize().into())),
            Ok(n) => hasher.update(&piece[..n]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(SurveyError::io("cannot read", path)(error)),
        }
    }
}
