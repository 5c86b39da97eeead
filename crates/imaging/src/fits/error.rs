//! What can be wrong with a FITS file, said so that a person can repair it.

use crate::CubeError;

/// A cube needs its bands named; a deep stack is many images of one band.
fn bands_remedy(planes: usize) -> &'static str {
    if planes <= 9 {
        "say which, such as `grz`, in plane order"
    } else {
        "if it is a stack of many images, name one in a catalogue by its `plane` and `bands` \
         (path `g.fits;r.fits;z.fits` joins stacks of one band each)"
    }
}

/// A FITS file cannot be read or written. HDUs count from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitsError {
    /// The first bytes are something else.
    #[error("not a FITS file: it begins with {begins:?} instead of \"SIMPLE  =\"; {remedy}")]
    NotFits {
        /// Its first bytes, printable ones only.
        begins: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The file is shorter than its headers say.
    #[error("HDU {hdu} ends at byte {needed}, the file at byte {found}: it is cut off; fetch it again")]
    Truncated {
        /// The HDU.
        hdu: usize,
        /// Bytes needed.
        needed: u64,
        /// Bytes present.
        found: u64,
    },
    /// A header has no END within the file.
    #[error(
        "the header of HDU {hdu} has no END card before the file ends at byte {found}: it is cut off; fetch it again"
    )]
    NoEnd {
        /// The HDU.
        hdu: usize,
        /// Bytes present.
        found: u64,
    },
    /// A keyword is absent or wrong.
    #[error("HDU {hdu}: keyword {keyword} {reason}")]
    Keyword {
        /// The HDU.
        hdu: usize,
        /// The keyword.
        keyword: String,
        /// What is wrong and what it should be.
        reason: String,
    },
    /// No image in the file.
    #[error(
        "none of the {hdus} HDUs holds a science image; masks and weights do not count; if there should be more HDUs, the file is cut off"
    )]
    NoImage {
        /// HDUs in the file.
        hdus: usize,
    },
    /// No table in the file.
    #[error("none of the {hdus} HDUs holds a binary table; check that this is the right file")]
    NoTable {
        /// HDUs in the file.
        hdus: usize,
    },
    /// Not width × height, or width × height × bands.
    #[error(
        "HDU {hdu} has shape {shape}, an image needs width × height or width × height × bands; cut out the part you need"
    )]
    Shape {
        /// The HDU.
        hdu: usize,
        /// Axis lengths, NAXIS1 first.
        shape: String,
    },
    /// More pixels than a cutout may have.
    #[error("HDU {hdu} announces {pixels} pixels, the limit is {limit}; cut out the part you need")]
    TooLarge {
        /// The HDU.
        hdu: usize,
        /// Pixels announced.
        pixels: String,
        /// Most pixels taken.
        limit: u64,
    },
    /// Nobody says which bands the planes are.
    #[error("HDU {hdu} has {planes} planes and its header names no band (BANDS, BANDn, FILTER); {}", bands_remedy(*planes))]
    BandsUnknown {
        /// The HDU.
        hdu: usize,
        /// Planes.
        planes: usize,
    },
    /// Header and caller contradict each other.
    #[error("HDU {hdu} says its bands are {stated}, you say {given}; leave the bands out or correct them")]
    BandsDisagree {
        /// The HDU.
        hdu: usize,
        /// Bands in the header.
        stated: String,
        /// Bands given.
        given: String,
    },
    /// As many bands as planes are needed.
    #[error(
        "HDU {hdu} has {planes} planes, but bands {bands} name {}; if it is a stack of many images, name one of them by its `plane` in a catalogue",
        bands.len()
    )]
    BandCount {
        /// The HDU.
        hdu: usize,
        /// Bands known.
        bands: String,
        /// Planes present.
        planes: usize,
    },
    /// Two HDUs of one band.
    #[error("HDU {hdu} is a second image of band {band}; keep one image per band in a file")]
    BandTwice {
        /// The HDU.
        hdu: usize,
        /// The band.
        band: String,
    },
    /// No such plane.
    #[error("HDU {hdu} has no plane {plane}; it has {planes}, counted from 0")]
    NoPlane {
        /// The HDU.
        hdu: usize,
        /// The plane asked for.
        plane: usize,
        /// Planes present.
        planes: usize,
    },
    /// A way of compressing we do not take.
    #[error("HDU {hdu} is compressed with {method}; unpack it first with funpack")]
    Compression {
        /// The HDU.
        hdu: usize,
        /// What the header says.
        method: String,
    },
    /// The pixels cannot be unpacked.
    #[error("the pixels of HDU {hdu} are damaged: {reason}; fetch the file again")]
    Decoder {
        /// The HDU.
        hdu: usize,
        /// What the decoder said.
        reason: String,
    },
    /// The parts do not make a cube.
    #[error(transparent)]
    Cube(#[from] CubeError),
    /// The cube cannot be written.
    #[error("the image cannot be written as FITS: {0}")]
    Encoder(String),
}
