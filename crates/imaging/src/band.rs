//! Names of photometric bands and their order in a cube. What a band weighs in
//! a colour composite belongs to [`crate::lupton`].

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A broad photometric band, from blue to red; the order of the variants is the order of wavelength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Near ultraviolet.
    U,
    /// Blue-green.
    G,
    /// Red.
    R,
    /// Far red.
    I,
    /// Edge of the infrared.
    Z,
    /// 1 µm.
    Y,
    /// 1.2 µm.
    J,
    /// 1.6 µm.
    H,
    /// 2.2 µm.
    K,
}

impl Band {
    /// Every band, blue to red.
    pub const ALL: [Self; 9] =
        [Self::U, Self::G, Self::R, Self::I, Self::Z, Self::Y, Self::J, Self::H, Self::K];

    /// The one letter, lower case.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::U => 'u',
            Self::G => 'g',
            Self::R => 'r',
            Self::I => 'i',
            Self::Z => 'z',
            Self::Y => 'y',
            Self::J => 'j',
            Self::H => 'h',
            Self::K => 'k',
        }
    }

    fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.letter() == letter.to_ascii_lowercase())
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

/// The text names no band, or the same band twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BandError {
    /// Not one of the known letters.
    #[error("{0:?} is no band; write the bands as letters in plane order, such as grz (known: ugrizyjhk)")]
    Unknown(String),
    /// One letter stands twice.
    #[error("band {0} is named twice; each plane needs its own band")]
    Twice(Band),
}

impl FromStr for Band {
    type Err = BandError;

    /// Reads one letter, or a filter name that begins with it (`g`, `DECam r`, `i.MP9702`, `z DECam SDSS`).
    fn from_str(text: &str) -> Result<Self, BandError> {
        let wrong = || BandError::Unknown(text.chars().take(40).collect());
        let words = || text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words()
            .filter(|word| word.len() == 1)
            .find_map(|word| word.chars().next().and_then(Self::from_letter))
            .ok_or_else(wrong)
    }
}

/// Reads the bands of a cube in plane order: `grz`, `g,r,z` or `g r z`.
///
/// # Errors
/// When a letter is no band, or stands twice, or there is none.
pub fn parse_bands(text: &str) -> Result<Vec<Band>, BandError> {
    let mut bands = Vec::new();
    for letter in text.chars().filter(|c| !c.is_whitespace() && !",;/+-".contains(*c)) {
        let band =
            Band::from_letter(letter).ok_or_else(|| BandError::Unknown(text.chars().take(40).collect()))?;
        if bands.contains(&band) {
            return Err(BandError::Twice(band));
        }
        bands.push(band);
    }
    if bands.is_empty() { Err(BandError::Unknown(String::new())) } else { Ok(bands) }
}

/// Writes bands as [`parse_bands`] reads them: `grz`.
#[must_use]
pub fn format_bands(bands: &[Band]) -> String {
    bands.iter().map(|band| band.letter()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_in_every_usual_form() {
        for text in ["grz", "g,r,z", "G R Z", "g;r;z"] {
            assert_eq!(parse_bands(text), Ok(vec![Band::G, Band::R, Band::Z]), "{text}");
        }
        assert_eq!(format_bands(&[Band::G, Band::I]), "gi");
    }

    #[test]
    fn refuses_unknown_and_repeated_letters() {
        assert!(matches!(parse_bands("gqz"), Err(BandError::Unknown(_))));
        assert_eq!(parse_bands("ggz"), Err(BandError::Twice(Band::G)));
        assert!(parse_bands(" ").is_err());
    }

    #[test]
    fn reads_filter_names_of_several_cameras() {
        assert_eq!("z DECam SDSS c0004 9260.0 1520.0".parse(), Ok(Band::Z));
        assert_eq!("i.MP9702".parse(), Ok(Band::I));
        assert_eq!("DECam-r".parse(), Ok(Band::R));
        assert!("clear".parse::<Band>().is_err());
    }
}
