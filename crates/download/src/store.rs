//! Where a cutout's file goes, and how it gets there whole.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use domain::Digest;
use sha2::{Digest as _, Sha256};

use crate::{DownloadError, Entry};

/// Place of a cutout below the folder: `cutouts/<cell>/<id>.fits`.
pub(crate) fn place(entry: &Entry) -> PathBuf {
    let mut name = String::with_capacity(entry.id.len() + 5);
    for (at, byte) in entry.id.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"_+-".contains(&byte) || (byte == b'.' && at > 0);
        if plain {
            name.push(byte as char);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    name.push_str(".fits");
    Path::new("cutouts").join(format!("{:05}", entry.cell)).join(name)
}

/// Writes a file whole or not at all: beside its place, synced, renamed, the folder synced.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), DownloadError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(DownloadError::io("cannot create", folder))?;
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let write = || {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().map_err(DownloadError::io("cannot write", path))?;
    if let Ok(folder) = File::open(folder) {
        // Makes the new name durable; not every file system can.
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Renames a damaged file to `<name>.damaged`, over an earlier one.
pub(crate) fn set_aside(path: &Path) -> Result<(), DownloadError> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".damaged");
    fs::rename(path, &aside).map_err(DownloadError::io("cannot rename", path))
}

/// SHA-256 of a file, read in pieces.
pub(crate) fn digest(path: &Path) -> std::io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(Digest(hasher.finalize().into())),
            length => hasher.update(&piece[..length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SkyCoord;

    #[test]
    fn every_id_makes_a_file_name_of_its_own() {
        let at = |id| place(&Entry::new(id, SkyCoord { ra_deg: 45.0, dec_deg: 0.5 }));
        assert_eq!(at("12345"), Path::new("cutouts/00000/12345.fits"));
        assert_eq!(at("../x;y"), Path::new("cutouts/00000/%2E.%2Fx%3By.fits"));
        assert_eq!(at("J0123+01.5"), Path::new("cutouts/00000/J0123+01.5.fits"));
        assert_ne!(at("a b"), at("a_b"));
    }
}
