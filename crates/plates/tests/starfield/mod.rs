//! Made-up stars and images of them.
#![allow(dead_code, reason = "every test binary uses its own part")]

use std::{fmt::Write as _, fs, path::Path};

use domain::{Seed, SkyCoord};
use imaging::{Band, Cube, TanWcs, fits};
use rand::RngExt as _;

/// Side of the patch of sky, degrees.
pub const PATCH_DEG: f64 = 3.0;
/// Side of a pixel, arcsec.
pub const SCALE: f64 = 6.0;

pub type StarList = Vec<(SkyCoord, f64)>;

/// 250 stars per square degree of magnitudes around 10.
pub fn stars(seed: u64, centre: SkyCoord) -> StarList {
    let mut rng = Seed::root(seed).child("stars").rng();
    let plane = TanWcs::north_up(centre, 1000, 1000, PATCH_DEG * 3.6);
    let count = (250.0 * PATCH_DEG * PATCH_DEG) as usize;
    (0..count)
        .map(|_| {
            let sky = plane.pixel_to_sky(1000.0 * rng.random::<f64>(), 1000.0 * rng.random::<f64>());
            (sky, 11.0 + 1.5 * rng.random::<f64>().max(1e-3).ln())
        })
        .collect()
}

/// A catalogue of them as CSV.
pub fn write_catalogue(path: &Path, stars: &StarList) {
    let mut text = "ra,dec,mag\n".to_owned();
    for (sky, magnitude) in stars {
        writeln!(text, "{:.7},{:.7},{magnitude:.3}", sky.ra_deg, sky.dec_deg).expect("a line");
    }
    fs::write(path, text).expect("the catalogue");
}

/// Turned by `deg` from north to east about its middle.
pub fn projection(centre: SkyCoord, side: usize, deg: f64) -> TanWcs {
    let (sin, cos) = deg.to_radians().sin_cos();
    let step = SCALE / 3600.0;
    let middle = f64::midpoint(1.0, side as f64);
    TanWcs {
        crval: [centre.ra_deg, centre.dec_deg],
        crpix: [middle; 2],
        cd: [[-step * cos, step * sin], [step * sin, step * cos]],
    }
}

/// What a camera sees through `wcs`: stars as wide as two pixels over noise.
pub fn render(seed: u64, stars: &StarList, wcs: &TanWcs, side: usize) -> Vec<f32> {
    let mut rng = Seed::root(seed).child("noise").rng();
    let mut noise = || (0..12).map(|_| rng.random::<f32>()).sum::<f32>() - 6.0;
    let mut pixels: Vec<f32> = (0..side * side).map(|_| 100.0 + 2.0 * noise()).collect();
    for &(sky, magnitude) in stars {
        let Some((x, y)) = wcs.sky_to_pixel(sky) else { continue };
        let (x, y) = (x - 1.0, y - 1.0);
        let reach = 0.0..side as f64;
        if !(reach.contains(&x) && reach.contains(&y)) {
            continue;
        }
        let peak = 40.0 * 10_f64.powf(-0.4 * (magnitude - 10.5));
        let from = |v: f64| (v - 6.0).max(0.0) as usize;
        let to = |v: f64| ((v + 7.0) as usize).min(side);
        for row in from(y)..to(y) {
            for column in from(x)..to(x) {
                let square = (column as f64 - x).powi(2) + (row as f64 - y).powi(2);
                pixels[row * side + column] += (peak * (-square / (2.0 * 1.2 * 1.2)).exp()) as f32;
            }
        }
    }
    pixels
}

/// A FITS file of three equal bands that says `claimed` of itself.
pub fn fits_file(pixels: &[f32], side: usize, claimed: Option<TanWcs>) -> Vec<u8> {
    let data = [pixels, pixels, pixels].concat();
    let cube = Cube::new(side, side, vec![Band::G, Band::R, Band::Z], data).expect("a cube");
    let cube = match claimed {
        Some(wcs) => cube.with_wcs(wcs),
        None => cube,
    };
    fits::write(&cube, fits::Compression::None).expect("a file")
}
