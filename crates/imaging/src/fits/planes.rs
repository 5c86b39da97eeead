//! Further planes of a file beside the science image: inverse variances, masks,
//! seeing maps. Read by name, or the first one of a file that holds nothing
//! else; written as image extensions. What their numbers mean is
//! [`crate::maskbits`]' and the caller's.

use fitsio_pure::{
    extension::{ExtensionType, build_extension_header},
    header::serialize_header,
    image::{serialize_image_f32, serialize_image_i32},
};

use super::{
    FitsError, bands,
    codec::{FitsCodec, FitsioPure, card},
    header::Value,
    projection,
    structure::{self, Hdu, Image},
    write::wcs_cards,
};
use crate::TanWcs;

/// Which plane of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// The first image, whatever it is.
    First,
    /// The first image that is not a mask, weight or the like, as [`super::Cards::of`] has it.
    Science,
    /// The first image whose `EXTNAME` or `IMAGETYP` contains this word (case does not matter).
    Named(&'a str),
}

/// An image HDU as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// Images in it (bands), 1 for most.
    pub depth: usize,
    /// `depth · height · width` values, row 0 first; whole numbers are exact up to 2²⁴, blanks are NaN.
    pub data: Vec<f32>,
    /// Where the pixels lie on the sky.
    pub wcs: Option<TanWcs>,
}

/// Values of a plane that is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pixels<'a> {
    /// 32-bit floats.
    Real(&'a [f32]),
    /// 32-bit whole numbers.
    Whole(&'a [i32]),
}

/// Reads one plane; `None` when the file has no such image. Compressed planes may be RICE, GZIP or
/// HCOMPRESS.
///
/// # Errors
/// When the file or the plane is damaged, or larger than a survey brick.
pub fn read_plane(bytes: &[u8], wanted: Wanted<'_>) -> Result<Option<Plane>, FitsError> {
    let hdus = structure::scan_shapes(bytes)?;
    let images = hdus.iter().filter_map(|hdu| hdu.image.as_ref().map(|image| (hdu, image)));
    let found = images.into_iter().find(|(hdu, _)| match wanted {
        Wanted::First => true,
        Wanted::Science => !bands::is_auxiliary(&hdu.header),
        Wanted::Named(word) => is_named(hdu, word),
    });
    found.map(|(hdu, image)| decode(bytes, hdu, image)).transpose()
}

fn is_named(hdu: &Hdu, word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["EXTNAME", "IMAGETYP", "IMTYPE"]
        .iter()
        .filter_map(|name| hdu.header.text(name))
        .any(|text| text.to_ascii_lowercase().contains(&word))
}

fn decode(bytes: &[u8], hdu: &Hdu, image: &Image) -> Result<Plane, FitsError> {
    structure::check_auxiliary(hdu, image, bytes)?;
    let data = FitsioPure.decode(bytes, hdu)?;
    let expected = image.width * image.height * image.planes;
    if data.len() != expected {
        let reason = format!("it gave {} pixels instead of {expected}", data.len());
        return Err(FitsError::Decoder { hdu: hdu.index, reason });
    }
    Ok(Plane {
        width: image.width,
        height: image.height,
        depth: image.planes,
        data,
        wcs: projection::tan(&hdu.header),
    })
}

/// Appends an image extension called `name` to a file made by [`super::write`].
///
/// # Errors
/// When `axes` (NAXIS1 first) and the number of pixels disagree.
pub fn append(
    file: &mut Vec<u8>,
    name: &str,
    axes: &[usize],
    pixels: Pixels<'_>,
    wcs: Option<TanWcs>,
) -> Result<(), FitsError> {
    let wrong = |error: fitsio_pure::Error| FitsError::Encoder(error.to_string());
    let (bitpix, count) = match pixels {
        Pixels::Real(values) => (-32, values.len()),
        Pixels::Whole(values) => (32, values.len()),
    };
    if axes.iter().product::<usize>() != count {
        return Err(FitsError::Encoder(format!("{name}: axes {axes:?} do not hold {count} pixels")));
    }
    let mut header = build_extension_header(ExtensionType::Image, bitpix, axes, 0, 1).map_err(wrong)?;
    let named = [
        ("EXTNAME".to_owned(), Value::Text(name.to_ascii_uppercase())),
        ("IMAGETYP".to_owned(), Value::Text(name.to_ascii_lowercase())),
    ];
    for (keyword, value) in named.into_iter().chain(wcs.into_iter().flat_map(wcs_cards)) {
        header.push(card(&keyword, &value).map_err(wrong)?);
    }
    file.extend(serialize_header(&header).map_err(wrong)?);
    file.extend(match pixels {
        Pixels::Real(values) => serialize_image_f32(values),
        Pixels::Whole(values) => serialize_image_i32(values),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Band, Cube, fits};
    use domain::SkyCoord;

    #[test]
    fn planes_that_are_appended_are_found_by_name_and_leave_the_image_alone() {
        let wcs = TanWcs::north_up(SkyCoord { ra_deg: 150.0, dec_deg: 2.0 }, 4, 3, 0.262);
        let cube = Cube::new(4, 3, vec![Band::G], (0..12).map(|i| i as f32).collect()).unwrap().with_wcs(wcs);
        let mut file = fits::write(&cube, fits::Compression::None).unwrap();
        let ivar = [0.5; 12];
        let mask: Vec<i32> = (0..12).map(|i| 1 << i).collect();
        append(&mut file, "invvar", &[4, 3, 1], Pixels::Real(&ivar), Some(wcs)).unwrap();
        append(&mut file, "maskbits", &[4, 3], Pixels::Whole(&mask), Some(wcs)).unwrap();
        assert_eq!(fits::read(&file).unwrap(), cube);
        let found = read_plane(&file, Wanted::Named("MASKBITS")).unwrap().unwrap();
        assert_eq!((found.width, found.height, found.depth, found.wcs), (4, 3, 1, Some(wcs)));
        assert_eq!(found.data, mask.iter().map(|&bits| bits as f32).collect::<Vec<_>>());
        assert_eq!(read_plane(&file, Wanted::Named("invvar")).unwrap().unwrap().data, ivar);
        assert_eq!(read_plane(&file, Wanted::First).unwrap().unwrap().data, cube.data);
        assert_eq!(read_plane(&file, Wanted::Named("psfsize")).unwrap(), None);
    }

    #[test]
    fn axes_and_pixels_must_agree() {
        let wrong = append(&mut Vec::new(), "invvar", &[4, 3], Pixels::Real(&[0.0; 11]), None);
        assert!(wrong.unwrap_err().to_string().contains("11 pixels"));
    }
}
