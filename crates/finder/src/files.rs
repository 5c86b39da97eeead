//! Writing files so that a reader sees the old bytes or the new ones, never half.

use std::{
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use domain::Digest;
use sha2::{Digest as _, Sha256};

use crate::FinderError;

/// The temporary name beside `path`; the same every time, so that a killed writer leaves one
/// file at most, which the next one replaces.
pub(crate) fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().map(|name| name.to_os_string()).unwrap_or_default();
    name.push(".part");
    path.with_file_name(name)
}

/// Writes `bytes` under a temporary name, makes them durable and renames.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), FinderError> {
    let part = temporary(path);
    let mut file = fs::File::create(&part).map_err(FinderError::io("create", &part))?;
    file.write_all(bytes).map_err(FinderError::io("write", &part))?;
    file.sync_all().map_err(FinderError::io("write", &part))?;
    fs::rename(&part, path).map_err(FinderError::io("rename to", path))
}

/// Writes a value as indented JSON with a final newline.
pub(crate) fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<Vec<u8>, FinderError> {
    let bytes = json(value).map_err(|problem| FinderError::malformed(path, problem))?;
    write(path, &bytes)?;
    Ok(bytes)
}

/// The bytes [`write_json`] writes.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The bytes of a file that belongs to a finished model; [`FinderError::MissingFile`] without it.
pub(crate) fn read_required(path: &Path) -> Result<Vec<u8>, FinderError> {
    fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => FinderError::MissingFile { path: path.to_owned() },
        _ => FinderError::Io { action: "read", path: path.to_owned(), source },
    })
}

/// The digest of a file's bytes, read in pieces.
pub(crate) fn digest(path: &Path) -> Result<Digest, FinderError> {
    let mut file = fs::File::open(path).map_err(FinderError::io("open", path))?;
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut piece).map_err(FinderError::io("read", path))? {
            0 => return Ok(Digest(hasher.finalize().into())),
            read => hasher.update(&piece[..read]),
        }
    }
}

/// Creates the folder and its parents.
pub(crate) fn create_dir(path: &Path) -> Result<(), FinderError> {
    fs::create_dir_all(path).map_err(FinderError::io("create folder", path))
}
