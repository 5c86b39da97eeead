//! An image file as the solver wants it: a grey plane to find sources in, colours to draw on, and
//! what the file says about itself: coordinates and date. FITS, PNG, JPEG and TIFF.
//!
//! Pixels keep the places they have in the file: row 0 is the first row stored, an EXIF
//! orientation turns nothing. Positions are then those of every other program that reads the file.

mod date;
mod exif;
mod fits;
mod photo;

use image::ImageFormat;
use imaging::{Rgb8, TanSip, raster::Limits};
use platesolve::extract::Grey;

/// The format of an image file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// Flexible Image Transport System, compressed (`.fz`) or not.
    Fits,
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// Tagged Image File Format.
    Tiff,
}

impl PictureFormat {
    /// Its name as people say it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fits => "FITS",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
        }
    }

    /// Judged by the first bytes, never by the name.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"SIMPLE  =") {
            return Some(Self::Fits);
        }
        match image::guess_format(bytes).ok()? {
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Tiff => Some(Self::Tiff),
            _ => None,
        }
    }
}

/// An image, decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Brightness. Colours are weighed as the eye does (Rec. 601), the planes of a FITS cube equally.
    pub grey: Grey,
    /// To draw on; rows in the order of the file. FITS is stretched so that faint stars can be seen.
    pub rgb: Rgb8,
    /// Coordinates the file claims, pixels counted from 1; only FITS has them.
    pub claimed: Option<TanSip>,
    /// When it was taken, as a Julian year, where the file says so.
    pub date: Option<f64>,
    /// What it was.
    pub format: PictureFormat,
}

impl Picture {
    /// Whether row 0 is meant to be seen at the bottom.
    #[must_use]
    pub fn is_bottom_up(&self) -> bool {
        self.format == PictureFormat::Fits
    }

    /// What an image may cost when nothing else is said: 32,768 pixels a side, 2²⁶ (67 million) in
    /// all, 1 GiB unpacked.
    #[must_use]
    pub const fn usual_limits() -> Limits {
        Limits { max_side: 1 << 15, max_pixels: 1 << 26, max_bytes: 1 << 30 }
    }

    /// Decodes a file's bytes within the usual limits; `name` is for error messages.
    ///
    /// # Errors
    /// When the format is unknown, the header announces more than the limits, or data are damaged.
    pub fn read(bytes: &[u8], name: &str) -> Result<Self, PictureError> {
        Self::read_within(bytes, name, Self::usual_limits())
    }

    /// The same within limits of the caller's. They are asked before any pixel is unpacked.
    ///
    /// # Errors
    /// As [`Picture::read`].
    pub fn read_within(bytes: &[u8], name: &str, limits: Limits) -> Result<Self, PictureError> {
        let format =
            PictureFormat::of(bytes).ok_or_else(|| PictureError::UnknownFormat { name: name.to_owned() })?;
        match format {
            PictureFormat::Fits => fits::read(bytes, name, limits),
            PictureFormat::Png | PictureFormat::Jpeg | PictureFormat::Tiff => {
                photo::read(bytes, name, format, limits)
            }
        }
    }
}

/// The bytes are no image we can take.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PictureError {
    /// Unknown first bytes.
    #[error(
        "{name}: not a FITS, PNG, JPEG or TIFF image (judged by its first bytes); convert it to one of these"
    )]
    UnknownFormat {
        /// The file.
        name: String,
    },
    /// More pixels than allowed; nothing was unpacked.
    #[error(
        "{name}: the {} header announces {width}×{height} pixels ({bytes} bytes unpacked), more than the limit of \
         {} pixels a side, {} in all and {} bytes; cut or shrink the image first",
        format.name(), limits.max_side, limits.max_pixels, limits.max_bytes
    )]
    TooLarge {
        /// The file.
        name: String,
        /// Its format.
        format: PictureFormat,
        /// Announced pixels in a row.
        width: u64,
        /// Announced rows.
        height: u64,
        /// Bytes when unpacked.
        bytes: u64,
        /// The limits it breaks.
        limits: Limits,
    },
    /// Damaged or cut off.
    #[error("{name}: the {} data are damaged, cut off or of a kind we cannot read ({reason}); fetch the file again, \
             or convert it", format.name())]
    Damaged {
        /// The file.
        name: String,
        /// Its format.
        format: PictureFormat,
        /// What the decoder said.
        reason: String,
    },
    /// A FITS file that is wrong or has no image.
    #[error("{name}: {source}")]
    Fits {
        /// The file.
        name: String,
        /// What is wrong.
        source: imaging::fits::FitsError,
    },
}
