//! Files that are either whole or absent: written beside their place, then
//! renamed, so that a killed program leaves no half file under a final name.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use crate::error::SimulateError;

/// A file on its way to `path`; shows nothing until [`WholeFile::commit`].
pub struct WholeFile {
    path: PathBuf,
    part: PathBuf,
    file: BufWriter<File>,
}

impl WholeFile {
    /// Opens `<path>.part`, over what an interrupted run may have left.
    pub fn create(path: &Path) -> Result<Self, SimulateError> {
        let part = part_of(path);
        let file = File::create(&part).map_err(SimulateError::io("cannot create", &part))?;
        Ok(Self { path: path.to_owned(), part, file: BufWriter::new(file) })
    }

    /// Syncs and renames.
    pub fn commit(mut self) -> Result<(), SimulateError> {
        self.file
            .flush()
            .and_then(|()| self.file.get_ref().sync_all())
            .and_then(|()| fs::rename(&self.part, &self.path))
            .map_err(SimulateError::io("cannot write", &self.path))
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file whole and makes it durable.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), SimulateError> {
    let mut file = WholeFile::create(path)?;
    file.write_all(bytes).map_err(SimulateError::io("cannot write", path))?;
    file.commit()
}

/// Writes a file whole without waiting for the disk: for the many images, which can be made again.
pub fn write_quickly(path: &Path, bytes: &[u8]) -> Result<(), SimulateError> {
    let part = part_of(path);
    fs::write(&part, bytes)
        .and_then(|()| fs::rename(&part, path))
        .map_err(SimulateError::io("cannot write", path))
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}
