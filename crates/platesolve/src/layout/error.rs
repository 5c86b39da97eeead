//! What can be wrong with an index file.

/// Bytes are no index that can be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayoutError {
    /// Neither layout.
    #[error(
        "not an index file: it begins with {begins:?}; an index is a .sqx file or an astrometry.net FITS file"
    )]
    Unknown {
        /// Its first bytes, printable ones only.
        begins: String,
    },
    /// A newer layout than ours.
    #[error("written in version {found} of the layout, this program reads {known}; take a newer program")]
    Version {
        /// Version of the file.
        found: u32,
        /// Version that is read.
        known: u32,
    },
    /// The file ends too early.
    #[error("{what} ends at byte {needed}, the file at byte {found}: it is cut off; fetch or build it again")]
    Truncated {
        /// Which part.
        what: String,
        /// Where the part ends.
        needed: u64,
        /// Where the file ends.
        found: u64,
    },
    /// A part is not there.
    #[error("it has no {0}; perhaps it is no index but another FITS file, else fetch or build it again")]
    Missing(String),
    /// A number that cannot be, or two that contradict each other.
    #[error("{what} is {found}, it should be {expected}; the file is damaged, fetch or build it again")]
    Wrong {
        /// Which number.
        what: String,
        /// What it is.
        found: String,
        /// What it could be.
        expected: String,
    },
    /// Bytes have changed.
    #[error("the checksum of {0} does not agree: the file is damaged; fetch or build it again")]
    Checksum(String),
}

impl LayoutError {
    pub(super) fn wrong(what: impl Into<String>, found: impl ToString, expected: impl Into<String>) -> Self {
        Self::Wrong { what: what.into(), found: found.to_string(), expected: expected.into() }
    }
}
