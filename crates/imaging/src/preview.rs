//! The bytes of a picture sent to a browser: without a word of metadata, and as long as many others, so
//! that nothing beside the pixels can tell a mock from the sky.

use image::{
    ExtendedColorType,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
        webp::WebPEncoder,
    },
};

use crate::Rgb8;

/// The picture cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// Bytes and size disagree, or the size is beyond what the format can hold.
    #[error("a picture of {width}×{height} with {bytes} bytes cannot be written as {format}")]
    Shape {
        /// The format.
        format: &'static str,
        /// Pixels along x.
        width: usize,
        /// Pixels along y.
        height: usize,
        /// Bytes present.
        bytes: usize,
    },
}

/// PNG with the chunks IHDR, IDAT and IEND only.
///
/// # Errors
/// When the bytes do not fit the size.
pub fn png(picture: &Rgb8) -> Result<Vec<u8>, PreviewError> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    write(encoder, picture, "PNG")?;
    Ok(bytes)
}

/// Lossless WebP with the single chunk VP8L.
///
/// # Errors
/// When the bytes do not fit the size, or a side is above 16,383 pixels.
pub fn webp(picture: &Rgb8) -> Result<Vec<u8>, PreviewError> {
    let mut bytes = Vec::new();
    write(WebPEncoder::new_lossless(&mut bytes), picture, "WebP")?;
    Ok(bytes)
}

/// JPEG.
///
/// # Errors
/// When the bytes do not fit the size, or a side is above 65,535 pixels.
pub fn jpeg(picture: &Rgb8, quality: u8) -> Result<Vec<u8>, PreviewError> {
    let mut bytes = Vec::new();
    write(JpegEncoder::new_with_quality(&mut bytes, quality), picture, "JPEG")?;
    Ok(bytes)
}

/// No picture is shorter: a thumbnail of an empty field is as long as one of a crowded field.
const LEAST: usize = 1 << 14;

/// The shortest of the few lengths that a file of `length` bytes may have: a power of two.
#[must_use]
pub fn size_class(length: usize) -> usize {
    length.next_power_of_two().max(LEAST)
}

/// A WebP filled up to its size class by a chunk that decoders pass over.
#[must_use]
pub fn padded_webp(mut bytes: Vec<u8>) -> Vec<u8> {
    const HEAD: usize = 8;
    let full = size_class(bytes.len() + HEAD);
    let padding = full - bytes.len() - HEAD;
    bytes.extend(b"FILL");
    bytes.extend((padding as u32).to_le_bytes());
    bytes.resize(full, 0);
    bytes[4..8].copy_from_slice(&((full - 8) as u32).to_le_bytes());
    bytes
}

/// A JPEG filled up to its size class by comments behind its first marker.
#[must_use]
pub fn padded_jpeg(bytes: &[u8]) -> Vec<u8> {
    const MARKER: usize = 2;
    /// Marker and length of a comment.
    const HEAD: usize = 4;
    const LONGEST: usize = 65_533;
    let full = size_class(bytes.len() + HEAD);
    let mut left = full - bytes.len();
    let mut padded = Vec::with_capacity(full);
    padded.extend(&bytes[..MARKER]);
    while left > 0 {
        // A rest too short for a comment of its own is left to the last but one.
        let rest = left - HEAD;
        let text = if rest > LONGEST { LONGEST.min(rest - HEAD) } else { rest };
        padded.extend([0xff, 0xfe]);
        padded.extend((text as u16 + 2).to_be_bytes());
        padded.resize(padded.len() + text, 0);
        left -= HEAD + text;
    }
    padded.extend(&bytes[MARKER..]);
    padded
}

fn write(
    encoder: impl image::ImageEncoder,
    picture: &Rgb8,
    format: &'static str,
) -> Result<(), PreviewError> {
    let (width, height) = (picture.width, picture.height);
    let wrong = || PreviewError::Shape { format, width, height, bytes: picture.data.len() };
    let fits = width.checked_mul(height).and_then(|n| n.checked_mul(3)) == Some(picture.data.len());
    let limit = match format {
        "WebP" => 16_383,
        "JPEG" => 65_535,
        _ => 1 << 24,
    };
    if !fits || !(1..=limit).contains(&width) || !(1..=limit).contains(&height) {
        return Err(wrong());
    }
    encoder
        .write_image(&picture.data, width as u32, height as u32, ExtendedColorType::Rgb8)
        .map_err(|_| wrong())
}
