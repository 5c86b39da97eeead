//! Index files: our own layout and astrometry.net's, read from bytes (borrowed
//! where they lie aligned) and written to bytes. Every size is checked before
//! anything is believed; numbers of stars in quads are the reader's to check.

mod astrometry;
mod bytes;
mod cards;
mod check;
mod error;
mod native;

pub use check::check;
pub use error::LayoutError;

use crate::index::Index;

/// How an index lies in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Ours: aligned little-endian sections with checksums (`.sqx`).
    Native,
    /// astrometry.net's: FITS tables.
    Fits,
}

impl Layout {
    /// The layout of a file, by its first bytes.
    ///
    /// # Errors
    /// When it is neither.
    pub fn of(bytes: &[u8]) -> Result<Self, LayoutError> {
        if bytes.starts_with(native::MAGIC) {
            Ok(Self::Native)
        } else if bytes.starts_with(b"SIMPLE  =") {
            Ok(Self::Fits)
        } else {
            let printable = |&b: &u8| if b.is_ascii_graphic() { b as char } else { '.' };
            Err(LayoutError::Unknown { begins: bytes.iter().take(16).map(printable).collect() })
        }
    }

    /// The usual ending of such a file's name.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Native => "sqx",
            Self::Fits => "fits",
        }
    }
}

/// Reads an index of either layout. Arrays are borrowed where they are aligned and of this machine's byte
/// order; bytes from a mapped file always are, on a little-endian machine.
///
/// # Errors
/// When the bytes are no index, are cut off, or contradict themselves.
pub fn read(bytes: &[u8]) -> Result<Index<'_>, LayoutError> {
    let index = match Layout::of(bytes)? {
        Layout::Native => native::read(bytes)?,
        Layout::Fits => astrometry::read(bytes)?,
    };
    check::shape(&index)?;
    Ok(index)
}

/// Writes an index.
#[must_use]
pub fn write(index: &Index<'_>, layout: Layout) -> Vec<u8> {
    match layout {
        Layout::Native => native::write(index),
        Layout::Fits => astrometry::write(index),
    }
}

/// Compares the checksums of a file with its bytes; FITS files have none.
///
/// # Errors
/// When one does not agree, or the file cannot be read at all.
pub fn verify_checksums(bytes: &[u8]) -> Result<(), LayoutError> {
    match Layout::of(bytes)? {
        Layout::Native => native::verify(bytes),
        Layout::Fits => Ok(()),
    }
}
