//! Bytes nobody should send: whatever they are, reading ends, and in an error
//! or an image, never in a panic.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use imaging::{Rgb8, fits, preview, raster};
use proptest::{collection::vec, prelude::*, sample::Index};

const FIXTURES: [&str; 6] =
    ["cutout", "rice_dither2", "rice_dither1", "gzip2_and_mask", "one_band_per_hdu", "int16"];

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}.fits", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn pictures() -> Vec<Vec<u8>> {
    let picture = Rgb8::new(20, 15, (0..900).map(|i| (i * 31 % 256) as u8).collect()).unwrap();
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new(&mut jpeg)
        .encode(&picture.data, 20, 15, image::ExtendedColorType::Rgb8)
        .unwrap();
    vec![preview::png(&picture).unwrap(), preview::webp(&picture).unwrap(), jpeg]
}

/// Where bytes are overwritten, and with what.
fn edits() -> impl Strategy<Value = Vec<(Index, u8)>> {
    vec((any::<Index>(), any::<u8>()), 1..24)
}

fn damaged(mut bytes: Vec<u8>, edits: &[(Index, u8)], keep: &Index) -> Vec<u8> {
    for (at, byte) in edits {
        let at = at.index(bytes.len());
        bytes[at] = *byte;
    }
    // Half of the time the file is also cut.
    let cut = keep.index(bytes.len() * 2);
    bytes.truncate(cut.max(1));
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_never_a_fits_file(bytes in vec(any::<u8>(), 0..9000)) {
        prop_assert!(fits::read(&bytes).is_err());
    }

    #[test]
    fn a_random_header_is_survived(cards in vec("[A-Z0-9]{1,8}", 1..60), numbers in vec(any::<i32>(), 60)) {
        let mut text = format!("{:<80}", "SIMPLE  =                    T");
        for (name, number) in cards.iter().zip(numbers) {
            text += &format!("{:<80}", format!("{name:<8}= {number:>20}"));
        }
        text += &format!("{:<80}", "END");
        let _ = fits::read(text.as_bytes());
    }

    #[test]
    fn structural_keywords_may_hold_anything(
        which in any::<Index>(), file in any::<Index>(), value in prop_oneof![any::<i64>(), -3_i64..5000],
    ) {
        let mut bytes = fixture(FIXTURES[file.index(FIXTURES.len())]);
        let numeric: Vec<usize> = (0..bytes.len() / 80).map(|i| i * 80)
            .filter(|&at| bytes[at + 8] == b'=' && bytes[at + 29].is_ascii_digit())
            .collect();
        let at = numeric[which.index(numeric.len())];
        bytes[at + 9..at + 30].copy_from_slice(format!(" {value:>20}").as_bytes());
        let _ = fits::read(&bytes);
    }

    #[test]
    fn a_damaged_fits_file_is_survived(file in any::<Index>(), edits in edits(), keep in any::<Index>()) {
        let _ = fits::read(&damaged(fixture(FIXTURES[file.index(FIXTURES.len())]), &edits, &keep));
    }

    #[test]
    fn a_damaged_picture_is_survived(which in any::<Index>(), edits in edits(), keep in any::<Index>()) {
        let pictures = pictures();
        let bytes = damaged(pictures[which.index(3)].clone(), &edits, &keep);
        if let Ok(picture) = raster::decode(&bytes, raster::Limits::default()) {
            prop_assert_eq!(picture.data.len(), picture.width * picture.height * 3);
        }
    }

    #[test]
    fn random_bytes_after_a_magic_number_are_survived(which in 0..3_usize, tail in vec(any::<u8>(), 0..400)) {
        let magic: [&[u8]; 3] = [&[0x89, b'P', b'N', b'G', 13, 10, 26, 10], &[0xff, 0xd8, 0xff, 0xe0], b"RIFF\x90\x01\0\0WEBP"];
        let _ = raster::decode(&[magic[which], &tail].concat(), raster::Limits::default());
    }
}
