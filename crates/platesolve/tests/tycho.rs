//! Indexes of the whole Tycho-2, whose size is known: 12 Nside² cells, ten stars
//! and sixteen quads each where the sky is dense enough.

use std::{fs, path::PathBuf};

use domain::Silent;
use platesolve::{
    build::{BuildSettings, build},
    catalogue::{Catalogue, Star},
};

/// The catalogue beside the project, if it is there.
fn tycho() -> Option<Catalogue> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/stars/tycho2_all.bin");
    let Ok(bytes) = fs::read(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    let n = u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes")) as usize;
    let (ra, rest) = bytes[12..].split_at(4 * n);
    let (dec, magnitude) = rest.split_at(4 * n);
    let stars = (0..n).map(|i| {
        let four = |column: &[u8]| -> [u8; 4] { column[4 * i..4 * i + 4].try_into().expect("four bytes") };
        let ra = f64::from(u32::from_le_bytes(four(ra))) / 2_f64.powi(32) * 360.0;
        let dec = f64::from(i32::from_le_bytes(four(dec))) / f64::from(i32::MAX) * 90.0;
        let mag = i16::from_le_bytes([magnitude[2 * i], magnitude[2 * i + 1]]);
        Star::new(ra, dec, f32::from(mag) / 1000.0, None).expect("a star")
    });
    Some(Catalogue::new("Tycho-2", Some(2000.0), stars.collect()))
}

#[test]
fn preset_12_has_as_many_quads_and_stars_as_the_published_file() {
    let Some(catalogue) = tycho() else { return };
    let settings = BuildSettings::preset(12).expect("a preset");
    let index = build(&catalogue, &settings, &Silent).expect("an index");
    assert_eq!(index.quad_count(), 150_528);
    assert_eq!(index.stars.len(), 94_080);
}
