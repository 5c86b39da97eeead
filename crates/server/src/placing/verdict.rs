//! What came of a picture, as it is kept and sent: where it lies, or why that is not known.

use domain::SkyCoord;
use imaging::TanSip;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::orientation::Orientation;

/// What came of a picture. Kept as JSON in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub(crate) enum Verdict {
    Placed(Box<Placed>),
    NotPlaced(NotPlaced),
}

/// Where a picture lies. Pixels are those of the file, its first row first, counted from 1 as FITS does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Placed {
    /// Pixels of the uploaded picture.
    pub width: u32,
    pub height: u32,
    /// How the pixels of the file are turned to be shown.
    pub orientation: Orientation,
    pub wcs: TanSip,
    /// Middle of the picture, degrees.
    pub ra_deg: f64,
    pub dec_deg: f64,
    /// Side of a pixel in the middle, arcsec.
    pub scale_arcsec: f64,
    /// 1 or −1: sign of the determinant of the CD matrix.
    pub parity: i8,
    pub rotation_deg: f64,
    /// Of this place against chance, natural logarithm.
    pub log_odds: f64,
    /// Natural logarithm of the number of places that were looked at.
    pub ln_trials: f64,
    /// Right ascension and declination of the picture's corners, degrees.
    pub footprint: [[f64; 2]; 4],
    /// Sources that were found in the picture.
    pub sources: usize,
    /// How many of them were recognised as stars.
    pub matched: usize,
    /// The most certain of these.
    pub stars: Vec<Star>,
    /// The index that knew the place.
    pub index: String,
    /// A FITS header.
    pub header: String,
    pub seconds: f64,
}

/// A star that was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Star {
    /// Where it is in the picture, pixels counted from 1.
    pub x: f64,
    pub y: f64,
    pub ra_deg: f64,
    pub dec_deg: f64,
    pub magnitude: Option<f64>,
    /// Distance from where the catalogue has it, pixels.
    pub off_px: f64,
}

impl Placed {
    /// Where a pixel is in the picture as it is shown: shares of its width and height from the top left corner.
    pub fn share(&self, x: f64, y: f64) -> [f64; 2] {
        self.orientation.shown([(x - 0.5) / f64::from(self.width), (y - 0.5) / f64::from(self.height)])
    }

    /// The position at a place of the picture as it is shown.
    pub fn sky_at(&self, share: [f64; 2]) -> SkyCoord {
        let [across, down] = self.orientation.stored(share);
        self.wcs.pixel_to_sky(across * f64::from(self.width) + 0.5, down * f64::from(self.height) + 0.5)
    }

    /// Where a position is in the picture as it is shown; `None` if the projection cannot show it.
    pub fn share_of(&self, ra_deg: f64, dec_deg: f64) -> Option<[f64; 2]> {
        let sky = SkyCoord::new(ra_deg, dec_deg)?;
        let (x, y) = self.wcs.sky_to_pixel(sky)?;
        Some(self.share(x, y)).filter(|share| share.iter().all(|one| one.is_finite()))
    }

    /// Width and height of the picture as it is shown, pixels.
    pub fn shown_size(&self) -> [u32; 2] {
        if self.orientation.is_turned() { [self.height, self.width] } else { [self.width, self.height] }
    }

    /// Position angle (degrees from north towards east) of the direction that points up in the picture as it
    /// is shown, and whether that is a mirror image of the sky: east to the right where north is up.
    pub fn upwards(&self) -> (f64, bool) {
        let step = 0.5 / f64::from(self.width.max(self.height));
        let angle = |from: [f64; 2], to: [f64; 2]| {
            let (from, to) = (self.sky_at(from), self.sky_at(to));
            let east = (to.ra_deg - from.ra_deg + 540.0).rem_euclid(360.0) - 180.0;
            let (north, east) = (to.dec_deg - from.dec_deg, east * from.dec_deg.to_radians().cos());
            east.atan2(north).to_degrees().rem_euclid(360.0)
        };
        let up = angle([0.5, 0.5 + step], [0.5, 0.5 - step]);
        let right = angle([0.5 - step, 0.5], [0.5 + step, 0.5]);
        (up, (up - right).rem_euclid(360.0) > 180.0)
    }
}

/// Why a picture has no place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct NotPlaced {
    pub reason: WhyNot,
    /// The solver's words, in English.
    pub detail: String,
    /// Sources that were found in the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<usize>,
    /// The range of quads that the picture would need, arcmin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_arcmin: Option<[f64; 2]>,
    /// Places that were looked at more closely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<u64>,
}

/// Why a picture has no place, for a page to find words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WhyNot {
    /// The file cannot be read as a picture.
    Unreadable,
    /// Too little to go by.
    TooFewSources,
    /// No index has quads of the picture's size.
    NoIndexForScale,
    /// Everything was tried.
    NothingFits,
    /// The effort that is allowed is spent.
    OutOfEffort,
    /// The time that is allowed is over.
    OutOfTime,
    /// A fault of the server.
    Failed,
}

impl NotPlaced {
    pub fn because(reason: WhyNot, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), sources: None, needs_arcmin: None, looked_at: None }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use imaging::TanWcs;

    use super::*;

    /// 400 × 200 pixels of 36″ around a position: north towards growing rows, east towards falling columns.
    pub fn placed(ra_deg: f64, dec_deg: f64, orientation: Orientation) -> Placed {
        let centre = SkyCoord { ra_deg, dec_deg };
        let linear = TanWcs::north_up(centre, 400, 200, 36.0);
        Placed {
            width: 400,
            height: 200,
            orientation,
            wcs: linear.into(),
            ra_deg,
            dec_deg,
            scale_arcsec: 36.0,
            parity: 1,
            rotation_deg: 0.0,
            log_odds: 60.0,
            ln_trials: 5.0,
            footprint: [[ra_deg, dec_deg]; 4],
            sources: 50,
            matched: 20,
            stars: Vec::new(),
            index: "some.index".to_owned(),
            header: String::new(),
            seconds: 0.1,
        }
    }

    #[test]
    fn north_is_up_in_a_fits_picture_and_down_where_the_first_row_is_shown_highest() {
        for (exif, up, mirrored) in [(4, 0.0, false), (1, 180.0, true), (3, 0.0, true), (7, 270.0, false)] {
            let placed = placed(150.0, 30.0, Orientation::of_exif(exif));
            let (found, is_mirrored) = placed.upwards();
            let off = (found - up + 540.0).rem_euclid(360.0) - 180.0;
            assert!(off.abs() < 0.01, "{exif}: {found}");
            assert_eq!(is_mirrored, mirrored, "{exif}");
        }
    }

    #[test]
    fn a_position_north_of_the_middle_is_above_it_in_a_fits_picture() {
        let placed = placed(10.0, -20.0, Orientation::LOWEST_FIRST);
        let [x, y] = placed.share_of(10.0, -19.5).expect("in the picture");
        assert!((x - 0.5).abs() < 1e-3 && (y - 0.25).abs() < 1e-3, "{x} {y}");
        let [x, _] = placed.share_of(10.5, -20.0).expect("in the picture");
        assert!(x < 0.5, "east is left");
        assert_eq!(placed.share_of(190.0, 20.0), None, "the other side of the sky");
    }

    #[test]
    fn a_place_of_the_picture_and_its_position_belong_together_however_it_is_turned() {
        for exif in 1..=8 {
            let placed = placed(200.0, 50.0, Orientation::of_exif(exif));
            let there = placed.sky_at([0.3, 0.9]);
            let [x, y] = placed.share_of(there.ra_deg, there.dec_deg).expect("in the picture");
            assert!((x - 0.3).abs() < 1e-6 && (y - 0.9).abs() < 1e-6, "{exif}: {x} {y}");
        }
    }
}
