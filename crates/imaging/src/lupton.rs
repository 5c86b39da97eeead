//! The colour composite people look at, as the Legacy Surveys viewer makes it
//! (after Lupton et al. 2004, PASP 116, 133): colours keep their ratios while
//! the brightness is compressed by an asinh.

use crate::{Band, Cube, CubeError, Rgb8, format_bands};

/// Weights of blue (g), green (r) and red (z); flux in nanomaggies.
const SCALES: [f64; 3] = [6.0, 3.4, 2.2];
/// Weight of the i band where it stands in for z.
const SCALE_I: f64 = 3.0;
/// How bright i counts where it stands in for z.
pub(crate) const I_FOR_Z: f64 = SCALE_I / SCALES[2];
/// Added to every plane, lifts the sky from black.
const MINIMUM: f64 = 0.03;
/// Strength of the compression.
const SOFTENING: f64 = 20.0;

/// Colour of a pixel with fluxes g, r, z in nanomaggies: R, G, B in [0, 1].
#[must_use]
pub fn rgb([g, r, z]: [f64; 3]) -> [f64; 3] {
    compress([SCALES[0] * g, SCALES[1] * r, SCALES[2] * z])
}

/// R, G, B from weighted blue, green, red flux.
fn compress(weighted: [f64; 3]) -> [f64; 3] {
    let lifted = weighted.map(|value| value + MINIMUM);
    let intensity = lifted.iter().map(|value| value.max(0.0)).sum::<f64>() / 3.0;
    let compressed = asinh(SOFTENING * intensity) / SOFTENING.sqrt();
    let divisor = if intensity == 0.0 { 1e-6 } else { intensity };
    let [b, g, r] = lifted.map(|value| (value * compressed / divisor).clamp(0.0, 1.0));
    [r, g, b]
}

/// asinh of a number that is not negative, by its logarithm (by its series where that would lose digits).
fn asinh(x: f64) -> f64 {
    if x < 1e-3 { x - x * x * x / 6.0 } else { (x + (x * x + 1.0).sqrt()).ln() }
}

/// The composite of a cube in nanomaggies with bands g, r and z (or i where there is no z);
/// row 0 of the picture is the last row of the cube (north).
///
/// # Errors
/// When a band is missing or a pixel is not finite.
pub fn composite(cube: &Cube) -> Result<Rgb8, CubeError> {
    cube.check()?;
    cube.check_finite()?;
    let (g, r) = (cube.plane(Band::G)?, cube.plane(Band::R)?);
    let (z, red_scale) = match (cube.plane(Band::Z), cube.plane(Band::I)) {
        (Ok(z), _) => (z, SCALES[2]),
        (Err(_), Ok(i)) => (i, SCALE_I),
        _ => return Err(CubeError::MissingBand { wanted: Band::Z, present: format_bands(&cube.bands) }),
    };
    let mut data = Vec::with_capacity(cube.width * cube.height * 3);
    for y in (0..cube.height).rev() {
        for at in y * cube.width..(y + 1) * cube.width {
            let weighted =
                [SCALES[0] * f64::from(g[at]), SCALES[1] * f64::from(r[at]), red_scale * f64::from(z[at])];
            data.extend(compress(weighted).map(|value| (value * 255.0 + 0.5) as u8));
        }
    }
    Ok(Rgb8 { width: cube.width, height: cube.height, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn north_is_the_top_row_and_red_comes_from_z() {
        // One row south, one north; only z shines in the north.
        let data = vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.3];
        let cube = Cube::new(1, 2, vec![Band::G, Band::R, Band::Z], data).unwrap();
        let picture = composite(&cube).unwrap();
        assert!(picture.data[0] > 200 && picture.data[2] < 60, "{:?}", picture.data);
        assert_eq!(picture.data[3], picture.data[5], "the empty south is grey");
    }

    #[test]
    fn names_the_missing_band() {
        let cube = Cube::new(1, 1, vec![Band::G, Band::R], vec![0.0; 2]).unwrap();
        let error = composite(&cube).unwrap_err().to_string();
        assert!(error.contains("band z") && error.contains("gr"), "{error}");
    }

    #[test]
    fn the_hue_of_a_bright_pixel_survives_until_it_saturates() {
        let faint = rgb([0.01, 0.02, 0.03]);
        let brighter = rgb([0.1, 0.2, 0.3]);
        assert!(faint.iter().zip(&brighter).all(|(a, b)| a < b));
        assert_eq!(rgb([1e6, 1e6, 1e6]), [1.0; 3]);
    }
}
