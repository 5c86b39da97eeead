//! How the pixels of a file are turned and mirrored to be shown: cameras write that beside the pixels, and the
//! first row of a FITS image is its lowest. The solver counts pixels as the file has them.

use serde::{Deserialize, Serialize};

/// One of the eight ways, numbered as in EXIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// As the file has them.
    pub const NONE: Self = Self(1);
    /// Upside down in a mirror, as FITS.
    pub const LOWEST_FIRST: Self = Self(4);

    /// By its number in EXIF; anything else turns nothing.
    pub fn of_exif(number: u8) -> Self {
        if (1..=8).contains(&number) { Self(number) } else { Self::NONE }
    }

    pub fn exif(self) -> u8 {
        self.0
    }

    /// Whether width and height change places.
    pub fn is_turned(self) -> bool {
        self.0 >= 5
    }

    /// From shares of the stored picture (columns, rows) to shares of the shown one (from the left, from the top).
    pub fn shown(self, [u, v]: [f64; 2]) -> [f64; 2] {
        match self.0 {
            2 => [1.0 - u, v],
            3 => [1.0 - u, 1.0 - v],
            4 => [u, 1.0 - v],
            5 => [v, u],
            6 => [1.0 - v, u],
            7 => [1.0 - v, 1.0 - u],
            8 => [v, 1.0 - u],
            _ => [u, v],
        }
    }

    /// The other way.
    pub fn stored(self, share: [f64; 2]) -> [f64; 2] {
        match self.0 {
            6 => Self(8).shown(share),
            8 => Self(6).shown(share),
            _ => self.shown(share),
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GrayImage, Luma, metadata};

    use super::*;

    #[test]
    fn shares_follow_the_pixels_of_the_image_crate() {
        let stored = GrayImage::from_fn(3, 2, |x, y| Luma([(10 * y + x) as u8]));
        for exif in 1..=8 {
            let mut shown = DynamicImage::ImageLuma8(stored.clone());
            shown.apply_orientation(metadata::Orientation::from_exif(exif).expect("one of eight"));
            let shown = shown.to_luma8();
            let orientation = Orientation::of_exif(exif);
            assert_eq!(orientation.is_turned(), shown.width() == 2, "{exif}");
            for (x, y, value) in stored.enumerate_pixels() {
                let share = [(f64::from(x) + 0.5) / 3.0, (f64::from(y) + 0.5) / 2.0];
                let [across, down] = orientation.shown(share);
                let there = [across * f64::from(shown.width()), down * f64::from(shown.height())];
                assert_eq!(shown.get_pixel(there[0] as u32, there[1] as u32), value, "{exif}");
                let back = orientation.stored([across, down]);
                assert!((back[0] - share[0]).abs() + (back[1] - share[1]).abs() < 1e-12, "{exif}");
            }
        }
    }
}
