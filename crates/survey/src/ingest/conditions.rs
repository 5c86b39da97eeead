//! What a file itself tells of its conditions: seeing and depth from its
//! header, else the depth from the sky's noise.
//!
//! Header cards, per band G, R, Z: `PSFFWHMG` (arcsec; also `PSFSIZEG`, `PSF_G`, `PSFSIZE_G`,
//! `PSF_FWHM_G`) and `DEPTHG` (5σ point source, AB magnitudes).

use std::f64::consts::PI;

use imaging::{Band, Cube, fits::Cards, sky_level};

use crate::{CONDITION_BANDS, Conditions};

/// σ of a Gaussian in units of its full width at half maximum: 1 / (2 √(2 ln 2)).
const SIGMA_OF_FWHM: f64 = 0.424_660_900_144_009_5;

/// Conditions by the files' headers and, where the seeing is known, the depth by the sky of `cube`
/// (in nanomaggies).
pub(super) fn of_image(cards: &[Cards], cube: &Cube) -> Conditions {
    let stated = |names: &dyn Fn(&str) -> Vec<String>| {
        CONDITION_BANDS.map(|band| {
            let names = names(&band.to_string().to_ascii_uppercase());
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            cards.iter().find_map(|cards| cards.real(&names))
        })
    };
    let seeing = |letter: &str| {
        ["PSFFWHM", "PSFSIZE", "PSF_", "PSFSIZE_", "PSF_FWHM_"].map(|name| format!("{name}{letter}")).to_vec()
    };
    let psf = stated(&seeing).map(|fwhm| fwhm.filter(|&fwhm| fwhm > 0.0));
    let mut depth = stated(&|letter| vec![format!("DEPTH{letter}")]);
    for (index, band) in CONDITION_BANDS.into_iter().enumerate() {
        depth[index] = depth[index].or_else(|| measured_depth(cube, band, psf[index]?));
    }
    Conditions { psf_fwhm_arcsec: psf, depth_mag: depth, ..Conditions::default() }
}

/// Magnitude of a point source that stands 5σ above the sky of its band, in AB magnitudes. The noise
/// counts as independent from pixel to pixel; in resampled images it is not, and the depth comes out
/// a little too deep.
pub(super) fn measured_depth(cube: &Cube, band: Band, fwhm_arcsec: f64) -> Option<f64> {
    let scale = cube.pixel_scale_arcsec?;
    let sigma = f64::from(sky_level(cube.plane(band).ok()?, 3.0, 2).sigma);
    // Noise-equivalent area of a Gaussian PSF: 4π σ².
    let pixels = 4.0 * PI * (fwhm_arcsec * SIGMA_OF_FWHM / scale).powi(2);
    let magnitude = 22.5 - 2.5 * (5.0 * sigma * pixels.sqrt()).log10();
    magnitude.is_finite().then(|| (magnitude * 1e4).round() / 1e4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging::fits::{Compression, write_with};

    /// White noise by the sum of twelve evenly spread numbers; its tails are short, which moves σ by 2 %.
    fn sky(sigma: f32) -> Cube {
        let mut state = 1_u64;
        let mut even = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 24) as f32
        };
        let data = (0..3 * 200 * 200).map(|_| sigma * ((0..12).map(|_| even()).sum::<f32>() - 6.0)).collect();
        let cube = Cube::new(200, 200, vec![Band::G, Band::R, Band::Z], data).unwrap();
        cube.with_pixel_scale(0.262)
    }

    #[test]
    fn the_surveys_design_depth_follows_from_its_noise() {
        // 5σ depth 24.7 in g at 1.5″ and 0.262″ pixels goes with 0.0031 nanomaggies a pixel.
        let depth = measured_depth(&sky(0.0031), Band::G, 1.5).unwrap();
        assert!((depth - 24.685).abs() < 0.03, "{depth}");
        assert_eq!(measured_depth(&sky(0.0), Band::G, 1.5), None);
    }

    #[test]
    fn header_cards_come_before_measurements() {
        let cube = sky(0.0031);
        let cards = [("PSFFWHMG", 1.5), ("PSF_R", 1.2), ("DEPTHR", 23.5), ("PSFSIZEZ", -1.0)];
        let bytes = write_with(&cube, Compression::None, &cards).unwrap();
        let found = of_image(&[Cards::of(&bytes).unwrap()], &cube);
        assert_eq!(found.psf_fwhm_arcsec, [Some(1.5), Some(1.2), None]);
        assert_eq!((found.depth_mag[1], found.depth_mag[2]), (Some(23.5), None));
        assert!((found.depth_mag[0].unwrap() - 24.685).abs() < 0.03);
    }
}
