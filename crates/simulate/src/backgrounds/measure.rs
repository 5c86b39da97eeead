//! What a real cutout says of its own noise.

use imaging::{Band, Cube, CubeError, sky_level};

use crate::dice::round;

/// The empty sky of one plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sky {
    /// Its brightness per pixel.
    pub level: f64,
    /// Its noise per pixel.
    pub sigma: f64,
    /// Correlation of neighbours' noise along x and y.
    pub texture: [f64; 2],
}

/// The square in the middle of these planes.
pub fn square(cube: &Cube, bands: [Band; 3]) -> Result<Cube, CubeError> {
    let side = cube.width.min(cube.height);
    let (left, low) = ((cube.width - side) / 2, (cube.height - side) / 2);
    let mut data = Vec::with_capacity(3 * side * side);
    for band in bands {
        let plane = cube.plane(band)?;
        for row in plane.chunks_exact(cube.width).skip(low).take(side) {
            data.extend_from_slice(&row[left..left + side]);
        }
    }
    let wcs = cube.wcs.map(|mut wcs| {
        wcs.crpix = [wcs.crpix[0] - left as f64, wcs.crpix[1] - low as f64];
        wcs
    });
    let square = Cube::new(side, side, bands.to_vec(), data)?;
    Ok(Cube { wcs, pixel_scale_arcsec: cube.pixel_scale_arcsec, ..square })
}

/// Level and noise by clipping, texture from pairs of neighbours that are both sky. Pixels without a
/// value are passed over.
pub fn sky(plane: &[f32], width: usize) -> Sky {
    let finite: Vec<f32> = plane.iter().copied().filter(|v| v.is_finite()).collect();
    let found = sky_level(&finite, 3.0, 5);
    let (level, sigma) = (f64::from(found.median), f64::from(found.sigma));
    let texture = [1, width].map(|step| {
        let dark = |v: f32| v.is_finite() && (f64::from(v) - level).abs() < 3.0 * sigma;
        let (mut sum, mut square, mut count) = (0.0, 0.0, 0_u32);
        for (&a, &b) in plane.iter().zip(&plane[step.min(plane.len())..]) {
            if dark(a) && dark(b) {
                let (a, b) = (f64::from(a) - level, f64::from(b) - level);
                sum += a * b;
                square += 0.5 * (a * a + b * b);
                count += 1;
            }
        }
        // Unresolved faint light correlates as well; more than resampling can do is not noise.
        if count < 100 || square <= 0.0 { 0.0 } else { round((sum / square).clamp(0.0, 0.6), 3) }
    });
    Sky { level, sigma, texture }
}

#[cfg(test)]
mod tests {
    use domain::Seed;

    use super::*;
    use crate::dice::Dice;

    #[test]
    fn white_noise_has_no_texture_and_averaged_noise_has() {
        let mut dice = Dice::new(Seed::root(1));
        let white: Vec<f32> = (0..200 * 200).map(|_| dice.normal(5.0, 2.0) as f32).collect();
        let found = sky(&white, 200);
        assert!((found.level - 5.0).abs() < 0.05 && (found.sigma - 2.0).abs() < 0.05, "{found:?}");
        assert!(found.texture.iter().all(|c| *c < 0.02), "{found:?}");
        let pairs: Vec<f32> = white.windows(2).map(|w| 0.5 * (w[0] + w[1])).chain([5.0]).collect();
        let [x, y] = sky(&pairs, 200).texture;
        assert!((x - 0.5).abs() < 0.03 && y < 0.02, "{x} {y}");
    }
}
