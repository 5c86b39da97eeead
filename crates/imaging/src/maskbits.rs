//! MASKBITS of the Legacy Surveys (DR9 and DR10): the bits by name, which of
//! them spoil a cutout as a background, and the inverse variances beside them.
//! Bits: legacysurvey.org/dr9/bitmasks and dr10/bitmasks.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Cube,
    fits::{FitsError, Plane, Wanted, read_plane},
};

/// Around the middle of a cutout, the bits of [`MaskBits::SPOILING`] must not occur within this
/// distance, arcsec.
pub const CENTRE_RADIUS_ARCSEC: f64 = 25.0;

/// A set of mask bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MaskBits(pub i32);

impl MaskBits {
    /// Not in the brick that owns this part of the sky.
    pub const NPRIMARY: Self = Self(1);
    /// Near a bright star.
    pub const BRIGHT: Self = Self(1 << 1);
    /// Saturated in g.
    pub const SATUR_G: Self = Self(1 << 2);
    /// Saturated in r.
    pub const SATUR_R: Self = Self(1 << 3);
    /// Saturated in z.
    pub const SATUR_Z: Self = Self(1 << 4);
    /// Bad in every exposure in g.
    pub const ALLMASK_G: Self = Self(1 << 5);
    /// Bad in every exposure in r.
    pub const ALLMASK_R: Self = Self(1 << 6);
    /// Bad in every exposure in z.
    pub const ALLMASK_Z: Self = Self(1 << 7);
    /// Bright star in WISE W1.
    pub const WISEM1: Self = Self(1 << 8);
    /// Bright star in WISE W2.
    pub const WISEM2: Self = Self(1 << 9);
    /// Model fitting gave up here.
    pub const BAILOUT: Self = Self(1 << 10);
    /// Near a star of medium brightness.
    pub const MEDIUM: Self = Self(1 << 11);
    /// In a large galaxy.
    pub const GALAXY: Self = Self(1 << 12);
    /// In a globular cluster (not a cluster of galaxies).
    pub const CLUSTER: Self = Self(1 << 13);
    /// Saturated in i (DR10).
    pub const SATUR_I: Self = Self(1 << 14);
    /// Bad in every exposure in i (DR10).
    pub const ALLMASK_I: Self = Self(1 << 15);
    /// Fitted in parts (DR10).
    pub const SUB_BLOB: Self = Self(1 << 16);

    /// The bits that make a cutout useless as a background when they occur near its middle: bright
    /// stars, saturation and bad pixels in g, r, z, and globular clusters (bits 1, 2 to 7, 13).
    pub const SPOILING: Self = Self(0b10_0000_1111_1110);

    /// Names in the order of the bits.
    pub const NAMES: [&'static str; 17] = [
        "NPRIMARY",
        "BRIGHT",
        "SATUR_G",
        "SATUR_R",
        "SATUR_Z",
        "ALLMASK_G",
        "ALLMASK_R",
        "ALLMASK_Z",
        "WISEM1",
        "WISEM2",
        "BAILOUT",
        "MEDIUM",
        "GALAXY",
        "CLUSTER",
        "SATUR_I",
        "ALLMASK_I",
        "SUB_BLOB",
    ];

    /// The bit with this name (case does not matter).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)).map(|bit| Self(1 << bit))
    }

    /// No bit at all.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Bits that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Bits that are in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a cutout with these bits near its middle must not serve as a background.
    #[must_use]
    pub const fn spoils(self) -> bool {
        !self.and(Self::SPOILING).is_empty()
    }
}

impl fmt::Display for MaskBits {
    /// `BRIGHT|MEDIUM`, `none`; bits without a name as `BIT20`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let mut first = true;
        for bit in (0..32).filter(|bit| self.0 >> bit & 1 == 1) {
            f.write_str(if first { "" } else { "|" })?;
            match Self::NAMES.get(bit) {
                Some(name) => f.write_str(name)?,
                None => write!(f, "BIT{bit}")?,
            }
            first = false;
        }
        Ok(())
    }
}

/// The mask of a cutout.
#[derive(Debug, Clone, PartialEq)]
pub struct MaskPlane {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// `height · width` sets of bits, row 0 = south.
    pub bits: Vec<MaskBits>,
}

impl MaskPlane {
    /// The MASKBITS plane of a cutout or of a brick's own file; `None` when it has none. RICE, GZIP and HCOMPRESS are unpacked.
    ///
    /// # Errors
    /// When the file or the plane is damaged, or the plane holds no whole numbers.
    pub fn of_cutout(bytes: &[u8]) -> Result<Option<Self>, FitsError> {
        read_plane(bytes, Wanted::Named("maskbits"))?.map(|plane| Self::of_plane(&plane)).transpose()
    }

    /// The same of a plane that was read already.
    ///
    /// # Errors
    /// When it has several planes or values that are no bits.
    pub fn of_plane(plane: &Plane) -> Result<Self, FitsError> {
        let wrong = |reason: String| FitsError::Keyword { hdu: 0, keyword: "MASKBITS".to_owned(), reason };
        if plane.depth != 1 {
            return Err(wrong(format!("has {} planes, a mask has one", plane.depth)));
        }
        let bit = |&value: &f32| {
            let whole = value.fract() == 0.0 && (0.0..16_777_216.0).contains(&value);
            whole.then_some(MaskBits(value as i32))
        };
        let bits: Option<Vec<_>> = plane.data.iter().map(bit).collect();
        let bits = bits.ok_or_else(|| wrong("holds values that are no bits".to_owned()))?;
        Ok(Self { width: plane.width, height: plane.height, bits })
    }

    /// Every bit that occurs within `radius_arcsec` of the middle.
    #[must_use]
    pub fn near_centre(&self, pixel_scale_arcsec: f64, radius_arcsec: f64) -> MaskBits {
        let reach = (radius_arcsec / pixel_scale_arcsec).powi(2);
        let middle = |size: usize| (size as f64 - 1.0) / 2.0;
        let (x0, y0) = (middle(self.width), middle(self.height));
        let mut seen = MaskBits::default();
        for (y, row) in self.bits.chunks_exact(self.width.max(1)).enumerate() {
            for (x, &bits) in row.iter().enumerate() {
                if (x as f64 - x0).powi(2) + (y as f64 - y0).powi(2) <= reach {
                    seen = seen.or(bits);
                }
            }
        }
        seen
    }

    /// The rule for backgrounds: bits within 25″ of the middle that forbid the cutout, or `None` when
    /// it may be used. Its other bits stay as a flag ([`MaskPlane::near_centre`]).
    #[must_use]
    pub fn spoiled_by(&self, pixel_scale_arcsec: f64) -> Option<MaskBits> {
        let seen = self.near_centre(pixel_scale_arcsec, CENTRE_RADIUS_ARCSEC);
        seen.spoils().then(|| seen.and(MaskBits::SPOILING))
    }
}

/// Inverse variances of a cutout, in 1/nanomaggy², band by band as the image's planes.
#[derive(Debug, Clone, PartialEq)]
pub struct InverseVariance {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// `[band][y][x]`; 0 means that the pixel is masked.
    pub data: Vec<f32>,
}

impl InverseVariance {
    /// The INVVAR plane of a cutout; `None` when it has none. Negative and undefined values, which
    /// compression and resampling leave behind, become 0.
    ///
    /// # Errors
    /// When the file or the plane is damaged, or does not have the shape of `cube`.
    pub fn of_cutout(bytes: &[u8], cube: &Cube) -> Result<Option<Self>, FitsError> {
        let Some(plane) = read_plane(bytes, Wanted::Named("invvar"))? else { return Ok(None) };
        if (plane.width, plane.height, plane.depth) != (cube.width, cube.height, cube.bands.len()) {
            let reason = format!(
                "has {}×{}×{} pixels, the image {}×{}×{}",
                plane.width,
                plane.height,
                plane.depth,
                cube.width,
                cube.height,
                cube.bands.len()
            );
            return Err(FitsError::Keyword { hdu: 0, keyword: "INVVAR".to_owned(), reason });
        }
        Ok(Some(Self::of_plane(plane)))
    }

    /// The same of a plane that was read already.
    #[must_use]
    pub fn of_plane(plane: Plane) -> Self {
        let usable = |value: f32| if value > 0.0 && value.is_finite() { value } else { 0.0 };
        let data = plane.data.into_iter().map(usable).collect();
        Self { width: plane.width, height: plane.height, data }
    }

    /// Whether a pixel of a band carries no information.
    #[must_use]
    pub fn is_masked(&self, band: usize, x: usize, y: usize) -> bool {
        self.data.get((band * self.height + y) * self.width + x).is_none_or(|&value| value == 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(size: usize, at: &[(usize, usize, MaskBits)]) -> MaskPlane {
        let mut bits = vec![MaskBits::default(); size * size];
        for &(x, y, set) in at {
            bits[y * size + x] = set;
        }
        MaskPlane { width: size, height: size, bits }
    }

    #[test]
    fn names_and_bits_agree() {
        for (bit, name) in MaskBits::NAMES.iter().enumerate() {
            assert_eq!(MaskBits::named(name), Some(MaskBits(1 << bit)));
        }
        assert_eq!(MaskBits::named("cluster"), Some(MaskBits::CLUSTER));
        assert_eq!(MaskBits::BRIGHT.or(MaskBits::MEDIUM).to_string(), "BRIGHT|MEDIUM");
        assert_eq!((MaskBits(0).to_string(), MaskBits(1 << 20).to_string()), ("none".into(), "BIT20".into()));
    }

    #[test]
    fn exactly_bits_1_to_7_and_13_spoil_a_background() {
        let spoiling: Vec<i32> = (0..32).filter(|bit| MaskBits(1 << bit).spoils()).collect();
        assert_eq!(spoiling, [1, 2, 3, 4, 5, 6, 7, 13]);
    }

    #[test]
    fn a_star_counts_within_25_arcsec_of_the_middle_only() {
        // 381 pixels of 0.262″: 25″ are 95.4 pixels.
        let near = mask(381, &[(190 + 95, 190, MaskBits::BRIGHT), (0, 0, MaskBits::SATUR_R)]);
        assert_eq!(near.spoiled_by(0.262), Some(MaskBits::BRIGHT));
        let far = mask(381, &[(190 + 96, 190, MaskBits::BRIGHT)]);
        assert_eq!(far.spoiled_by(0.262), None);
    }

    #[test]
    fn a_medium_star_is_a_flag_and_no_reason_to_refuse() {
        let plane = mask(101, &[(50, 60, MaskBits::MEDIUM)]);
        assert_eq!(plane.spoiled_by(0.262), None);
        assert_eq!(plane.near_centre(0.262, CENTRE_RADIUS_ARCSEC), MaskBits::MEDIUM);
    }

    #[test]
    fn inverse_variances_below_zero_are_masked() {
        let data = vec![1.0, -0.5, f32::NAN, 0.0];
        let plane = Plane { width: 2, height: 2, depth: 1, data, wcs: None };
        let ivar = InverseVariance::of_plane(plane);
        assert_eq!(ivar.data, [1.0, 0.0, 0.0, 0.0]);
        assert!(!ivar.is_masked(0, 0, 0) && ivar.is_masked(0, 1, 0) && ivar.is_masked(0, 0, 1));
    }

    #[test]
    fn a_plane_of_fractions_is_no_mask() {
        let plane = Plane { width: 1, height: 1, depth: 1, data: vec![0.5], wcs: None };
        assert!(MaskPlane::of_plane(&plane).is_err());
    }
}
