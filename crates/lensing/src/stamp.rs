//! An image as a source: pixels of a real galaxy laid into the source plane and
//! interpolated between. Both ways of interpolating keep the flux: their kernels
//! sum to one over the pixels and integrate to one pixel. Reading files is left to
//! the caller, and so is taking out the sky: negative pixels are kept as they are.

use crate::{
    light::Light,
    parameter::{ParameterError, within},
};

/// How to read between pixel centres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interpolation {
    /// From four pixels; never leaves their range.
    Bilinear,
    /// From sixteen pixels (Catmull and Rom 1974): sharper, may undershoot beside bright pixels.
    #[default]
    Bicubic,
}

/// Where a stamp lies in the source plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StampPlace {
    /// Position of the stamp's middle, arcsec.
    pub centre: [f64; 2],
    /// Side of a pixel, arcsec.
    pub pixel_scale_arcsec: f64,
    /// Turn of the image's rows from +x, radians counter-clockwise.
    pub phi_rad: f64,
}

/// What is wrong with a stamp.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StampError {
    /// Width times height is not the number of pixels.
    #[error("a stamp of {width} by {height} needs {} pixels, it has {pixels}", width * height)]
    Shape {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
        /// Pixels given.
        pixels: usize,
    },
    /// A pixel is not a number.
    #[error("pixel {index} of the stamp is not a finite number; replace masked pixels first")]
    NotFinite {
        /// Which, counted along rows from the lowest.
        index: usize,
    },
    /// There is nothing to see.
    #[error("the stamp's pixels sum to {sum}, which must be positive; subtract the sky and keep the galaxy")]
    Dark {
        /// Their sum.
        sum: f64,
    },
    /// A number of its place is out of range.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}

/// An image in the source plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamp {
    /// Surface brightness per square arcsec, row by row from the lowest, left to right.
    pixels: Vec<f64>,
    width: usize,
    height: usize,
    place: StampPlace,
    cos: f64,
    sin: f64,
    interpolation: Interpolation,
    flux: f64,
}

impl Stamp {
    /// An image of `width` pixels a row, rows from the lowest up, scaled so that it holds `flux` in total.
    ///
    /// # Errors
    /// When the shape is wrong, a pixel is not finite, the pixels do not sum to something positive,
    /// or a number of the place is out of range.
    pub fn new(
        pixels: &[f32],
        width: usize,
        place: StampPlace,
        flux: f64,
        interpolation: Interpolation,
    ) -> Result<Self, StampError> {
        let height = pixels.len().checked_div(width).unwrap_or(0);
        if width == 0 || height == 0 || width * height != pixels.len() {
            return Err(StampError::Shape { width, height, pixels: pixels.len() });
        }
        if let Some(index) = pixels.iter().position(|v| !v.is_finite()) {
            return Err(StampError::NotFinite { index });
        }
        within("centre_x_arcsec", place.centre[0], -1e6, 1e6)?;
        within("centre_y_arcsec", place.centre[1], -1e6, 1e6)?;
        within("pixel_scale_arcsec", place.pixel_scale_arcsec, 1e-5, 1e3)?;
        within("phi_rad", place.phi_rad, -1e3, 1e3)?;
        within("flux", flux, 0.0, 1e12)?;
        let sum: f64 = pixels.iter().map(|&v| f64::from(v)).sum();
        if sum <= 0.0 {
            return Err(StampError::Dark { sum });
        }
        let scale = flux / sum / (place.pixel_scale_arcsec * place.pixel_scale_arcsec);
        let (sin, cos) = place.phi_rad.sin_cos();
        let pixels = pixels.iter().map(|&v| f64::from(v) * scale).collect();
        Ok(Self { pixels, width, height, place, cos, sin, interpolation, flux })
    }

    /// A pixel's brightness; zero outside the image.
    fn at(&self, i: i64, j: i64) -> f64 {
        let (w, h) = (self.width as i64, self.height as i64);
        if (0..w).contains(&i) && (0..h).contains(&j) { self.pixels[(j * w + i) as usize] } else { 0.0 }
    }
}

/// Catmull–Rom weights of the four pixels around, `t` of the way from the second to the third.
fn cubic(t: f64) -> [f64; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        0.5 * (-t3 + 2.0 * t2 - t),
        0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
        0.5 * (-3.0 * t3 + 4.0 * t2 + t),
        0.5 * (t3 - t2),
    ]
}

impl Light for Stamp {
    fn brightness(&self, x: f64, y: f64) -> f64 {
        let (dx, dy) = (x - self.place.centre[0], y - self.place.centre[1]);
        let scale = self.place.pixel_scale_arcsec;
        let u = (self.cos * dx + self.sin * dy) / scale + 0.5 * (self.width as f64 - 1.0);
        let v = (self.cos * dy - self.sin * dx) / scale + 0.5 * (self.height as f64 - 1.0);
        let reach = 2.0;
        if !(-reach..self.width as f64 + reach).contains(&u)
            || !(-reach..self.height as f64 + reach).contains(&v)
        {
            return 0.0;
        }
        let (i, j) = (u.floor(), v.floor());
        let (s, t) = (u - i, v - j);
        let (i, j) = (i as i64, j as i64);
        match self.interpolation {
            Interpolation::Bilinear => {
                let low = self.at(i, j) * (1.0 - s) + self.at(i + 1, j) * s;
                let high = self.at(i, j + 1) * (1.0 - s) + self.at(i + 1, j + 1) * s;
                low * (1.0 - t) + high * t
            }
            Interpolation::Bicubic => {
                let (across, up) = (cubic(s), cubic(t));
                (-1..3)
                    .zip(up)
                    .map(|(b, weight)| {
                        let row: f64 = (-1..3).zip(across).map(|(a, w)| w * self.at(i + a, j + b)).sum();
                        weight * row
                    })
                    .sum()
            }
        }
    }

    fn flux(&self) -> f64 {
        self.flux
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: StampPlace = StampPlace { centre: [0.3, -0.2], pixel_scale_arcsec: 0.1, phi_rad: 0.5 };

    #[test]
    fn keeps_its_flux_under_both_interpolations() {
        let pixels = [0.0, 1.0, 2.0, 0.5, 7.0, 3.0, 1.0, 0.2, 0.1, 4.0, 0.0, 0.6];
        for how in [Interpolation::Bilinear, Interpolation::Bicubic] {
            let stamp = Stamp::new(&pixels, 4, PLACE, 2.5, how).unwrap();
            let step = 0.004;
            let mut sum = 0.0;
            for j in -150..150 {
                for i in -150..150 {
                    sum +=
                        stamp.brightness(0.3 + f64::from(i) * step, -0.2 + f64::from(j) * step) * step * step;
                }
            }
            assert!((sum / 2.5 - 1.0).abs() < 2e-4, "{how:?}: {sum}");
        }
    }

    #[test]
    fn lies_the_right_way_up_and_turns_counter_clockwise() {
        // Bright on the right in the lowest row.
        let pixels = [0.0, 1.0, 0.0, 0.0];
        let place = StampPlace { centre: [0.0, 0.0], pixel_scale_arcsec: 1.0, phi_rad: 0.0 };
        let stamp = Stamp::new(&pixels, 2, place, 1.0, Interpolation::Bilinear).unwrap();
        assert!((stamp.brightness(0.5, -0.5) - 1.0).abs() < 1e-12);
        let turned = StampPlace { phi_rad: std::f64::consts::FRAC_PI_2, ..place };
        let stamp = Stamp::new(&pixels, 2, turned, 1.0, Interpolation::Bilinear).unwrap();
        assert!((stamp.brightness(0.5, 0.5) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn refuses_what_is_no_image() {
        let new = |pixels: &[f32], width| Stamp::new(pixels, width, PLACE, 1.0, Interpolation::Bilinear);
        assert!(matches!(new(&[1.0; 5], 2), Err(StampError::Shape { .. })));
        assert!(matches!(new(&[], 0), Err(StampError::Shape { .. })));
        assert!(matches!(new(&[1.0, f32::NAN], 2), Err(StampError::NotFinite { index: 1 })));
        assert!(matches!(new(&[-1.0, 0.5], 2), Err(StampError::Dark { .. })));
    }
}
