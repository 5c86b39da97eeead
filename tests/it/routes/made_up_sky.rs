//! A small sky of stars that never were, an index of it, and pictures taken of it.

use std::{io::Cursor, path::Path};

use domain::{Silent, SkyCoord};
use image::{GrayImage, ImageFormat, Luma};
use imaging::TanWcs;
use platesolve::{
    build::{BuildSettings, build},
    catalogue::{Catalogue, Star},
    layout::{self, Layout},
};

/// Middle of the part of the sky that has stars.
pub const CENTRE: SkyCoord = SkyCoord { ra_deg: 150.0, dec_deg: 30.0 };
/// Side of a pixel of the pictures, arcsec.
pub const SCALE: f64 = 60.0;
pub const SIDE: u32 = 480;
const STARS: usize = 2_500;
const RADIUS_DEG: f64 = 9.0;

/// Numbers in [0, 1) that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The stars, brightest first is not promised.
pub fn stars() -> Vec<Star> {
    let mut dice = Dice(2026);
    let disc = TanWcs::north_up(CENTRE, 1, 1, 3600.0);
    let mut star = |_| loop {
        let (x, y) = (2.0 * dice.roll() - 1.0, 2.0 * dice.roll() - 1.0);
        if x.hypot(y) <= 1.0 {
            let position = disc.pixel_to_sky(1.0 + RADIUS_DEG * x, 1.0 + RADIUS_DEG * y);
            let magnitude = 2.0 + 5.0 * dice.roll().sqrt();
            break Star::new(position.ra_deg, position.dec_deg, magnitude as f32, None).expect("a star");
        }
    };
    (0..STARS).map(&mut star).collect()
}

/// Puts an index of this sky into a folder.
pub fn index_into(folder: &Path) {
    let settings = BuildSettings { occupied_only: true, ..BuildSettings::preset(10).expect("a preset") };
    let catalogue = Catalogue::new("made up", None, stars());
    let index = build(&catalogue, &settings, &Silent).expect("an index");
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join("made-up.sqx"), layout::write(&index, Layout::Native)).expect("a file");
}

/// A picture of the sky around a position, as a PNG: north up, east left, the first row highest.
pub fn picture(centre: SkyCoord) -> Vec<u8> {
    let wcs = TanWcs::north_up(centre, SIDE as usize, SIDE as usize, SCALE);
    let mut light = vec![18.0; (SIDE * SIDE) as usize];
    for star in stars() {
        let Some((x, y)) = wcs.sky_to_pixel(star.position) else { continue };
        // Rows from below in the projection, from above in the picture.
        let (x, y) = (x - 1.0, f64::from(SIDE) - y);
        let peak = 220.0 * 10_f64.powf(-0.4 * (f64::from(star.magnitude) - 2.0)) + 12.0;
        let (column, row) = (x.round(), y.round());
        for dy in -6..=6 {
            for dx in -6..=6 {
                let (px, py) = (column + f64::from(dx), row + f64::from(dy));
                let within = |p: f64| (0.0..f64::from(SIDE)).contains(&p);
                if within(px) && within(py) {
                    let away = (px - x).powi(2) + (py - y).powi(2);
                    light[(py as u32 * SIDE + px as u32) as usize] +=
                        peak * (-away / (2.0 * 1.3 * 1.3)).exp();
                }
            }
        }
    }
    let mut dice = Dice(7);
    let mut noisy =
        |value: f64| (value + 4.0 * (dice.roll() + dice.roll() - 1.0)).round().clamp(0.0, 255.0) as u8;
    let pixels = light.into_iter().map(&mut noisy).collect();
    let image = GrayImage::from_raw(SIDE, SIDE, pixels).expect("as many pixels");
    png(&image)
}

/// A picture that no sky has: the same everywhere.
pub fn empty() -> Vec<u8> {
    png(&GrayImage::from_pixel(64, 64, Luma([40])))
}

fn png(image: &GrayImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).expect("encoded");
    bytes.into_inner()
}
