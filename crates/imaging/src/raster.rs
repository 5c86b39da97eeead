//! Pictures in everyday formats (PNG, JPEG, WebP) as input: a size check
//! before a single pixel is unpacked, and the way back to planes.
//! Such planes have lost the flux scale; see [`to_cube`].

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat,
    codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
};

use crate::{Band, Crop, CropError, Cube, CubeError, Rgb8};

/// What a picture may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels along a side.
    pub max_side: u32,
    /// Most pixels in all.
    pub max_pixels: u64,
    /// Most bytes the decoder may use.
    pub max_bytes: u64,
}

impl Default for Limits {
    /// 8,192 pixels a side, 33 million pixels, 256 MiB.
    fn default() -> Self {
        Self { max_side: 8192, max_pixels: 1 << 25, max_bytes: 1 << 28 }
    }
}

/// The bytes are no picture we can take.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RasterError {
    /// Unknown first bytes.
    #[error("not a PNG, JPEG or WebP picture (judged by its first bytes); convert it to PNG")]
    UnknownFormat,
    /// More pixels than allowed; nothing was unpacked.
    #[error(
        "the {format} header announces {width}×{height} pixels ({bytes} bytes unpacked), more than the limit of \
         {} pixels a side, {} in all and {} bytes; cut or shrink the picture first",
        limits.max_side, limits.max_pixels, limits.max_bytes
    )]
    TooLarge {
        /// The format.
        format: &'static str,
        /// Announced pixels along x.
        width: u32,
        /// Announced pixels along y.
        height: u32,
        /// Bytes when unpacked.
        bytes: u64,
        /// The limits it breaks.
        limits: Limits,
    },
    /// Damaged or cut off.
    #[error("the {format} data is damaged or cut off ({reason}); fetch the file again")]
    Damaged {
        /// The format.
        format: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// The crop does not fit.
    #[error(transparent)]
    Crop(#[from] CropError),
    /// The planes do not fit together.
    #[error(transparent)]
    Cube(#[from] CubeError),
}

/// Unpacks a PNG, JPEG or WebP picture to 8-bit RGB. Grey becomes three equal channels, 16 bits
/// become 8, and a transparent pixel is shown on black. The first frame of an animation is taken.
///
/// # Errors
/// When the format is unknown, the header announces more than `limits`, or the data is damaged.
pub fn decode(bytes: &[u8], limits: Limits) -> Result<Rgb8, RasterError> {
    let name = match image::guess_format(bytes) {
        Ok(ImageFormat::Png) => "PNG",
        Ok(ImageFormat::Jpeg) => "JPEG",
        Ok(ImageFormat::WebP) => "WebP",
        _ => return Err(RasterError::UnknownFormat),
    };
    let damaged = |error: image::ImageError| RasterError::Damaged { format: name, reason: error.to_string() };
    let input = Cursor::new(bytes);
    match name {
        "PNG" => {
            let decoder = PngDecoder::with_limits(input, decoder_limits(limits)).map_err(damaged)?;
            unpack(decoder, name, limits)
        }
        "JPEG" => unpack(JpegDecoder::new(input).map_err(damaged)?, name, limits),
        _ => unpack(WebPDecoder::new(input).map_err(damaged)?, name, limits),
    }
}

fn decoder_limits(limits: Limits) -> image::Limits {
    let mut ours = image::Limits::default();
    ours.max_alloc = Some(limits.max_bytes);
    ours
}

fn unpack(mut decoder: impl ImageDecoder, format: &'static str, limits: Limits) -> Result<Rgb8, RasterError> {
    let (width, height) = decoder.dimensions();
    let bytes = decoder.total_bytes();
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > limits.max_side || pixels > limits.max_pixels || bytes > limits.max_bytes {
        return Err(RasterError::TooLarge { format, width, height, bytes, limits });
    }
    let damaged = |error: image::ImageError| RasterError::Damaged { format, reason: error.to_string() };
    decoder.set_limits(decoder_limits(limits)).map_err(damaged)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    let data = if picture.color().has_alpha() {
        let flat = |p: &image::Rgba<u8>| {
            let [r, g, b, a] = p.0.map(u32::from);
            [r, g, b].map(|value| ((value * a + 127) / 255) as u8)
        };
        picture.to_rgba8().pixels().flat_map(flat).collect()
    } else {
        picture.into_rgb8().into_raw()
    };
    Rgb8::new(width as usize, height as usize, data)
        .ok_or_else(|| RasterError::Damaged { format, reason: "it has no pixels".to_owned() })
}

/// Red, green, blue of a picture as planes z, r, g of a cube (north at the top is assumed), after
/// cropping. The values are 0 to 255 of an unknown stretch, not flux: good for a tile, which is
/// normalised by its own noise, not for photometry.
///
/// # Errors
/// When the crop does not fit.
pub fn to_cube(picture: &Rgb8, crop: Crop, pixel_scale_arcsec: Option<f64>) -> Result<Cube, RasterError> {
    let picture = picture.clone().cropped(crop)?;
    let (width, height) = (picture.width, picture.height);
    let mut data = Vec::with_capacity(width * height * 3);
    for channel in [2, 1, 0] {
        for row in picture.data.chunks_exact(width * 3).rev() {
            data.extend(row.chunks_exact(3).map(|pixel| f32::from(pixel[channel])));
        }
    }
    let mut cube = Cube::new(width, height, vec![Band::G, Band::R, Band::Z], data)?;
    cube.pixel_scale_arcsec = pixel_scale_arcsec;
    Ok(cube)
}
