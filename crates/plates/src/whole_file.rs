//! Files that are either whole or absent: written beside their place, synced, then
//! renamed. Who has the old file mapped keeps it.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

/// Writes a file whole.
///
/// # Errors
/// When it cannot be written; nothing is then under its name that was not there before.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = OsString::from(path);
    name.push(".part");
    let part = Path::new(&name);
    let written = File::create(part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(part, path)
    });
    if written.is_err() {
        // What is half done is of no use; that it cannot be removed is no news.
        let _ = fs::remove_file(part);
    }
    written
}
