//! A cube as a FITS file, laid out as the Legacy Surveys cutout service does.

use super::{
    FitsError,
    codec::{FitsCodec, FitsioPure},
    header::Value,
};
use crate::{Cube, TanWcs, format_bands};

/// How the pixels are stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Compression {
    /// 32-bit floats, exactly.
    None,
    /// RICE tiles of one row (`.fz`), quantised with dither. A step of a tenth of the sky noise or
    /// less loses nothing that could be measured; the surveys themselves use 10⁻⁴ nanomaggies.
    Rice {
        /// Distance of two neighbouring values in nanomaggies.
        step_nmgy: f64,
    },
}

/// Writes the cube: uncompressed in the primary HDU, or RICE-compressed in the first extension.
/// The same cube gives the same bytes.
///
/// # Errors
/// When the cube's parts do not fit together or the step is no positive number.
pub fn write(cube: &Cube, compression: Compression) -> Result<Vec<u8>, FitsError> {
    write_with(cube, compression, &[])
}

/// As [`write`], with more numbers in the header, such as `("PSFFWHMG", 1.27)`; keywords of up to 8
/// capital letters and digits.
///
/// # Errors
/// As [`write`].
pub fn write_with(
    cube: &Cube,
    compression: Compression,
    numbers: &[(&str, f64)],
) -> Result<Vec<u8>, FitsError> {
    write_described(cube, compression, numbers, &[])
}

/// As [`write_with`], with words in the header, too: up to 68 ASCII characters each.
///
/// # Errors
/// As [`write`].
pub fn write_described(
    cube: &Cube,
    compression: Compression,
    numbers: &[(&str, f64)],
    texts: &[(&str, &str)],
) -> Result<Vec<u8>, FitsError> {
    cube.check()?;
    if let Compression::Rice { step_nmgy } = compression
        && !(step_nmgy.is_finite() && step_nmgy > 0.0)
    {
        return Err(FitsError::Encoder(format!("step_nmgy is {step_nmgy}; choose a positive number")));
    }
    let axes = [cube.width, cube.height, cube.bands.len()];
    let mut cards = cards(cube);
    cards.extend(numbers.iter().map(|&(name, value)| (name.to_owned(), Value::Real(value))));
    cards.extend(texts.iter().map(|&(name, text)| (name.to_owned(), Value::Text(text.to_owned()))));
    FitsioPure.encode(&axes, &cube.data, &cards, compression)
}

fn cards(cube: &Cube) -> Vec<(String, Value)> {
    let text = |value: &str| Value::Text(value.to_owned());
    let mut cards = vec![("BANDS".to_owned(), text(&format_bands(&cube.bands)))];
    for (index, band) in cube.bands.iter().enumerate() {
        cards.push((format!("BAND{index}"), text(&band.to_string())));
    }
    cards.push(("BUNIT".to_owned(), text("nanomaggy")));
    cards.push(("MAGZERO".to_owned(), Value::Real(22.5)));
    if let Some(arcsec) = cube.pixel_scale_arcsec {
        cards.push(("PIXSCALE".to_owned(), Value::Real(arcsec)));
    }
    cards.extend(cube.wcs.into_iter().flat_map(wcs_cards));
    cards
}

/// The projection as keywords.
pub(super) fn wcs_cards(wcs: TanWcs) -> Vec<(String, Value)> {
    let text = |value: &str| Value::Text(value.to_owned());
    let mut cards = vec![("CTYPE1".to_owned(), text("RA---TAN")), ("CTYPE2".to_owned(), text("DEC--TAN"))];
    let numbers = [
        ("CRVAL1", wcs.crval[0]),
        ("CRVAL2", wcs.crval[1]),
        ("CRPIX1", wcs.crpix[0]),
        ("CRPIX2", wcs.crpix[1]),
        ("CD1_1", wcs.cd[0][0]),
        ("CD1_2", wcs.cd[0][1]),
        ("CD2_1", wcs.cd[1][0]),
        ("CD2_2", wcs.cd[1][1]),
    ];
    cards.extend(numbers.map(|(name, value)| (name.to_owned(), Value::Real(value))));
    cards
}
