//! The bytes of a picture sent to a browser: lossless and without a word of
//! metadata, so that nothing beside the pixels can tell a mock from the sky.

use image::{
    ExtendedColorType,
    codecs::{
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

fn write(
    encoder: impl image::ImageEncoder,
    picture: &Rgb8,
    format: &'static str,
) -> Result<(), PreviewError> {
    let (width, height) = (picture.width, picture.height);
    let wrong = || PreviewError::Shape { format, width, height, bytes: picture.data.len() };
    let fits = width.checked_mul(height).and_then(|n| n.checked_mul(3)) == Some(picture.data.len());
    let limit = if format == "WebP" { 16_383 } else { 1 << 24 };
    if !fits || !(1..=limit).contains(&width) || !(1..=limit).contains(&height) {
        return Err(wrong());
    }
    encoder
        .write_image(&picture.data, width as u32, height as u32, ExtendedColorType::Rgb8)
        .map_err(|_| wrong())
}
