//! Small images and rows for the tests of this crate.
#![allow(dead_code, reason = "every test binary uses its own part")]

use std::{collections::BTreeMap, fs, path::Path};

use domain::{Digest, Label, SkyCoord};
use imaging::{Band, Cube, TanWcs, Tile, TileSpec, fits};
use survey::{Conditions, DatasetWriter, NewRow};

/// A recipe for tiles of a few bytes.
pub fn small() -> TileSpec {
    TileSpec { size: 8, ..TileSpec::default() }
}

/// Reproducible noise in [−1, 1].
pub fn noise(seed: u64, i: usize) -> f32 {
    let mixed = (seed.wrapping_mul(1_000_003) + i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)) >> 33) as f32 / (1_u64 << 30) as f32 - 1.0
}

pub fn cube(seed: u64, size: usize) -> Cube {
    let data = (0..size * size * 3).map(|i| 0.01 * noise(seed, i)).collect();
    let centre = SkyCoord { ra_deg: (seed * 7 % 360) as f64, dec_deg: (seed % 60) as f64 };
    let cube = Cube::new(size, size, vec![Band::G, Band::R, Band::Z], data).unwrap();
    cube.with_wcs(TanWcs::north_up(centre, size, size, 0.262))
}

pub fn fits_file(seed: u64) -> Vec<u8> {
    fits::write(&cube(seed, 20), fits::Compression::None).unwrap()
}

pub fn row(n: u64) -> NewRow {
    NewRow {
        id: format!("img-{n:04}"),
        source: format!("record:{n}"),
        digest: Digest::of(&n.to_le_bytes()),
        bands: "grz".to_owned(),
        pixel_scale_arcsec: (!n.is_multiple_of(3)).then_some(0.262),
        width: 381,
        height: 380,
        // One sky cell, then none: the order of the numbers is the order of the dataset.
        position: (n < 650).then_some(SkyCoord { ra_deg: 150.0 + n as f64 * 1e-4, dec_deg: 2.0 }),
        label: [Label::Unknown, Label::NonLens, Label::Lens][(n % 3) as usize],
        provenance: format!("simulated, \"seed\" {n}; grade={n}"),
        conditions: conditions(n),
    }
}

/// Every field empty now and then.
fn conditions(n: u64) -> Conditions {
    let sometimes = |every: u64, value: f64| (!n.is_multiple_of(every)).then_some(value);
    Conditions {
        psf_fwhm_arcsec: [sometimes(2, 1.5), sometimes(3, 1.3 + n as f64 / 1e3), None],
        depth_mag: [None, sometimes(5, 23.9), sometimes(2, 23.0)],
        flags: (!n.is_multiple_of(2)).then_some(1 << (n % 14)),
        cluster_id: (!n.is_multiple_of(3)).then_some(i64::MAX - n as i64),
        z_cluster: sometimes(4, 0.53),
        m500_msun: sometimes(5, 1.23e14 + n as f64),
        m200_msun: sometimes(7, 2e14),
    }
}

pub fn tile(n: u64) -> Tile {
    Tile { size: 8, data: (0..8 * 8 * 3).map(|i| (n * 31 + i) as u8).collect() }
}

pub fn fill(writer: &mut DatasetWriter, numbers: impl IntoIterator<Item = u64>) {
    for n in numbers {
        writer.push(row(n), &tile(n)).unwrap();
    }
}

/// Every file under a folder with its bytes.
pub fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}
