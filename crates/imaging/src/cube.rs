//! The science image: float pixels, one plane per band. Knows its shape and
//! where it lies on the sky; how it is read or shown belongs to other files.

use domain::SkyCoord;

use crate::{Band, Crop, CropError, TanWcs, format_bands};

/// A multi-band image. Pixels are `[band][y][x]`, row 0 at the bottom (south when north is up),
/// in nanomaggies unless the source says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Cube {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// The band of each plane, in plane order.
    pub bands: Vec<Band>,
    /// `bands.len() · height · width` values.
    pub data: Vec<f32>,
    /// Where the pixels lie on the sky.
    pub wcs: Option<TanWcs>,
    /// Side of a pixel in arcsec, when known.
    pub pixel_scale_arcsec: Option<f64>,
}

/// The parts of a cube do not fit together, or hold no usable number.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CubeError {
    /// No pixel at all.
    #[error("the image has no pixels (width {width}, height {height}, bands {bands:?})")]
    Empty {
        /// Pixels along x.
        width: usize,
        /// Pixels along y.
        height: usize,
        /// Bands named.
        bands: String,
    },
    /// Number of values and shape disagree.
    #[error("{bands} planes of {width}×{height} need {expected} values, there are {found}")]
    WrongLength {
        /// Number of bands.
        bands: usize,
        /// Pixels along x.
        width: usize,
        /// Pixels along y.
        height: usize,
        /// Values needed.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// One band stands twice.
    #[error("band {0} stands twice; each plane needs its own band")]
    BandTwice(Band),
    /// NaN or infinite pixels.
    #[error(
        "band {band} holds {count} of {total} pixels that are not finite (NaN or infinite), the first at x {x}, y {y}; \
         take a cutout with full coverage or fill the gaps first"
    )]
    NotFinite {
        /// The band.
        band: Band,
        /// How many.
        count: usize,
        /// Pixels of the plane.
        total: usize,
        /// Column of the first.
        x: usize,
        /// Row of the first.
        y: usize,
    },
    /// A plane is needed that the cube does not have.
    #[error(
        "band {wanted} is needed, the image has {present}; single-band files of one field can be joined in a catalogue as `g.fits;r.fits;z.fits`"
    )]
    MissingBand {
        /// The band asked for.
        wanted: Band,
        /// What is there.
        present: String,
    },
}

impl Cube {
    /// A cube without place on the sky.
    ///
    /// # Errors
    /// When the shape is empty, a band stands twice, or `data` does not have `bands · height · width` values.
    pub fn new(width: usize, height: usize, bands: Vec<Band>, data: Vec<f32>) -> Result<Self, CubeError> {
        let cube = Self { width, height, bands, data, wcs: None, pixel_scale_arcsec: None };
        cube.check()?;
        Ok(cube)
    }

    /// The same cube with its projection; the pixel scale follows from it.
    #[must_use]
    pub fn with_wcs(mut self, wcs: TanWcs) -> Self {
        self.pixel_scale_arcsec = Some(wcs.pixel_scale_arcsec());
        self.wcs = Some(wcs);
        self
    }

    /// The same cube with its pixel scale in arcsec.
    #[must_use]
    pub fn with_pixel_scale(mut self, arcsec: f64) -> Self {
        self.pixel_scale_arcsec = Some(arcsec);
        self
    }

    /// Whether the parts fit together (the fields are public, so a caller may have changed one).
    ///
    /// # Errors
    /// As [`Cube::new`].
    pub fn check(&self) -> Result<(), CubeError> {
        let (width, height) = (self.width, self.height);
        if width == 0 || height == 0 || self.bands.is_empty() {
            return Err(CubeError::Empty { width, height, bands: format_bands(&self.bands) });
        }
        if let Some(twice) = (1..self.bands.len()).find(|&i| self.bands[..i].contains(&self.bands[i])) {
            return Err(CubeError::BandTwice(self.bands[twice]));
        }
        let expected = width.saturating_mul(height).saturating_mul(self.bands.len());
        if self.data.len() != expected {
            let (bands, found) = (self.bands.len(), self.data.len());
            return Err(CubeError::WrongLength { bands, width, height, expected, found });
        }
        Ok(())
    }

    /// Whether every pixel is a finite number.
    ///
    /// # Errors
    /// [`CubeError::NotFinite`] for the first band that is not.
    pub fn check_finite(&self) -> Result<(), CubeError> {
        for (index, &band) in self.bands.iter().enumerate() {
            let plane = self.plane_at(index);
            let count = plane.iter().filter(|value| !value.is_finite()).count();
            if let Some(first) = plane.iter().position(|value| !value.is_finite()) {
                let (x, y) = (first % self.width, first / self.width);
                return Err(CubeError::NotFinite { band, count, total: plane.len(), x, y });
            }
        }
        Ok(())
    }

    /// The plane of `band`, row 0 = south.
    ///
    /// # Errors
    /// [`CubeError::MissingBand`].
    pub fn plane(&self, band: Band) -> Result<&[f32], CubeError> {
        self.bands
            .iter()
            .position(|&b| b == band)
            .map(|index| self.plane_at(index))
            .ok_or_else(|| CubeError::MissingBand { wanted: band, present: format_bands(&self.bands) })
    }

    /// The plane with this index (0 ≤ index < `bands.len()`); empty beyond.
    #[must_use]
    pub fn plane_at(&self, index: usize) -> &[f32] {
        let size = self.width * self.height;
        self.data.get(index * size..(index + 1) * size).unwrap_or_default()
    }

    /// Where the middle of the image lies, when the projection is known.
    #[must_use]
    pub fn centre(&self) -> Option<SkyCoord> {
        let middle = |size: usize| (size as f64 + 1.0) / 2.0;
        self.wcs.map(|wcs| wcs.pixel_to_sky(middle(self.width), middle(self.height)))
    }

    /// Every value times `factor` (a change of zero point).
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        for value in &mut self.data {
            *value = (f64::from(*value) * factor) as f32;
        }
        self
    }

    /// Turned over so that row 0 is south and east is left, when the projection says it is not so
    /// already. Images turned by more than a few degrees stay as they are.
    #[must_use]
    pub fn north_up(mut self) -> Self {
        let Some(mut wcs) = self.wcs else { return self };
        let [[a, b], [c, d]] = wcs.cd;
        if b.abs() > 0.1 * a.abs() || c.abs() > 0.1 * d.abs() {
            return self;
        }
        if d < 0.0 {
            for plane in self.data.chunks_exact_mut(self.width * self.height) {
                flip_rows(plane, self.width);
            }
            wcs.crpix[1] = self.height as f64 + 1.0 - wcs.crpix[1];
            wcs.cd = [[wcs.cd[0][0], -wcs.cd[0][1]], [wcs.cd[1][0], -wcs.cd[1][1]]];
        }
        if a > 0.0 {
            self.data.chunks_exact_mut(self.width).for_each(<[f32]>::reverse);
            wcs.crpix[0] = self.width as f64 + 1.0 - wcs.crpix[0];
            wcs.cd = [[-wcs.cd[0][0], wcs.cd[0][1]], [-wcs.cd[1][0], wcs.cd[1][1]]];
        }
        self.wcs = Some(wcs);
        self
    }

    /// The middle of the image.
    ///
    /// # Errors
    /// When the crop is larger than the image or empty.
    pub fn cropped(self, crop: Crop) -> Result<Self, CropError> {
        let Some(area) = crop.of(self.width, self.height)? else { return Ok(self) };
        let mut data = Vec::with_capacity(area.width * area.height * self.bands.len());
        for plane in self.data.chunks_exact(self.width * self.height) {
            for row in plane.chunks_exact(self.width).skip(area.y).take(area.height) {
                data.extend_from_slice(&row[area.x..area.x + area.width]);
            }
        }
        let wcs = self.wcs.map(|mut wcs| {
            wcs.crpix = [wcs.crpix[0] - area.x as f64, wcs.crpix[1] - area.y as f64];
            wcs
        });
        Ok(Self { width: area.width, height: area.height, data, wcs, ..self })
    }
}

fn flip_rows(plane: &mut [f32], width: usize) {
    let rows = plane.len() / width;
    for y in 0..rows / 2 {
        let (top, bottom) = plane.split_at_mut((rows - 1 - y) * width);
        top[y * width..(y + 1) * width].swap_with_slice(&mut bottom[..width]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(width: usize, height: usize) -> Cube {
        let data = (0..width * height * 2).map(|i| i as f32).collect();
        Cube::new(width, height, vec![Band::G, Band::R], data).unwrap()
    }

    #[test]
    fn refuses_parts_that_do_not_fit() {
        assert!(matches!(Cube::new(2, 2, vec![Band::G], vec![0.0; 3]), Err(CubeError::WrongLength { .. })));
        assert!(matches!(Cube::new(0, 2, vec![Band::G], vec![]), Err(CubeError::Empty { .. })));
        let twice = Cube::new(1, 1, vec![Band::G, Band::G], vec![0.0; 2]);
        assert_eq!(twice, Err(CubeError::BandTwice(Band::G)));
    }

    #[test]
    fn names_the_band_and_place_of_a_nan() {
        let mut cube = numbered(3, 2);
        cube.data[6 + 4] = f32::NAN;
        let expected = CubeError::NotFinite { band: Band::R, count: 1, total: 6, x: 1, y: 1 };
        assert_eq!(cube.check_finite(), Err(expected));
    }

    #[test]
    fn turning_north_up_moves_pixels_and_projection_together() {
        let wcs = TanWcs { crval: [150.0, 2.0], crpix: [1.0, 2.5], cd: [[1e-4, 0.0], [0.0, -1e-4]] };
        let cube = numbered(3, 4).with_wcs(wcs);
        let before = wcs.pixel_to_sky(3.0, 1.0);
        let turned = cube.clone().north_up();
        let after = turned.wcs.unwrap().pixel_to_sky(1.0, 4.0);
        assert!(before.separation_arcsec(after) < 1e-6);
        assert_eq!(turned.plane_at(1)[9], cube.plane_at(1)[2]);
        assert_eq!(turned.clone().north_up(), turned);
    }

    #[test]
    fn cropping_keeps_the_middle_and_the_sky() {
        let wcs = TanWcs { crval: [10.0, -3.0], crpix: [3.0, 3.0], cd: [[-1e-4, 0.0], [0.0, 1e-4]] };
        let cube = numbered(5, 5).with_wcs(wcs);
        let cropped = cube.clone().cropped(Crop::Pixels(3)).unwrap();
        assert_eq!((cropped.width, cropped.height), (3, 3));
        assert_eq!(cropped.plane_at(0)[0], cube.plane_at(0)[6]);
        assert!(cropped.centre().unwrap().separation_arcsec(cube.centre().unwrap()) < 1e-6);
    }
}
