//! A colour picture as people see it.

use crate::{Crop, CropError};

/// 8-bit RGB, `height · width · 3` bytes in HWC order, row 0 at the top (north).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgb8 {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// Bytes R, G, B of each pixel, row by row.
    pub data: Vec<u8>,
}

impl Rgb8 {
    /// `None` when the number of bytes does not fit the size, or there is no pixel.
    #[must_use]
    pub fn new(width: usize, height: usize, data: Vec<u8>) -> Option<Self> {
        let fits = width.checked_mul(height)?.checked_mul(3)? == data.len() && !data.is_empty();
        fits.then_some(Self { width, height, data })
    }

    /// The middle of the picture.
    ///
    /// # Errors
    /// When the crop is larger than the picture or empty.
    pub fn cropped(self, crop: Crop) -> Result<Self, CropError> {
        let Some(area) = crop.of(self.width, self.height)? else { return Ok(self) };
        let mut data = Vec::with_capacity(area.width * area.height * 3);
        for row in self.data.chunks_exact(self.width * 3).skip(area.y).take(area.height) {
            data.extend_from_slice(&row[area.x * 3..(area.x + area.width) * 3]);
        }
        Ok(Self { width: area.width, height: area.height, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cropping_keeps_the_middle_pixel() {
        let picture = Rgb8::new(3, 3, (0..27).collect()).unwrap();
        assert_eq!(picture.cropped(Crop::Pixels(1)).unwrap().data, [12, 13, 14]);
    }

    #[test]
    fn refuses_bytes_that_do_not_fit() {
        assert_eq!(Rgb8::new(2, 2, vec![0; 11]), None);
        assert_eq!(Rgb8::new(0, 0, vec![]), None);
        assert_eq!(Rgb8::new(usize::MAX, 2, vec![0; 6]), None);
    }
}
