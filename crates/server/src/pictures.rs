//! Pictures that leads upload: decoded within limits, turned upright, made smaller, and encoded anew.
//! What is kept is pixels of ours, never bytes of somebody else's.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use axum::body::Bytes;
use domain::Digest;
use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, webp::WebPEncoder},
    imageops::FilterType,
};
use tokio::sync::Semaphore;

use crate::problem::{Problem, ProblemCode};

/// Folder beside the previews.
const FOLDER: &str = "uploads";
const LONGEST_SIDE: u32 = 1600;
/// Of the original, on a side and in all.
const MOST_SIDE: u32 = 12_000;
const MOST_PIXELS: u64 = 40_000_000;
const MOST_MEMORY: u64 = 400 * 1024 * 1024;
/// Lossless up to here; photographs become JPEG.
const LARGEST_LOSSLESS: usize = 400_000;
const JPEG_QUALITY: u8 = 86;

/// One at a time: decoding takes much memory.
static TURN: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// A picture that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// `<sha256>.webp` or `<sha256>.jpg`.
    pub name: String,
    pub width: u32,
    pub height: u32,
}

/// The name of a picture, taken apart. Paths are built from the parsed digest: no other file can be
/// reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    digest: Digest,
    is_jpeg: bool,
}

impl Kept {
    pub fn parse(name: &str) -> Option<Self> {
        let (hex, is_jpeg) = match name.strip_suffix(".jpg") {
            Some(hex) => (hex, true),
            None => (name.strip_suffix(".webp")?, false),
        };
        Some(Self { digest: hex.parse().ok()?, is_jpeg })
    }

    pub fn name(&self) -> String {
        format!("{}.{}", self.digest, if self.is_jpeg { "jpg" } else { "webp" })
    }

    pub fn path(&self, images: &Path) -> PathBuf {
        let name = self.name();
        images.join(FOLDER).join(&name[..2]).join(name)
    }

    pub const fn media_type(&self) -> &'static str {
        if self.is_jpeg { "image/jpeg" } else { "image/webp" }
    }
}

/// Keeps an upload; the same pixels always get the same name.
pub(crate) async fn keep(images: &Path, bytes: Bytes, media_type: &str) -> Result<Picture, Problem> {
    let format = match media_type {
        "image/jpeg" => ImageFormat::Jpeg,
        "image/png" => ImageFormat::Png,
        "image/webp" => ImageFormat::WebP,
        _ => {
            let detail = "Send a JPEG, PNG or WebP picture with its media type.";
            return Err(Problem::new(ProblemCode::UnsupportedMediaType, detail));
        }
    };
    let _turn = TURN.acquire().await.map_err(Problem::internal)?;
    let images = images.to_owned();
    tokio::task::spawn_blocking(move || keep_now(&images, &bytes, format)).await.map_err(Problem::internal)?
}

fn keep_now(images: &Path, bytes: &[u8], format: ImageFormat) -> Result<Picture, Problem> {
    let picture = decode(bytes, format)?;
    let picture = if picture.width().max(picture.height()) > LONGEST_SIDE {
        picture.resize(LONGEST_SIDE, LONGEST_SIDE, FilterType::CatmullRom)
    } else {
        picture
    };
    let (encoded, is_jpeg) = encode(&picture, format == ImageFormat::Jpeg)?;
    let kept = Kept { digest: Digest::of(&encoded), is_jpeg };
    let path = kept.path(images);
    write(&path, &encoded).map_err(|error| Problem::internal(format!("{}: {error}", path.display())))?;
    Ok(Picture { name: kept.name(), width: picture.width(), height: picture.height() })
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, Problem> {
    let wrong = |error: &dyn std::fmt::Display| {
        Problem::field("(body)", format!("This is no picture that can be read: {error}."))
    };
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MOST_SIDE), Some(MOST_SIDE));
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| wrong(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Problem::field("(body)", "A picture has at most 40 million pixels; make it smaller."));
    }
    let orientation = decoder.orientation().map_err(|error| wrong(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| wrong(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Lossless WebP for drawings, JPEG for photographs and whatever is large otherwise.
fn encode(picture: &DynamicImage, is_photograph: bool) -> Result<(Vec<u8>, bool), Problem> {
    let failed = |error: image::ImageError| Problem::internal(error.to_string());
    if !is_photograph {
        let mut lossless = Vec::new();
        let pixels = DynamicImage::ImageRgba8(picture.to_rgba8());
        pixels.write_with_encoder(WebPEncoder::new_lossless(&mut lossless)).map_err(failed)?;
        if lossless.len() <= LARGEST_LOSSLESS {
            return Ok((lossless, false));
        }
    }
    let mut small = Vec::new();
    JpegEncoder::new_with_quality(&mut small, JPEG_QUALITY)
        .encode_image(&on_white(picture))
        .map_err(failed)?;
    Ok((small, true))
}

/// JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [r, g, b, alpha] = pixels.get_pixel(x, y).0.map(u16::from);
        Rgb([r, g, b].map(|c| ((c * alpha + 255 * (255 - alpha) + 127) / 255) as u8))
    })
}

/// Whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("part");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("encoded");
        bytes.into_inner()
    }

    fn gradient(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, 7])).into()
    }

    #[test]
    fn a_large_picture_becomes_smaller_and_keeps_its_shape() {
        let folder = tempfile::tempdir().expect("a folder");
        let bytes = encoded(&gradient(2000, 500), ImageFormat::Jpeg);
        let picture = keep_now(folder.path(), &bytes, ImageFormat::Jpeg).expect("kept");
        assert_eq!((picture.width, picture.height), (1600, 400));
        let kept = Kept::parse(&picture.name).expect("a name");
        assert_eq!((kept.media_type(), kept.name()), ("image/jpeg", picture.name.clone()));
        assert!(image::open(kept.path(folder.path())).is_ok());
        assert_eq!(keep_now(folder.path(), &bytes, ImageFormat::Jpeg).expect("again"), picture);
    }

    #[test]
    fn a_drawing_keeps_every_pixel_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let drawing = gradient(60, 40);
        let mut bytes = encoded(&drawing, ImageFormat::Png);
        // Behind the end of a PNG anything may hide.
        bytes.extend_from_slice(b"<script>alert(1)</script>");
        let picture = keep_now(folder.path(), &bytes, ImageFormat::Png).expect("kept");
        let path = Kept::parse(&picture.name).expect("a name").path(folder.path());
        let kept = std::fs::read(&path).expect("a file");
        assert!(!String::from_utf8_lossy(&kept).contains("script"));
        assert_eq!(image::load_from_memory(&kept).expect("a picture").to_rgb8(), drawing.to_rgb8());
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
        let jpeg = encoded(&gradient(8, 8), ImageFormat::Jpeg);
        for (bytes, format) in [
            (svg.as_slice(), ImageFormat::Png),
            (b"".as_slice(), ImageFormat::WebP),
            (&jpeg[..jpeg.len() / 2], ImageFormat::Png),
        ] {
            let refused = keep_now(folder.path(), bytes, format).expect_err("no picture");
            assert_eq!(refused.code, ProblemCode::InvalidField);
        }
    }

    #[test]
    fn a_picture_too_large_to_decode_is_refused_by_its_head() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut bytes = encoded(&gradient(8, 8), ImageFormat::Png);
        // Width and height of the head; its checksum is made right again.
        bytes[16..24].copy_from_slice(&[0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]);
        let checksum = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
        let refused = keep_now(folder.path(), &bytes, ImageFormat::Png).expect_err("100 million pixels");
        assert!(refused.detail.contains("40 million"), "{}", refused.detail);
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let step = |crc: u32, byte: &u8| {
            (0..8)
                .fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
        };
        !bytes.iter().fold(!0, step)
    }

    #[test]
    fn names_reach_no_other_file() {
        let hex = "ab".repeat(32);
        assert!(Kept::parse(&format!("{hex}.jpg")).is_some());
        for wrong in ["../../server.seed", "..", &format!("{hex}.png"), &format!("{hex}/x.jpg"), ""] {
            assert_eq!(Kept::parse(wrong), None);
        }
    }
}
