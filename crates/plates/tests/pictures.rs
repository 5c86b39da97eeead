//! Images of every format to planes, what they say about themselves, and files that are damaged or hostile.

use std::io::Cursor;

use domain::SkyCoord;
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, Rgb};
use imaging::{Polynomial, TanSip, TanWcs, raster::Limits};
use plates::{Picture, PictureError, PictureFormat, header::header};
use platesolve::{Solution, extract::Pixels};
use proptest::prelude::*;

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("encoded");
    bytes.into_inner()
}

fn grey8() -> DynamicImage {
    ImageBuffer::from_fn(31, 17, |x, y| Luma([(x * 5 + y * 3) as u8])).into()
}

fn grey16() -> DynamicImage {
    ImageBuffer::from_fn(31, 17, |x, y| Luma([(x * 1500 + y * 300) as u16])).into()
}

fn colour() -> DynamicImage {
    ImageBuffer::from_fn(31, 17, |x, y| Rgb([(x * 8) as u8, (y * 15) as u8, 100])).into()
}

fn real() -> DynamicImage {
    DynamicImage::ImageRgb32F(ImageBuffer::from_fn(31, 17, |x, y| Rgb([x as f32, y as f32, 0.5])))
}

/// A FITS file of one HDU: the cards, then big-endian data.
fn fits(cards: &[&str], data: &[u8]) -> Vec<u8> {
    let mut text: String = cards.iter().chain(&["END"]).map(|card| format!("{card:<80}")).collect();
    text.extend(std::iter::repeat_n(' ', text.len().next_multiple_of(2880) - text.len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(2880), 0);
    bytes
}

fn plane(bitpix: i32, axes: &[usize], further: &[&str], data: &[u8]) -> Vec<u8> {
    let mut cards = vec!["SIMPLE  =                    T".to_owned(), format!("BITPIX  = {bitpix:>20}")];
    cards.push(format!("NAXIS   = {:>20}", axes.len()));
    cards.extend((1..).zip(axes).map(|(i, n)| format!("NAXIS{i}  = {n:>20}")));
    cards.extend(further.iter().map(|&card| card.to_owned()));
    fits(&cards.iter().map(String::as_str).collect::<Vec<_>>(), data)
}

fn floats(picture: &Picture) -> Vec<f32> {
    match picture.grey.pixels() {
        Pixels::F32(values) => values.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn depth_and_size_are_kept() {
    for format in [ImageFormat::Png, ImageFormat::Tiff] {
        let picture = Picture::read(&encoded(&grey8(), format), "a").expect("a picture");
        assert_eq!((picture.grey.width(), picture.grey.height()), (31, 17));
        assert_eq!(picture.grey.pixels(), &Pixels::U8(grey8().into_luma8().into_raw()));
        let picture = Picture::read(&encoded(&grey16(), format), "a").expect("a picture");
        assert_eq!(picture.grey.pixels(), &Pixels::U16(grey16().into_luma16().into_raw()));
        let picture = Picture::read(&encoded(&colour(), format), "a").expect("a picture");
        assert_eq!(picture.rgb.data, colour().into_rgb8().into_raw());
        let Pixels::U8(values) = picture.grey.pixels() else { panic!("8 bits") };
        // 0.299 · 80 + 0.587 · 150 + 0.114 · 100
        assert_eq!(values[10 * 31 + 10], 123);
    }
    let picture = Picture::read(&encoded(&real(), ImageFormat::Tiff), "a").expect("a picture");
    let values = floats(&picture);
    assert!((values[10 * 31 + 20] - (0.299 * 20.0 + 0.587 * 10.0 + 0.114 * 0.5)).abs() < 1e-4);
    let picture = Picture::read(&encoded(&grey8(), ImageFormat::Jpeg), "a").expect("a picture");
    assert_eq!(picture.format, PictureFormat::Jpeg);
    let Pixels::U8(values) = picture.grey.pixels() else { panic!("8 bits") };
    assert!(values[5 * 31 + 20].abs_diff(115) < 8);
}

#[test]
fn fits_of_every_kind_of_number_is_read() {
    let numbers = [0_i16, 1, 2, 3, -4, 100];
    let expected: Vec<f32> = numbers.iter().map(|&n| f32::from(n)).collect();
    let big = |f: &dyn Fn(i16) -> Vec<u8>| numbers.iter().flat_map(|&n| f(n)).collect::<Vec<u8>>();
    for (bitpix, data) in [
        (16, big(&|n| n.to_be_bytes().to_vec())),
        (32, big(&|n| i32::from(n).to_be_bytes().to_vec())),
        (-32, big(&|n| f32::from(n).to_be_bytes().to_vec())),
        (-64, big(&|n| f64::from(n).to_be_bytes().to_vec())),
    ] {
        let picture = Picture::read(&plane(bitpix, &[3, 2], &[], &data), "a.fits").expect("a picture");
        assert_eq!(floats(&picture), expected, "{bitpix}");
        assert!(picture.is_bottom_up() && picture.rgb.data.len() == 18);
    }
    let scaled = ["BZERO   =              32768.0", "BSCALE  =                  2.0"];
    let picture = Picture::read(&plane(16, &[2, 1], &scaled, &[0, 1, 0x80, 0]), "a.fits").expect("a picture");
    assert_eq!(floats(&picture), [32_770.0, -32_768.0]);
}

#[test]
fn planes_of_a_cube_are_averaged_where_they_were_measured() {
    let values = [1.0_f32, 2.0, 3.0, f32::NAN, 5.0, f32::NAN];
    let data: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
    let picture = Picture::read(&plane(-32, &[2, 1, 3], &[], &data), "cube.fits").expect("a picture");
    assert_eq!(floats(&picture), [3.0, 2.0]);
    // Three planes are colours.
    assert_eq!(picture.rgb.data.len(), 6);
}

#[test]
fn a_header_tells_coordinates_distortion_and_date() {
    let tan = TanWcs { crval: [201.25, -33.5], crpix: [3.25, 1.5], cd: [[-2e-3, 1e-5], [1.5e-5, 2.1e-3]] };
    let mut wcs = TanSip::from(tan);
    wcs.a = Polynomial::from_terms(2, 2, &[1e-4, -3e-5, 2e-5]);
    wcs.b = Polynomial::from_terms(2, 2, &[2e-5, 0.0, -1e-4]);
    let centre = SkyCoord { ra_deg: 201.25, dec_deg: -33.5 };
    let solution = Solution {
        wcs: wcs.clone(),
        linear: tan,
        centre,
        scale_arcsec: 7.4,
        parity: -1,
        rotation_deg: 0.0,
        log_odds: 50.0,
        ln_trials: 0.0,
        index: 0,
        quad: 0,
        matches: Vec::new(),
        footprint: [centre; 4],
    };
    // The cards of a solution are put into an image.
    let text = String::from_utf8(header(&solution, 6, 1, &[])).expect("ASCII");
    let cards: Vec<String> = text
        .as_bytes()
        .chunks(80)
        .map(|card| String::from_utf8_lossy(card).trim_end().to_owned())
        .filter(|card| !["SIMPLE", "BITPIX", "NAXIS", "END"].iter().any(|name| card.starts_with(name)))
        .filter(|card| !card.is_empty())
        .chain(["DATE-OBS= '1951-11-29'".to_owned()])
        .collect();
    let cards: Vec<&str> = cards.iter().map(String::as_str).collect();
    let picture =
        Picture::read(&plane(8, &[6, 1], &cards, &[1, 2, 3, 4, 5, 6]), "a.fits").expect("a picture");
    let claimed = picture.claimed.expect("coordinates");
    assert_eq!(claimed.tan, tan);
    for (x, y) in [(1.0, 1.0), (6.0, 1.0), (3.5, 0.5)] {
        assert_eq!(claimed.pixel_to_sky(x, y), wcs.pixel_to_sky(x, y));
    }
    assert!((picture.date.expect("a date") - 1951.91).abs() < 0.01);
}

#[test]
fn sizes_beyond_the_limits_are_refused_before_anything_is_unpacked() {
    let limits = Limits { max_side: 30, max_pixels: 1000, max_bytes: 1 << 20 };
    for format in [ImageFormat::Png, ImageFormat::Tiff, ImageFormat::Jpeg] {
        let refused =
            Picture::read_within(&encoded(&grey8(), format), "big.img", limits).expect_err("31 wide");
        let text = refused.to_string();
        let is_told =
            matches!(refused, PictureError::TooLarge { width: 31, height: 17, .. }) || text.contains("limit");
        assert!(is_told && text.contains("big.img"), "{text}");
    }
    let wide = plane(8, &[31, 1], &[], &[0; 31]);
    let refused = Picture::read_within(&wide, "big.fits", limits).expect_err("31 wide").to_string();
    assert!(refused.contains("31×1") && refused.contains("big.fits"), "{refused}");
    // A header that announces what it does not have.
    let huge = plane(-64, &[1 << 14, 1 << 14], &[], &[]);
    assert!(Picture::read(&huge, "huge.fits").is_err());
}

#[test]
fn files_that_are_none_say_what_to_do() {
    for (bytes, word) in [
        (b"".as_slice(), "convert"),
        (b"<html>", "convert"),
        (b"SIMPLE  = nonsense", "cut off"),
        (b"\x89PNG\r\n\x1a\n", "fetch"),
        (b"\xff\xd8\xff\xe0", "fetch"),
        (b"II*\0\x08\0\0\0", "fetch"),
    ] {
        let wrong = Picture::read(bytes, "night.img").expect_err("no picture").to_string();
        assert!(wrong.contains(word) && wrong.starts_with("night.img"), "{wrong}");
    }
}

fn samples() -> Vec<Vec<u8>> {
    let data: Vec<u8> = (0..31 * 17).flat_map(|n: i32| (n as f32).to_be_bytes()).collect();
    vec![
        encoded(&grey8(), ImageFormat::Png),
        encoded(&grey16(), ImageFormat::Png),
        encoded(&colour(), ImageFormat::Jpeg),
        encoded(&grey16(), ImageFormat::Tiff),
        encoded(&real(), ImageFormat::Tiff),
        plane(
            -32,
            &[31, 17],
            &["CTYPE1  = 'RA---TAN-SIP'", "CTYPE2  = 'DEC--TAN-SIP'", "A_ORDER =                    3"],
            &data,
        ),
        plane(16, &[31, 17, 2], &[], &data),
    ]
}

#[test]
fn files_cut_off_anywhere_do_no_harm() {
    for whole in samples() {
        assert!(Picture::read(&whole, "whole").is_ok());
        for length in (0..whole.len()).step_by(1 + whole.len() / 200) {
            let _ = Picture::read(&whole[..length], "cut");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_files_do_no_harm(
        which in 0_usize..7,
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        near_start in any::<bool>(),
    ) {
        let mut bytes = samples().swap_remove(which);
        let reach = if near_start { bytes.len().min(600) } else { bytes.len() };
        for (at, value) in hits {
            bytes[at.index(reach)] = value;
        }
        let limits = Limits { max_side: 4096, max_pixels: 1 << 22, max_bytes: 1 << 26 };
        if let Ok(picture) = Picture::read_within(&bytes, "broken", limits) {
            let pixels = picture.grey.pixels().len();
            prop_assert_eq!(picture.rgb.data.len(), pixels * 3);
            prop_assert!(pixels <= 1 << 22);
        }
    }
}
