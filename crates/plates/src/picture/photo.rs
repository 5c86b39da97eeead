//! PNG, JPEG and TIFF: limits first, then pixels.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder,
    codecs::{jpeg::JpegDecoder, png::PngDecoder, tiff::TiffDecoder},
};
use imaging::{Rgb8, raster::Limits};
use platesolve::extract::{Grey, Pixels};

use super::{Picture, PictureError, PictureFormat, exif, fits};

pub(super) fn read(
    bytes: &[u8],
    name: &str,
    format: PictureFormat,
    limits: Limits,
) -> Result<Picture, PictureError> {
    let damaged = |error: image::ImageError| damage(name, format, &error.to_string());
    let input = Cursor::new(bytes);
    match format {
        PictureFormat::Png => {
            let decoder = PngDecoder::with_limits(input, decoder_limits(limits)).map_err(damaged)?;
            unpack(decoder, name, format, limits)
        }
        PictureFormat::Tiff => unpack(TiffDecoder::new(input).map_err(damaged)?, name, format, limits),
        PictureFormat::Jpeg | PictureFormat::Fits => {
            unpack(JpegDecoder::new(input).map_err(damaged)?, name, format, limits)
        }
    }
}

fn damage(name: &str, format: PictureFormat, reason: &str) -> PictureError {
    PictureError::Damaged { name: name.to_owned(), format, reason: reason.to_owned() }
}

fn decoder_limits(limits: Limits) -> image::Limits {
    let mut ours = image::Limits::default();
    (ours.max_image_width, ours.max_image_height) = (Some(limits.max_side), Some(limits.max_side));
    ours.max_alloc = Some(limits.max_bytes);
    ours
}

fn unpack(
    mut decoder: impl ImageDecoder,
    name: &str,
    format: PictureFormat,
    limits: Limits,
) -> Result<Picture, PictureError> {
    let (width, height) = decoder.dimensions();
    let bytes = decoder.total_bytes();
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > limits.max_side || pixels > limits.max_pixels || bytes > limits.max_bytes {
        let (width, height) = (u64::from(width), u64::from(height));
        return Err(PictureError::TooLarge { name: name.to_owned(), format, width, height, bytes, limits });
    }
    let damaged = |error: image::ImageError| damage(name, format, &error.to_string());
    decoder.set_limits(decoder_limits(limits)).map_err(damaged)?;
    let date = decoder.exif_metadata().ok().flatten().and_then(|block| exif::date(&block));
    let picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    let (width, height) = (picture.width(), picture.height());
    let empty = || damage(name, format, "it has no pixels");
    let grey = Grey::new(width, height, grey_of(&picture)).ok_or_else(empty)?;
    let colours = match &picture {
        DynamicImage::ImageRgb32F(_) | DynamicImage::ImageRgba32F(_) => fits::stretched(&grey),
        _ => picture.into_rgb8().into_raw(),
    };
    let rgb = Rgb8::new(width as usize, height as usize, colours).ok_or_else(empty)?;
    Ok(Picture { grey, rgb, claimed: None, date, format })
}

/// Brightness at the depth of the file; transparency is passed over.
fn grey_of(picture: &DynamicImage) -> Pixels {
    match picture {
        DynamicImage::ImageLuma8(plane) => Pixels::U8(plane.as_raw().clone()),
        DynamicImage::ImageLumaA8(plane) => {
            Pixels::U8(plane.as_raw().chunks_exact(2).map(|p| p[0]).collect())
        }
        DynamicImage::ImageRgb8(plane) => Pixels::U8(weigh(plane.as_raw(), 3)),
        DynamicImage::ImageRgba8(plane) => Pixels::U8(weigh(plane.as_raw(), 4)),
        DynamicImage::ImageLuma16(plane) => Pixels::U16(plane.as_raw().clone()),
        DynamicImage::ImageLumaA16(plane) => {
            Pixels::U16(plane.as_raw().chunks_exact(2).map(|p| p[0]).collect())
        }
        DynamicImage::ImageRgb16(plane) => Pixels::U16(weigh_deep(plane.as_raw(), 3)),
        DynamicImage::ImageRgba16(plane) => Pixels::U16(weigh_deep(plane.as_raw(), 4)),
        DynamicImage::ImageRgb32F(plane) => Pixels::F32(weigh_real(plane.as_raw(), 3)),
        DynamicImage::ImageRgba32F(plane) => Pixels::F32(weigh_real(plane.as_raw(), 4)),
        other => Pixels::U8(other.to_luma8().into_raw()),
    }
}

/// Rec. 601: 0.299 R + 0.587 G + 0.114 B.
fn weigh(values: &[u8], channels: usize) -> Vec<u8> {
    let grey = |p: &[u8]| {
        let [r, g, b] = [p[0], p[1], p[2]].map(u32::from);
        ((77 * r + 150 * g + 29 * b + 128) >> 8) as u8
    };
    values.chunks_exact(channels).map(grey).collect()
}

fn weigh_deep(values: &[u16], channels: usize) -> Vec<u16> {
    let grey = |p: &[u16]| {
        let [r, g, b] = [p[0], p[1], p[2]].map(u32::from);
        ((77 * r + 150 * g + 29 * b + 128) >> 8) as u16
    };
    values.chunks_exact(channels).map(grey).collect()
}

fn weigh_real(values: &[f32], channels: usize) -> Vec<f32> {
    values.chunks_exact(channels).map(|p| 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]).collect()
}
