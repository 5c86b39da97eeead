//! Files mapped into memory. The only unsafe code of the crate.

use std::{fs::File, io, ops::Deref, path::Path};

/// The bytes of a file, read from it as they are looked at.
///
/// If somebody shortens the file in the meantime, looking at what is gone ends the program (SIGBUS).
/// Writers that put a new file under the old name, as ours do, are no danger: what was mapped stays
/// what it was.
#[derive(Debug)]
pub struct Mapped(Option<memmap2::Mmap>);

impl Mapped {
    /// Maps a file.
    ///
    /// # Errors
    /// When it cannot be opened, or is a folder or a device.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"));
        }
        if about.len() == 0 {
            // No bytes cannot be mapped.
            return Ok(Self(None));
        }
        // SAFETY: the map is read-only and private to this value. Rust takes the bytes for unchanging; a
        // program that writes into the file could change them under our eyes. All readers here treat
        // what they see as untrusted and check every number where they use it, so that changed bytes
        // are at worst a wrong answer; bytes cut off end the program, as said above.
        #[expect(unsafe_code, reason = "mapping a file is unsafe by nature; the reasons are above")]
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Ok(Self(Some(map)))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}
