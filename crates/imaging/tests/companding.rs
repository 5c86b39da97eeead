//! The companded picture: one table of values for the Rust side and the web app, and files whose length
//! tells nothing and that decoders read.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use std::fmt::Write as _;

use imaging::{
    Rgb8,
    compand::{self, REFERENCE_NOISE},
    preview,
    raster::{self, Limits},
};

/// Pixels from the sky to the cores of galaxies, of every colour.
fn pixels() -> Vec<u8> {
    let levels = [0_u8, 20, 23, 25, 26, 27, 30, 36, 47, 64, 90, 130, 180, 230, 255];
    let mut bytes = Vec::new();
    for (n, z) in levels.iter().enumerate() {
        for (m, r) in levels.iter().enumerate() {
            bytes.extend([*z, *r, levels[(3 * n + 7 * m) % levels.len()]]);
        }
    }
    bytes
}

fn golden() -> String {
    let mut text =
        String::from("{\n  \"about\": \"made by crates/imaging/tests/companding.rs; channels z, r, g\",\n");
    let list = |values: &[f64]| values.iter().map(|v| format!("{v:.8e}")).collect::<Vec<_>>().join(", ");
    writeln!(text, "  \"noise\": [{}],", list(&REFERENCE_NOISE)).unwrap();
    text += "  \"flux\": [\n";
    for (channel, noise) in REFERENCE_NOISE.into_iter().enumerate() {
        let fluxes: Vec<f64> = (0..=255).map(|byte| compand::flux(byte, noise)).collect();
        writeln!(text, "    [{}]{}", list(&fluxes), if channel < 2 { "," } else { "" }).unwrap();
    }
    text += "  ],\n";
    let bytes = pixels();
    let picture = Rgb8::new(bytes.len() / 3, 1, bytes.clone()).unwrap();
    let colours = compand::composite(&picture).data;
    writeln!(text, "  \"pixels\": {bytes:?},\n  \"colours\": {colours:?}\n}}").unwrap();
    text
}

#[test]
fn the_table_that_the_web_app_is_tested_against_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/companding.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, golden()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), golden(), "run again with UPDATE_GOLDEN=1");
}

/// Pictures that are hard and easy to press together.
fn pictures() -> Vec<Rgb8> {
    let mut state = 9_u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    [0, 1, 2, 8, 32, 128, 255]
        .map(|strength: u16| {
            let byte = |_| (u16::from(noise()) * strength / 255) as u8;
            Rgb8::new(96, 64, (0..96 * 64 * 3).map(byte).collect()).unwrap()
        })
        .into()
}

#[test]
fn a_padded_webp_has_one_of_few_lengths_and_the_same_pixels() {
    for picture in pictures() {
        let plain = preview::webp(&picture).unwrap();
        let padded = preview::padded_webp(plain.clone());
        assert!(
            padded.len().is_power_of_two() && padded.len() < (2 * (plain.len() + 9)).max(16_385),
            "{}",
            padded.len()
        );
        assert_eq!(u32::from_le_bytes(padded[4..8].try_into().unwrap()) as usize, padded.len() - 8);
        assert_eq!(raster::decode(&padded, Limits::default()), Ok(picture));
    }
}

#[test]
fn a_padded_jpeg_has_one_of_few_lengths_and_the_same_pixels() {
    for picture in pictures() {
        let plain = preview::jpeg(&picture, 85).unwrap();
        let padded = preview::padded_jpeg(&plain);
        assert!(
            padded.len().is_power_of_two() && padded.len() < (2 * (plain.len() + 5)).max(16_385),
            "{}",
            padded.len()
        );
        let decode = |bytes: &[u8]| raster::decode(bytes, Limits::default()).unwrap();
        assert_eq!(decode(&padded), decode(&plain));
    }
}

#[test]
fn every_length_of_a_jpeg_can_be_filled_up() {
    // The comments must fit exactly, also where one alone is too short or too long.
    for length in (4..70).chain(16_300..16_400).chain(65_500..65_600).chain(131_000..131_200) {
        let mut bytes = vec![0xff, 0xd8];
        bytes.resize(length, 7);
        let padded = preview::padded_jpeg(&bytes);
        assert_eq!(padded.len(), preview::size_class(length + 4), "{length}");
        let mut rest = &padded[2..];
        while rest.starts_with(&[0xff, 0xfe]) {
            rest = &rest[2 + usize::from(u16::from_be_bytes([rest[2], rest[3]]))..];
        }
        assert_eq!(rest, &bytes[2..], "{length}");
    }
}
