//! Where the HDUs of a file begin and end, and what shape their images have:
//! every number a decoder will trust is checked here first.

use super::{FitsError, header::Header};

/// FITS comes in blocks of this many bytes.
const BLOCK: usize = 2880;
/// Most pixels of one HDU: a whole survey brick in five bands.
const MAX_PIXELS: u64 = 1 << 26;
/// Longest gzip tile; deflate unpacks at most a thousand times that.
const MAX_GZIP_TILE: u64 = 1 << 20;

/// Ways of compressing that we take for images of the sky.
const SCIENCE_METHODS: [&str; 5] = ["RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2", "NOCOMPRESS"];
/// The same with what surveys use for masks.
const ALL_METHODS: [&str; 6] = ["RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2", "NOCOMPRESS", "HCOMPRESS_1"];

/// One header and its data.
#[derive(Debug)]
pub(super) struct Hdu {
    pub index: usize,
    pub header: Header,
    pub header_start: usize,
    pub data_start: usize,
    /// `None` for tables and empty HDUs.
    pub image: Option<Image>,
}

/// The shape of an image HDU, compressed or not.
#[derive(Debug, Clone)]
pub(super) struct Image {
    pub width: usize,
    pub height: usize,
    pub planes: usize,
    axes: Vec<u64>,
}

impl Image {
    fn new(axes: Vec<u64>) -> Self {
        let side = |axis: usize| axes.get(axis).map_or(0, |&n| usize::try_from(n).unwrap_or(usize::MAX));
        // Axes of length 1 beyond the second are decoration.
        let deep: Vec<u64> = axes.iter().skip(2).copied().filter(|&n| n != 1).collect();
        let planes = match deep.as_slice() {
            [] => 1,
            [n] => usize::try_from(*n).unwrap_or(usize::MAX),
            _ => 0,
        };
        Self { width: side(0), height: side(1), planes, axes }
    }

    /// Whether the shape is one we take. Only asked of HDUs that are read.
    pub(super) fn check(&self, hdu: usize) -> Result<(), FitsError> {
        if self.axes.len() < 2 || self.axes.contains(&0) || self.planes == 0 {
            return Err(FitsError::Shape { hdu, shape: shape(&self.axes) });
        }
        match self.axes.iter().try_fold(1_u64, |product, &n| product.checked_mul(n)) {
            Some(pixels) if pixels <= MAX_PIXELS => Ok(()),
            _ => Err(FitsError::TooLarge { hdu, pixels: shape(&self.axes), limit: MAX_PIXELS }),
        }
    }
}

fn shape(axes: &[u64]) -> String {
    axes.iter().map(u64::to_string).collect::<Vec<_>>().join("×")
}

/// Finds every HDU; the file must hold all the bytes its headers announce (but for final padding).
pub(super) fn scan(bytes: &[u8]) -> Result<Vec<Hdu>, FitsError> {
    scan_with(bytes, image_of)
}

/// The same without a look at how images are packed; [`check_auxiliary`] has to be asked before one
/// is unpacked.
pub(super) fn scan_shapes(bytes: &[u8]) -> Result<Vec<Hdu>, FitsError> {
    scan_with(bytes, |hdu, _| shape_of(hdu))
}

fn scan_with(
    bytes: &[u8],
    image_of: fn(&Hdu, &[u8]) -> Result<Option<Image>, FitsError>,
) -> Result<Vec<Hdu>, FitsError> {
    check_magic(bytes)?;
    let mut hdus = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let rest = &bytes[start..];
        let index = hdus.len();
        // After the last HDU, padding or special records may follow.
        if index > 0 && !rest.starts_with(b"XTENSION") {
            break;
        }
        let (header, cards) =
            Header::parse(rest).ok_or(FitsError::NoEnd { hdu: index, found: bytes.len() as u64 })?;
        let data_start = start + (cards * 80).next_multiple_of(BLOCK);
        let hdu = Hdu { index, header_start: start, data_start, image: None, header };
        let data_len = data_length(&hdu)?;
        let needed = (data_start as u64).saturating_add(data_len);
        let found = bytes.len() as u64;
        if needed > found {
            return Err(FitsError::Truncated { hdu: index, needed, found });
        }
        let image = image_of(&hdu, bytes)?;
        hdus.push(Hdu { image, ..hdu });
        start = usize::try_from(needed).unwrap_or(usize::MAX).saturating_add(BLOCK - 1) / BLOCK * BLOCK;
    }
    Ok(hdus)
}

fn check_magic(bytes: &[u8]) -> Result<(), FitsError> {
    if bytes.starts_with(b"SIMPLE  =") {
        return Ok(());
    }
    let begins = bytes.iter().take(16).map(|&b| if b.is_ascii_graphic() { b as char } else { '.' }).collect();
    let remedy = match bytes {
        [] => "the file is empty; fetch it again",
        [0x1f, 0x8b, ..] => "it is gzip-compressed, unpack it with gunzip",
        [b'<', ..] | [b'{', ..] => {
            "it looks like a web page, perhaps a server's error message; fetch it again"
        }
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, ..] => "it is a picture, give it its proper ending",
        _ => "check the file",
    };
    Err(FitsError::NotFits { begins, remedy })
}

/// Bytes of data after the header (without padding).
pub(super) fn data_length(hdu: &Hdu) -> Result<u64, FitsError> {
    let bitpix = required(hdu, "BITPIX", |n| matches!(n, 8 | 16 | 32 | 64 | -32 | -64))?;
    let axes = axes(hdu, "NAXIS")?;
    if axes.is_empty() {
        return Ok(0);
    }
    if axes[0] == 0 && hdu.header.is_true("GROUPS") {
        return Err(keyword(
            hdu,
            "GROUPS",
            "says random groups, which hold no image; convert the file first",
        ));
    }
    let optional = |name, default| match hdu.header.get(name) {
        None => Ok(default),
        Some(_) => required(hdu, name, |n| (0..1 << 40).contains(&n)).map(i64::unsigned_abs),
    };
    let (parameters, groups) =
        if hdu.index == 0 { (0, 1) } else { (optional("PCOUNT", 0)?, optional("GCOUNT", 1)?) };
    let elements = axes.iter().try_fold(1_u64, |product, &n| product.checked_mul(n));
    elements
        .and_then(|n| n.checked_add(parameters)?.checked_mul(groups)?.checked_mul(bitpix.unsigned_abs() / 8))
        .ok_or_else(|| keyword(hdu, "NAXISn", "announces more data than any file holds"))
}

pub(super) fn image_of(hdu: &Hdu, bytes: &[u8]) -> Result<Option<Image>, FitsError> {
    let image = shape_of(hdu)?;
    // An HDU we would never read (a mask, say) may be compressed in any way.
    if let Some(image) = &image
        && hdu.header.is_true("ZIMAGE")
        && image.check(hdu.index).is_ok()
        && !super::bands::is_auxiliary(&hdu.header)
    {
        check_tiles(hdu, image, bytes, &SCIENCE_METHODS)?;
    }
    Ok(image)
}

fn shape_of(hdu: &Hdu) -> Result<Option<Image>, FitsError> {
    if hdu.header.is_true("ZIMAGE") {
        return Ok(Some(Image::new(axes(hdu, "ZNAXIS")?)));
    }
    if hdu.index > 0 && hdu.header.text("XTENSION") != Some("IMAGE") {
        return Ok(None);
    }
    let axes = axes(hdu, "NAXIS")?;
    Ok((!axes.is_empty()).then(|| Image::new(axes)))
}

/// Whether a plane that [`scan`] passed over, being no science image, can be unpacked.
pub(super) fn check_auxiliary(hdu: &Hdu, image: &Image, bytes: &[u8]) -> Result<(), FitsError> {
    image.check(hdu.index)?;
    if hdu.header.is_true("ZIMAGE") { check_tiles(hdu, image, bytes, &ALL_METHODS) } else { Ok(()) }
}

/// The numbers by which a compressed image is taken apart.
fn check_tiles(hdu: &Hdu, image: &Image, bytes: &[u8], methods: &[&str]) -> Result<(), FitsError> {
    required(hdu, "ZBITPIX", |n| matches!(n, 8 | 16 | 32 | 64 | -32 | -64))?;
    let method = hdu.header.text("ZCMPTYPE").unwrap_or_default();
    if !methods.contains(&method) {
        return Err(FitsError::Compression { hdu: hdu.index, method: method.to_owned() });
    }
    for name in ["ZVAL1", "ZVAL2"] {
        // Block size and bytes per pixel; the gzip methods have no parameters, whatever is written there.
        if method.starts_with("RICE") && hdu.header.get(name).is_some() {
            required(hdu, name, |n| (1..=4096).contains(&n))?;
        }
    }
    let mut tiles = 1_u64;
    for (i, &axis) in image.axes.iter().enumerate() {
        let name = format!("ZTILE{}", i + 1);
        let default = if i == 0 { axis } else { 1 };
        let side = match hdu.header.get(&name) {
            None => default,
            Some(_) => required(hdu, &name, |n| n > 0)?.unsigned_abs(),
        };
        tiles *= axis.div_ceil(side);
    }
    let width = required(hdu, "NAXIS1", |n| (1..=4096).contains(&n))? as usize;
    let rows = required(hdu, "NAXIS2", |n| n >= 0)?.unsigned_abs();
    if rows != tiles {
        let reason = format!("says {rows} tiles, the image has {tiles}; fetch the file again");
        return Err(keyword(hdu, "NAXIS2", &reason));
    }
    required(hdu, "TFIELDS", |n| (1..=64).contains(&n))?;
    check_gzip_tiles(hdu, method, width, rows as usize, bytes)
}

/// A gzip tile could unpack to far more than its share of the image, so its packed size is bounded.
fn check_gzip_tiles(
    hdu: &Hdu,
    method: &str,
    width: usize,
    rows: usize,
    bytes: &[u8],
) -> Result<(), FitsError> {
    let mut offset = 0_usize;
    for field in 1..=hdu.header.integer("TFIELDS").unwrap_or(0) {
        let form = hdu.header.text(&format!("TFORM{field}")).unwrap_or_default();
        let name = hdu.header.text(&format!("TTYPE{field}")).unwrap_or_default();
        let gzip =
            name == "GZIP_COMPRESSED_DATA" || (name == "COMPRESSED_DATA" && method.starts_with("GZIP"));
        let digits = form.len() - form.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let repeat: usize = if digits == 0 { 1 } else { form[..digits].parse().unwrap_or(usize::MAX) };
        let size = match form[digits..].chars().next() {
            Some('P' | 'D' | 'K' | 'C') => 8,
            Some('Q' | 'M') => 16,
            Some('J' | 'E') => 4,
            Some('I') => 2,
            Some('A' | 'B' | 'L') => 1,
            _ => return Err(keyword(hdu, &format!("TFORM{field}"), "is no column format we know")),
        };
        if gzip {
            for row in bytes.get(hdu.data_start..).unwrap_or_default().chunks_exact(width).take(rows) {
                // A row's descriptor begins with the number of bytes, 4 or 8 wide.
                let count = row.get(offset..offset + size / 2).unwrap_or_default();
                let count = count.iter().fold(0_u64, |n, &byte| (n << 8) | u64::from(byte));
                if count > MAX_GZIP_TILE {
                    let method = format!("{method} in tiles of {count} bytes");
                    return Err(FitsError::Compression { hdu: hdu.index, method });
                }
            }
        }
        offset = offset.saturating_add(repeat.saturating_mul(size));
    }
    if offset > width {
        return Err(keyword(hdu, "TFORMn", "describe columns wider than NAXIS1; fetch the file again"));
    }
    Ok(())
}

fn axes(hdu: &Hdu, name: &str) -> Result<Vec<u64>, FitsError> {
    let count = required(hdu, name, |n| (0..=8).contains(&n))?;
    (1..=count).map(|i| required(hdu, &format!("{name}{i}"), |n| n >= 0).map(i64::unsigned_abs)).collect()
}

fn required(hdu: &Hdu, name: &str, valid: impl Fn(i64) -> bool) -> Result<i64, FitsError> {
    match hdu.header.integer(name) {
        Some(value) if valid(value) => Ok(value),
        Some(value) => Err(keyword(hdu, name, &format!("is {value}, which cannot be; fetch the file again"))),
        None => Err(keyword(hdu, name, "is missing or no whole number; fetch the file again")),
    }
}

fn keyword(hdu: &Hdu, keyword: &str, reason: &str) -> FitsError {
    FitsError::Keyword { hdu: hdu.index, keyword: keyword.to_owned(), reason: reason.to_owned() }
}
