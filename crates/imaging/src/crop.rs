//! Keeping the middle of an image, for instance to cut a watermark off.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much of the middle is kept.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crop {
    /// Everything.
    #[default]
    None,
    /// A square of this many pixels.
    Pixels(usize),
    /// This fraction of each side, in (0, 1].
    Fraction(f64),
}

/// The kept part: its lower corner and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// The crop does not fit the image.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CropError {
    /// More pixels than there are, or none.
    #[error("cannot keep the middle {kept} pixels of an image of {width}×{height}; choose 1 to {}", width.min(height))]
    Pixels {
        /// Pixels asked for.
        kept: usize,
        /// Pixels along x.
        width: usize,
        /// Pixels along y.
        height: usize,
    },
    /// Not a fraction.
    #[error("the part of each side to keep must be above 0 and at most 1, it is {0}")]
    Fraction(f64),
}

impl FromStr for Crop {
    type Err = CropParseError;

    /// `129` keeps 129 pixels, `0.8` or `80%` that part of each side, `none` everything.
    fn from_str(text: &str) -> Result<Self, CropParseError> {
        let wrong = || CropParseError(text.chars().take(40).collect());
        let fraction = |text: &str, unit: f64| {
            let part = text.trim().parse::<f64>().map_err(|_| wrong())? / unit;
            if part > 0.0 && part <= 1.0 { Ok(Self::Fraction(part)) } else { Err(wrong()) }
        };
        match (text.trim(), text.trim().parse()) {
            ("none", _) => Ok(Self::None),
            (_, Ok(pixels)) if pixels > 0 => Ok(Self::Pixels(pixels)),
            (text, _) => match text.strip_suffix('%') {
                Some(percent) => fraction(percent, 100.0),
                None => fraction(text, 1.0),
            },
        }
    }
}

/// The text says no crop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no crop; write the pixels to keep (129), the part of each side (0.8 or 80%), or none")]
pub struct CropParseError(String);

impl Crop {
    /// The part of an image of this size that is kept, or `None` for all of it.
    pub(crate) fn of(self, width: usize, height: usize) -> Result<Option<Area>, CropError> {
        let (w, h) = match self {
            Self::None => return Ok(None),
            Self::Pixels(kept) if (1..=width.min(height)).contains(&kept) => (kept, kept),
            Self::Pixels(kept) => return Err(CropError::Pixels { kept, width, height }),
            Self::Fraction(f) if f > 0.0 && f <= 1.0 => {
                let part = |size: usize| ((size as f64 * f).round() as usize).clamp(1, size);
                (part(width), part(height))
            }
            Self::Fraction(f) => return Err(CropError::Fraction(f)),
        };
        Ok(Some(Area { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_middle() {
        let area = Area { x: 16, y: 16, width: 129, height: 129 };
        assert_eq!(Crop::Pixels(129).of(161, 161), Ok(Some(area)));
        assert_eq!(Crop::Fraction(0.8).of(161, 161), Ok(Some(area)));
        assert_eq!(Crop::None.of(5, 5), Ok(None));
    }

    #[test]
    fn reads_what_a_person_would_type() {
        assert_eq!("129".parse(), Ok(Crop::Pixels(129)));
        assert_eq!("0.8".parse(), Ok(Crop::Fraction(0.8)));
        assert_eq!("80%".parse(), Ok(Crop::Fraction(0.8)));
        assert_eq!("none".parse(), Ok(Crop::None));
        for wrong in ["", "0", "-3", "1.5", "120%", "nan", "middle"] {
            assert!(wrong.parse::<Crop>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        for crop in [Crop::Pixels(0), Crop::Pixels(11), Crop::Fraction(0.0), Crop::Fraction(f64::NAN)] {
            assert!(crop.of(10, 20).is_err(), "{crop:?}");
        }
    }
}
