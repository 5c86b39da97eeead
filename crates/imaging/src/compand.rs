//! Three bands in three bytes a pixel, from the noise of the sky to the cores of galaxies: each band
//! divided by a reference noise and pressed together by an asinh. A viewer takes it apart again and
//! stretches it as it likes. The numbers are constants, the same for every image of every survey, so
//! that they tell nothing of an image and need not travel with it; the web app has them too
//! (`web/src/lib/cutout/companding.ts`), and a table of values made here keeps the two together.

use crate::{Band, Cube, CubeError, Rgb8, format_bands, lupton, resample};

/// Reference noise of a pixel in z, r and g (the order of the bytes), nanomaggies: that of a survey like
/// the Legacy Surveys.
pub const REFERENCE_NOISE: [f64; 3] = [0.015, 0.006, 0.0032];
/// Up to so many reference noises the scale is about linear; a byte is then 0.2 of them or so.
pub const SOFTENING: f64 = 6.0;
/// Reference noises that become byte 0.
pub const LOWEST: f64 = -6.0;
/// Reference noises that become byte 255.
pub const HIGHEST: f64 = 20_000.0;

/// asinh by its logarithm, symmetric about 0.
fn asinh(x: f64) -> f64 {
    let size = x.abs();
    let value =
        if size < 1e-3 { size - size.powi(3) / 6.0 } else { (size + (size * size + 1.0).sqrt()).ln() };
    value.copysign(x)
}

/// The two ends of the scale.
fn ends() -> (f64, f64) {
    (asinh(LOWEST / SOFTENING), asinh(HIGHEST / SOFTENING))
}

/// The byte of a flux in nanomaggies; what is no number is the sky.
#[must_use]
pub fn byte(flux: f64, noise: f64) -> u8 {
    let (low, high) = ends();
    let flux = if flux.is_nan() { 0.0 } else { flux };
    let share = (asinh(flux / (SOFTENING * noise)) - low) / (high - low);
    (share * 255.0).round().clamp(0.0, 255.0) as u8
}

/// The flux in nanomaggies in the middle of what became this byte.
#[must_use]
pub fn flux(byte: u8, noise: f64) -> f64 {
    let (low, high) = ends();
    SOFTENING * noise * (low + f64::from(byte) / 255.0 * (high - low)).sinh()
}

/// Whether an image with these bands can be companded: g, r and z, or i in place of z.
#[must_use]
pub fn is_possible(bands: &[Band]) -> bool {
    let has = |band| bands.contains(&band);
    has(Band::G) && has(Band::R) && (has(Band::Z) || has(Band::I))
}

/// A cube in nanomaggies, resampled to a square of `side` pixels and companded: the bytes are z, r and g;
/// row 0 is the last row of the cube (north). Where there is no z, i stands in as bright as in
/// [`lupton::composite`].
///
/// # Errors
/// When a band is missing or a pixel is not finite.
pub fn compand(cube: &Cube, side: usize) -> Result<Rgb8, CubeError> {
    cube.check()?;
    cube.check_finite()?;
    let (g, r) = (cube.plane(Band::G)?, cube.plane(Band::R)?);
    let (red, factor) = match (cube.plane(Band::Z), cube.plane(Band::I)) {
        (Ok(z), _) => (z, 1.0),
        (Err(_), Ok(i)) => (i, lupton::I_FOR_Z),
        _ => return Err(CubeError::MissingBand { wanted: Band::Z, present: format_bands(&cube.bands) }),
    };
    let mut data = vec![0; side * side * 3];
    for (channel, (plane, factor)) in [(red, factor), (r, 1.0), (g, 1.0)].into_iter().enumerate() {
        let plane = resample::fit(plane, cube.width, cube.height, side, side);
        let noise = REFERENCE_NOISE[channel];
        // South first in a cube, north first in a picture.
        let rows = plane.chunks_exact(side).rev().flatten();
        for (pixel, value) in data.chunks_exact_mut(3).zip(rows) {
            pixel[channel] = byte(f64::from(*value) * factor, noise);
        }
    }
    Ok(Rgb8 { width: side, height: side, data })
}

/// The colours of a companded picture as a viewer shows them at first: [`lupton::rgb`] of each pixel.
#[must_use]
pub fn composite(companded: &Rgb8) -> Rgb8 {
    let tables = REFERENCE_NOISE.map(|noise| std::array::from_fn::<f64, 256, _>(|n| flux(n as u8, noise)));
    let mut data = Vec::with_capacity(companded.data.len());
    for pixel in companded.data.chunks_exact(3) {
        let [z, r, g] = std::array::from_fn(|channel| tables[channel][usize::from(pixel[channel])]);
        data.extend(lupton::rgb([g, r, z]).map(|value| (value * 255.0 + 0.5) as u8));
    }
    Rgb8 { data, ..*companded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back_and_grows_with_the_flux() {
        for noise in REFERENCE_NOISE {
            for n in 0..=255 {
                assert_eq!(byte(flux(n, noise), noise), n);
                assert!(n == 0 || flux(n, noise) > flux(n - 1, noise));
            }
        }
    }

    #[test]
    fn a_step_at_the_sky_is_a_quarter_of_the_noise_and_a_twentieth_of_what_is_bright() {
        let noise = REFERENCE_NOISE[2];
        let sky = byte(0.0, noise);
        let step = (flux(sky + 1, noise) - flux(sky - 1, noise)) / 2.0 / noise;
        assert!((0.2..0.26).contains(&step), "{step}");
        assert!(flux(201, noise) / flux(200, noise) < 1.05);
    }

    #[test]
    fn what_lies_beyond_the_scale_or_is_no_number_is_held() {
        let noise = REFERENCE_NOISE[0];
        assert_eq!((byte(f64::INFINITY, noise), byte(1e12, noise)), (255, 255));
        assert_eq!((byte(f64::NEG_INFINITY, noise), byte(-1e12, noise)), (0, 0));
        assert_eq!(byte(f64::NAN, noise), byte(0.0, noise));
    }

    #[test]
    fn the_bands_become_bytes_with_north_above() {
        // One row south, one north; z shines in the north only.
        let data = vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.3];
        let cube = Cube::new(1, 2, vec![Band::G, Band::R, Band::Z], data).unwrap();
        let picture = compand(&cube, 2).unwrap();
        let sky = REFERENCE_NOISE.map(|noise| byte(0.0, noise));
        assert!(picture.data[0] > 60 && picture.data[1..3] == sky[1..], "{:?}", picture.data);
        assert_eq!(picture.data[6..9], sky);
        assert!(composite(&picture).data[0] > 200, "z is red");
    }

    #[test]
    fn i_stands_in_for_z_and_a_missing_band_is_named() {
        let cube = |bands| Cube::new(1, 1, bands, vec![0.0, 0.0, 0.11]).unwrap();
        let z = compand(&cube(vec![Band::G, Band::R, Band::Z]).scaled(3.0 / 2.2), 1).unwrap();
        assert_eq!(compand(&cube(vec![Band::G, Band::R, Band::I]), 1).unwrap().data[0], z.data[0]);
        let error = compand(&Cube::new(1, 1, vec![Band::G, Band::R], vec![0.0; 2]).unwrap(), 1);
        assert!(error.unwrap_err().to_string().contains("band z"));
        assert!(is_possible(&[Band::I, Band::R, Band::G]) && !is_possible(&[Band::G, Band::R]));
    }
}
