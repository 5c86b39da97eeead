//! What the header of the image says beside its pixels: any keyword, and where
//! the image lies on the sky. Can be had from the beginning of a file alone.

use domain::SkyCoord;

use super::{
    FitsError, bands, distortion,
    header::{Header, Value},
    projection,
    structure::{self, Hdu, Image},
};
use crate::TanSip;

/// Bytes of a FITS block.
const BLOCK: usize = 2880;

/// The cards of the image's header, and behind them those of the file's first header.
#[derive(Debug, Clone, PartialEq)]
pub struct Cards {
    image: Header,
    primary: Header,
    width: usize,
    height: usize,
    planes: usize,
}

impl Cards {
    /// The cards of the image [`super::read`] would take.
    ///
    /// # Errors
    /// When the file is damaged or holds no image.
    pub fn of(bytes: &[u8]) -> Result<Self, FitsError> {
        let hdus = structure::scan(bytes)?;
        let of = |hdu: &Hdu| Some(Self::new(hdu, hdu.image.as_ref()?, &hdus.first()?.header));
        hdus.iter()
            .filter(|hdu| !bands::is_auxiliary(&hdu.header))
            .find_map(of)
            .ok_or(FitsError::NoImage { hdus: hdus.len() })
    }

    /// The same from the beginning of a file; `None` when the image's header is not within it, or
    /// something is wrong, which reading the whole file will tell.
    #[must_use]
    pub fn peek(beginning: &[u8]) -> Option<Self> {
        let (mut start, mut index) = (0_usize, 0);
        let mut primary = None;
        if !beginning.starts_with(b"SIMPLE  =") {
            return None;
        }
        loop {
            let rest = beginning.get(start..)?;
            let (header, cards) = Header::parse(rest)?;
            let data_start = start + (cards * 80).next_multiple_of(BLOCK);
            let hdu = Hdu { index, header_start: start, data_start, image: None, header };
            let length = structure::data_length(&hdu).ok()?;
            let primary = primary.get_or_insert_with(|| hdu.header.clone());
            let image = structure::image_of(&hdu, beginning).ok()?;
            if let Some(image) = image.filter(|_| !bands::is_auxiliary(&hdu.header)) {
                return Some(Self::new(&hdu, &image, primary));
            }
            start = data_start.checked_add(usize::try_from(length).ok()?.checked_next_multiple_of(BLOCK)?)?;
            index += 1;
        }
    }

    /// The cards of the first header alone, as of a `.wcs` file, which has no image; its size is then that
    /// of `IMAGEW` and `IMAGEH`. `None` when there is no header.
    #[must_use]
    pub fn of_header(bytes: &[u8]) -> Option<Self> {
        let (header, _) = Header::parse(bytes.starts_with(b"SIMPLE  =").then_some(bytes)?)?;
        let side = |names: [&str; 2]| {
            let found = names.iter().find_map(|name| header.integer(name).filter(|&n| n > 0));
            found.and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
        };
        let (width, height) = (side(["IMAGEW", "NAXIS1"]), side(["IMAGEH", "NAXIS2"]));
        Some(Self { image: header.clone(), primary: header, width, height, planes: 1 })
    }

    fn new(hdu: &Hdu, image: &Image, primary: &Header) -> Self {
        let (width, height, planes) = (image.width, image.height, image.planes);
        Self { image: hdu.header.clone(), primary: primary.clone(), width, height, planes }
    }

    /// Pixels along x and y, as the header has them: nothing says that the file holds as many.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Images in a cube; 1 for a plain image, 0 for a shape that is none.
    #[must_use]
    pub fn planes(&self) -> usize {
        self.planes
    }

    /// The number of the first of these keywords that has one.
    #[must_use]
    pub fn real(&self, keywords: &[&str]) -> Option<f64> {
        [&self.image, &self.primary]
            .iter()
            .find_map(|header| keywords.iter().find_map(|keyword| header.real(keyword)))
            .filter(|value| value.is_finite())
    }

    /// The text of a keyword.
    #[must_use]
    pub fn text(&self, keyword: &str) -> Option<&str> {
        self.image.text(keyword).or_else(|| self.primary.text(keyword))
    }

    /// Whether a keyword says true or false.
    #[must_use]
    pub fn logical(&self, keyword: &str) -> Option<bool> {
        [&self.image, &self.primary].iter().find_map(|header| match header.get(keyword)? {
            Value::Logical(value) => Some(*value),
            _ => None,
        })
    }

    /// The projection with its SIP distortion, when the header has a TAN projection that makes sense.
    #[must_use]
    pub fn projection(&self) -> Option<TanSip> {
        distortion::tan_sip(&self.image)
    }

    /// Where the middle of the image lies, when the projection is known.
    #[must_use]
    pub fn centre(&self) -> Option<SkyCoord> {
        let middle = |size: usize| (size as f64 + 1.0) / 2.0;
        projection::tan(&self.image).map(|wcs| wcs.pixel_to_sky(middle(self.width), middle(self.height)))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Band, Cube, TanWcs,
        fits::{Cards, Compression, write_with},
    };
    use domain::SkyCoord;

    fn file(compression: Compression) -> (Cube, Vec<u8>) {
        let data = (0..40 * 30 * 2).map(|i| (i % 97) as f32 * 1e-3).collect();
        let cube = Cube::new(40, 30, vec![Band::G, Band::R], data).unwrap();
        let centre = SkyCoord { ra_deg: 201.5, dec_deg: -3.25 };
        let cube = cube.with_wcs(TanWcs::north_up(centre, 40, 30, 0.262));
        let bytes = write_with(&cube, compression, &[("PSFFWHMG", 1.27), ("PSFFWHMR", 1.14)]).unwrap();
        (cube, bytes)
    }

    #[test]
    fn the_beginning_of_a_file_tells_as_much_as_the_whole() {
        for compression in [Compression::None, Compression::Rice { step_nmgy: 1e-4 }] {
            let (cube, bytes) = file(compression);
            let whole = Cards::of(&bytes).unwrap();
            assert_eq!(Cards::peek(&bytes[..3 * 2880]).as_ref(), Some(&whole), "{compression:?}");
            assert_eq!(whole.real(&["SEEING", "PSFFWHMG"]), Some(1.27));
            assert_eq!((whole.real(&["PSFFWHMZ"]), whole.text("BANDS")), (None, Some("gr")));
            let (found, expected) = (whole.centre().unwrap(), cube.centre().unwrap());
            assert!(found.separation_arcsec(expected) < 1e-9);
        }
    }

    #[test]
    fn a_beginning_without_the_image_says_nothing() {
        let (_, bytes) = file(Compression::None);
        assert_eq!(Cards::peek(&bytes[..400]), None);
        assert_eq!(Cards::peek(b"hello"), None);
        assert_eq!(Cards::peek(&[]), None);
    }
}
