//! From a cutout to the network's tile: of its flux, or of a picture of it where
//! the record says so. A picture has lost what published pictures have: it is
//! cut at black and white and has 8 bits.

use imaging::{
    Band, Crop, Cube, Tile, TileSpec,
    tile::{self, TileError},
};

use crate::record::{Record, Stretch};

/// The tile of a cutout.
///
/// # Errors
/// When the cube is none a tile can be made of.
pub fn tile_of(record: &Record, cube: &Cube, spec: &TileSpec) -> Result<Tile, TileError> {
    let Some(stretch) = &record.stretch else { return tile::tile(cube, spec) };
    match tile::tile_of_render(&picture(cube, stretch, record.noise.sky_sigma_nmgy)?, spec) {
        // All black but for a star: nobody would publish it.
        Err(TileError::NoNoise { .. }) => tile::tile(cube, spec),
        made => made,
    }
}

/// The bytes of the picture, as the planes of a cube.
fn picture(cube: &Cube, stretch: &Stretch, sigma: [f64; 3]) -> Result<Cube, TileError> {
    let keep = stretch.keep_px.clamp(1, cube.width.min(cube.height));
    let cube = cube.clone().cropped(Crop::Pixels(keep)).unwrap_or_else(|_| cube.clone());
    let bands = [Band::G, Band::R, Band::Z];
    let mut planes = Vec::with_capacity(3);
    for (i, band) in bands.into_iter().enumerate() {
        let low = stretch.low_sigma * sigma[i];
        planes.push(
            cube.plane(band)?
                .iter()
                .map(|&flux| (stretch.gain[i] * (f64::from(flux) - low)) as f32)
                .collect::<Vec<f32>>(),
        );
    }
    let white = stretch.white_share.map_or(1.0, |share| quantile(&planes, share).max(f32::MIN_POSITIVE));
    let softening = stretch.softening as f32;
    let one = (1.0 / softening).asinh();
    let stretched = |value: f32| (value / softening).asinh() / one;
    for i in 0..planes[0].len() {
        let mut pixel = [0, 1, 2].map(|band| planes[band][i] / white);
        if stretch.lupton {
            let mean = (pixel.iter().sum::<f32>() / 3.0).max(1e-4);
            let factor = stretched(mean) / mean;
            pixel = pixel.map(|value| value * factor);
            let brightest = pixel.iter().copied().fold(1.0, f32::max);
            if stretch.keep_colour {
                pixel = pixel.map(|value| value / brightest);
            }
        } else {
            pixel = pixel.map(stretched);
        }
        for band in 0..3 {
            planes[band][i] = (255.0 * pixel[band].clamp(0.0, 1.0)).round();
        }
    }
    Ok(Cube::new(cube.width, cube.height, bands.to_vec(), planes.concat())?)
}

/// The value that this share of all planes' pixels does not exceed.
fn quantile(planes: &[Vec<f32>], share: f64) -> f32 {
    let mut values: Vec<f32> = planes.concat();
    let at = ((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1));
    if values.is_empty() { 1.0 } else { *values.select_nth_unstable_by(at, f32::total_cmp).1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch() -> Stretch {
        Stretch {
            keep_px: 2,
            gain: [1.0; 3],
            low_sigma: 0.0,
            softening: 1e6,
            white_share: None,
            lupton: false,
            keep_colour: false,
        }
    }

    fn cube() -> Cube {
        let plane = |top: f32| vec![-1.0, 0.0, 0.5, top];
        let data = [plane(2.0), plane(1.0), plane(0.25)].concat();
        Cube::new(2, 2, vec![Band::G, Band::R, Band::Z], data).expect("four pixels of three bands")
    }

    #[test]
    fn a_very_soft_stretch_is_linear_and_cut_at_black_and_white() {
        let made = picture(&cube(), &stretch(), [1.0; 3]).expect("a good cube");
        assert_eq!(made.data, [0.0, 0.0, 128.0, 255.0, 0.0, 0.0, 128.0, 255.0, 0.0, 0.0, 128.0, 64.0]);
    }

    #[test]
    fn colours_are_kept_where_the_brightest_band_is_white() {
        let settings = Stretch { lupton: true, keep_colour: true, ..stretch() };
        let made = picture(&cube(), &settings, [1.0; 3]).expect("a good cube");
        let last = [3, 7, 11].map(|i| made.data[i]);
        assert!(
            last[0] == 255.0 && (last[1] - 127.5).abs() < 1.0 && (last[2] - 32.0).abs() < 1.0,
            "{last:?}"
        );
    }

    #[test]
    fn exposed_for_the_image_white_is_a_quantile_of_it() {
        let made = picture(&cube(), &Stretch { white_share: Some(0.99), ..stretch() }, [1.0; 3]);
        assert_eq!(made.expect("a good cube").data[3], 255.0);
        let brighter = Stretch { white_share: Some(0.99), gain: [7.0; 3], ..stretch() };
        let both = [&brighter, &Stretch { gain: [1.0; 3], ..brighter.clone() }]
            .map(|s| picture(&cube(), s, [0.0; 3]).expect("a good cube").data);
        assert_eq!(both[0], both[1]);
    }
}
