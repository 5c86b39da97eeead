//! The one place that names the library which packs and unpacks FITS pixels,
//! behind a trait of two verbs, so that it can be replaced.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fitsio_pure::{
    compress::{Dither, DitherSeed, Quantize, TileCompression, compress_image_hdu},
    header::{Card, serialize_header},
    image::{read_image_physical_f32, serialize_image_f32},
    primary::build_primary_header,
    value::Value as Theirs,
};

use super::{Compression, FitsError, header::Value, structure::Hdu};

/// Packs and unpacks the pixels of one HDU.
pub(super) trait FitsCodec {
    /// All pixels of an image HDU as physical values, blank ones NaN.
    fn decode(&self, file: &[u8], hdu: &Hdu) -> Result<Vec<f32>, FitsError>;

    /// A whole file: one image with these axes (NAXIS1 first) and further cards.
    fn encode(
        &self,
        axes: &[usize],
        pixels: &[f32],
        cards: &[(String, Value)],
        compression: Compression,
    ) -> Result<Vec<u8>, FitsError>;
}

/// The codec in use: `fitsio-pure`.
pub(super) struct FitsioPure;

impl FitsCodec for FitsioPure {
    fn decode(&self, file: &[u8], hdu: &Hdu) -> Result<Vec<f32>, FitsError> {
        let wrong = |reason: String| FitsError::Decoder { hdu: hdu.index, reason };
        let cards = hdu.header.cards.iter().filter_map(|(name, value)| card(name, value).ok()).collect();
        let read = || {
            let theirs = fitsio_pure::hdu::Hdu::from_cards(cards, hdu.header_start, hdu.data_start)?;
            read_image_physical_f32(file, &theirs)
        };
        // The structure is checked beforehand, the packed bits are not: a damaged tile must not end
        // the program, whatever the library does with it.
        match catch_unwind(AssertUnwindSafe(read)) {
            Ok(pixels) => pixels.map_err(|error| wrong(error.to_string())),
            Err(_) => Err(wrong("the packed data contradicts itself".to_owned())),
        }
    }

    fn encode(
        &self,
        axes: &[usize],
        pixels: &[f32],
        cards: &[(String, Value)],
        compression: Compression,
    ) -> Result<Vec<u8>, FitsError> {
        let wrong = |error: fitsio_pure::Error| FitsError::Encoder(error.to_string());
        let extra: Vec<Card> =
            cards.iter().map(|(name, value)| card(name, value)).collect::<Result<_, _>>().map_err(wrong)?;
        match compression {
            Compression::None => {
                let mut header = build_primary_header(-32, axes).map_err(wrong)?;
                header.extend(extra);
                let mut file = serialize_header(&header).map_err(wrong)?;
                file.extend(serialize_image_f32(pixels));
                Ok(file)
            }
            Compression::Rice { step_nmgy } => {
                // A fixed seed of the dither: the same image gives the same bytes.
                let quantize =
                    Quantize::new().step(step_nmgy).dither(Dither::Subtractive).seed(DitherSeed::Checksum);
                let primary = build_primary_header(8, &[]).map_err(wrong)?;
                let mut file = serialize_header(&primary).map_err(wrong)?;
                let rice = TileCompression::rice().quantize(quantize);
                file.extend(compress_image_hdu(axes, pixels, &rice, &extra).map_err(wrong)?);
                Ok(file)
            }
        }
    }
}

pub(super) fn card(name: &str, value: &Value) -> fitsio_pure::Result<Card> {
    let value = match value {
        Value::Logical(value) => Theirs::Logical(*value),
        Value::Integer(value) => Theirs::Integer(*value),
        Value::Real(value) => Theirs::Float(*value),
        Value::Text(value) => Theirs::String(value.clone()),
    };
    Card::new(name, value)
}
