//! The picture with its grid, its recognised stars and what lies in it drawn into the pixels, as a file to take
//! away. The same drawing that the page lays over the picture, without its words.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use super::{grid, inside::Inside, verdict::Placed};

const GRID: [u8; 3] = [143, 199, 255];
const STAR: [u8; 3] = [125, 255, 155];
const THING: [u8; 3] = [244, 201, 93];
/// How much of a colour covers what is beneath, of 256.
const FAINT: u32 = 130;
const STRONG: u32 = 235;

/// A PNG of the kept pixels with everything drawn in.
///
/// # Errors
/// When the kept pixels cannot be read.
pub(crate) fn annotated(
    placed: &Placed,
    picture: &[u8],
    inside: &[Inside],
) -> Result<Vec<u8>, image::ImageError> {
    let mut image = image::load_from_memory(picture)?.to_rgb8();
    let size = [f64::from(image.width()), f64::from(image.height())];
    let at = |share: [f64; 2]| [share[0] * size[0], share[1] * size[1]];
    for line in grid::lines(placed) {
        for ends in line.pieces.iter().flat_map(|piece| piece.windows(2)) {
            stroke(&mut image, at(ends[0]), at(ends[1]), GRID, FAINT);
        }
    }
    let radius = (size[0].max(size[1]) / 130.0).clamp(4.0, 14.0);
    for star in &placed.stars {
        ring(&mut image, at(placed.share(star.x, star.y)), radius, STAR);
    }
    for thing in inside {
        square(&mut image, at(thing.at), radius * 1.4, THING);
    }
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

fn dot(image: &mut RgbImage, [x, y]: [f64; 2], colour: [u8; 3], cover: u32) {
    if !(0.0..f64::from(image.width())).contains(&x) || !(0.0..f64::from(image.height())).contains(&y) {
        return;
    }
    let Rgb(pixel) = image.get_pixel_mut(x as u32, y as u32);
    for (under, over) in pixel.iter_mut().zip(colour) {
        *under = ((u32::from(*under) * (256 - cover) + u32::from(over) * cover) / 256) as u8;
    }
}

/// One dot a pixel along the longer axis.
fn stroke(image: &mut RgbImage, from: [f64; 2], to: [f64; 2], colour: [u8; 3], cover: u32) {
    let along = [to[0] - from[0], to[1] - from[1]];
    let steps = along[0].abs().max(along[1].abs()).ceil().clamp(1.0, 10_000.0);
    for n in 0..steps as u32 {
        let t = f64::from(n) / steps;
        dot(image, [from[0] + t * along[0], from[1] + t * along[1]], colour, cover);
    }
}

fn ring(image: &mut RgbImage, [x, y]: [f64; 2], radius: f64, colour: [u8; 3]) {
    let steps = (radius * 8.0).ceil();
    for n in 0..steps as u32 {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(n) / steps).sin_cos();
        dot(image, [x + radius * cos, y + radius * sin], colour, STRONG);
    }
}

fn square(image: &mut RgbImage, [x, y]: [f64; 2], half: f64, colour: [u8; 3]) {
    for grown in [half, half + 1.0] {
        let corners =
            [[x - grown, y - grown], [x + grown, y - grown], [x + grown, y + grown], [x - grown, y + grown]];
        for k in 0..4 {
            stroke(image, corners[k], corners[(k + 1) % 4], colour, STRONG);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            orientation::Orientation,
            verdict::{Star, tests::placed},
        },
        *,
    };

    #[test]
    fn what_is_drawn_stands_where_it_lies_and_nothing_reaches_over_the_edge() {
        let mut black = Cursor::new(Vec::new());
        RgbImage::new(200, 100).write_to(&mut black, ImageFormat::Png).expect("encoded");
        let star = |x: f64, y: f64| Star { x, y, ra_deg: 0.0, dec_deg: 0.0, magnitude: None, off_px: 0.0 };
        // The first row is the lowest: a star of a low row is drawn below.
        let sky = placed(150.0, 30.0, Orientation::LOWEST_FIRST);
        let sky = Placed { stars: vec![star(200.0, 20.0), star(1.0, 200.0)], ..sky };
        let drawn = annotated(&sky, &black.into_inner(), &[]).expect("drawn");
        let drawn = image::load_from_memory(&drawn).expect("a PNG").to_rgb8();
        let greenish = |x: u32, y: u32| {
            let Rgb([red, green, blue]) = *drawn.get_pixel(x, y);
            green > 180 && red < 150 && blue < 190
        };
        assert!((95..107).any(|x| greenish(x, 90)), "the ring around the lower star");
        assert!((0..200).all(|x| (20..80).all(|y| !greenish(x, y))));
        assert!(drawn.pixels().any(|Rgb([_, _, blue])| *blue > 90), "the grid");
    }
}
