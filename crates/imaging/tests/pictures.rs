//! Composites, previews, pictures as input, and tiles.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use imaging::{
    Band, Crop, Cube, CubeError, Rgb8, TileError, TileSpec, lupton, preview,
    raster::{self, Limits, RasterError},
    tile,
};

fn picture() -> Rgb8 {
    let byte = |i: usize| (i * 7 % 251) as u8;
    Rgb8::new(40, 30, (0..40 * 30 * 3).map(byte).collect()).unwrap()
}

#[test]
fn colours_match_the_viewer_of_the_legacy_surveys() {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/lensing/rgb_dr9.csv");
    let Ok(text) = std::fs::read_to_string(table) else {
        println!("skipped: {table} is not here");
        return;
    };
    let mut checked = 0;
    for line in text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit() || c == '-')) {
        let v: Vec<f64> = line.split(',').map(|number| number.parse().unwrap()).collect();
        for (ours, theirs) in lupton::rgb([v[0], v[1], v[2]]).iter().zip(&v[3..]) {
            assert!((ours - theirs).abs() < 1e-12, "{line}: {ours}");
        }
        checked += 1;
    }
    assert!(checked >= 60, "{checked}");
}

#[test]
fn previews_come_back_exactly_and_the_same_every_time() {
    for write in [preview::png, preview::webp] {
        let bytes = write(&picture()).unwrap();
        assert_eq!(bytes, write(&picture()).unwrap());
        assert_eq!(raster::decode(&bytes, Limits::default()), Ok(picture()));
    }
}

#[test]
fn a_png_preview_has_no_chunk_but_pixels() {
    let bytes = preview::png(&picture()).unwrap();
    let mut names = Vec::new();
    let mut rest = &bytes[8..];
    while let [a, b, c, d, name @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        names.push(String::from_utf8(name[..4].to_vec()).unwrap());
        rest = &name[4 + length + 4..];
    }
    names.dedup();
    assert_eq!(names, ["IHDR", "IDAT", "IEND"]);
}

#[test]
fn a_webp_preview_has_no_chunk_but_pixels() {
    let bytes = preview::webp(&picture()).unwrap();
    assert_eq!((&bytes[..4], &bytes[8..16]), (b"RIFF".as_slice(), b"WEBPVP8L".as_slice()));
    let length = u32::from_le_bytes(bytes[16..20].try_into().unwrap()) as usize;
    assert_eq!(bytes.len(), 20 + length + length % 2, "nothing follows the pixels");
}

#[test]
fn a_preview_of_the_wrong_size_is_refused() {
    let torn = Rgb8 { width: 3, height: 3, data: vec![0; 26] };
    assert!(preview::png(&torn).is_err() && preview::webp(&torn).is_err());
}

/// CRC-32 of a PNG chunk.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 },
        )
    })
}

/// A PNG whose header announces a size its few bytes do not hold.
fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = preview::png(&picture()).unwrap();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

#[test]
fn a_png_bomb_is_refused_by_its_header() {
    for (width, height) in [(60_000, 60_000), (9000, 1), (8000, 8000)] {
        let error = raster::decode(&png_bomb(width, height), Limits::default()).unwrap_err();
        let RasterError::TooLarge { width: w, height: h, .. } = error else { panic!("{error}") };
        assert_eq!((w, h), (width, height));
    }
    let error = raster::decode(&png_bomb(60_000, 60_000), Limits::default()).unwrap_err().to_string();
    assert!(error.contains("60000×60000") && error.contains("cut or shrink"), "{error}");
}

#[test]
fn a_header_that_lies_within_the_limits_ends_in_an_error_too() {
    let error = raster::decode(&png_bomb(4000, 4000), Limits::default()).unwrap_err();
    assert!(matches!(error, RasterError::Damaged { format: "PNG", .. }), "{error}");
}

#[test]
fn a_picture_cut_off_or_of_unknown_kind_is_refused() {
    let whole = preview::png(&picture()).unwrap();
    let cut = raster::decode(&whole[..whole.len() / 2], Limits::default());
    assert!(matches!(cut, Err(RasterError::Damaged { .. })), "{cut:?}");
    assert_eq!(raster::decode(b"SIMPLE  =", Limits::default()), Err(RasterError::UnknownFormat));
    assert_eq!(raster::decode(b"", Limits::default()), Err(RasterError::UnknownFormat));
}

#[test]
fn red_becomes_z_and_the_top_row_becomes_the_north() {
    // Red on top, blue below.
    let two = Rgb8::new(1, 2, vec![200, 10, 0, 0, 20, 100]).unwrap();
    let cube = raster::to_cube(&two, Crop::None, Some(0.2)).unwrap();
    assert_eq!(cube.bands, [Band::G, Band::R, Band::Z]);
    assert_eq!(cube.plane(Band::Z).unwrap(), [0.0, 200.0], "row 0 is south");
    assert_eq!(cube.plane(Band::G).unwrap(), [100.0, 0.0]);
    assert_eq!(cube.pixel_scale_arcsec, Some(0.2));
    assert!(matches!(raster::to_cube(&two, Crop::Pixels(2), None), Err(RasterError::Crop(_))));
}

/// Cheap reproducible noise in [−1, 1].
fn noise(i: usize) -> f32 {
    let mixed = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635;
    ((mixed >> 33) as f32 / (1_u64 << 30) as f32) - 1.0
}

/// 3 bands of noise, with a bright z-only spot in the north-west.
fn field(size: usize, gain: f32, pedestal: f32) -> Cube {
    let mut data: Vec<f32> = (0..size * size * 3).map(|i| pedestal + gain * noise(i)).collect();
    for y in size * 3 / 4..size * 3 / 4 + size / 12 {
        for x in size / 8..size / 8 + size / 12 {
            data[2 * size * size + y * size + x] += gain * 60.0;
        }
    }
    Cube::new(size, size, vec![Band::G, Band::R, Band::Z], data).unwrap()
}

#[test]
fn a_spot_in_the_north_west_of_z_is_red_in_the_upper_left_of_the_tile() {
    let made = tile::tile(&field(384, 0.01, 0.0), &TileSpec::default()).unwrap();
    let brightest = made.data.chunks(3).enumerate().max_by_key(|(_, pixel)| pixel[0]).unwrap();
    let (x, y) = (brightest.0 % 96, brightest.0 / 96);
    assert!((11..20).contains(&x) && (15..26).contains(&y), "{x} {y}");
    assert!(brightest.1[0] > brightest.1[1] + 80 && brightest.1[0] > brightest.1[2] + 80);
}

#[test]
fn a_tile_does_not_depend_on_zero_point_or_sky() {
    let spec = TileSpec::default();
    let a = tile::tile(&field(192, 0.01, 0.0), &spec).unwrap();
    let b = tile::tile(&field(192, 160.0, 5000.0), &spec).unwrap();
    let worst = a.data.iter().zip(&b.data).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst <= Some(1), "{worst:?}");
}

#[test]
fn the_bytes_of_a_tile_follow_the_written_formula() {
    let (cube, spec) = (field(96, 1.0, 0.0), TileSpec::default());
    let made = tile::tile(&cube, &spec).unwrap();
    let sky = imaging::sky_level(cube.plane(Band::R).unwrap(), 3.0, 2);
    let (x, y) = (30, 50);
    let sigmas = f64::from((cube.plane(Band::R).unwrap()[(95 - y) * 96 + x] - sky.median) / sky.sigma);
    let (low, high) = ((-2.0_f64).asinh(), 500_f64.asinh());
    let expected = (255.0 * ((sigmas / 2.0).asinh() - low) / (high - low)).round();
    assert!((f64::from(made.data[(y * 96 + x) * 3 + 1]) - expected).abs() <= 1.0);
}

#[test]
fn i_stands_in_for_a_missing_z_and_nothing_else_does() {
    let mut cube = field(96, 1.0, 0.0);
    let spec = TileSpec::default();
    let with_z = tile::tile(&cube, &spec).unwrap();
    cube.bands = vec![Band::G, Band::R, Band::I];
    assert_eq!(tile::tile(&cube, &spec), Ok(with_z));
    cube.bands = vec![Band::R, Band::I, Band::Z];
    let error = tile::tile(&cube, &spec).unwrap_err();
    assert!(matches!(error, TileError::Cube(CubeError::MissingBand { wanted: Band::G, .. })), "{error}");
}

#[test]
fn unusable_planes_are_named() {
    let spec = TileSpec::default();
    let mut cube = field(96, 1.0, 0.0);
    cube.data[96 * 96..2 * 96 * 96].fill(3.0);
    let error = tile::tile(&cube, &spec).unwrap_err();
    assert_eq!(error, TileError::NoNoise { band: Band::R, median: 3.0 });
    cube.data[0] = f32::INFINITY;
    assert!(matches!(
        tile::tile(&cube, &spec),
        Err(TileError::Cube(CubeError::NotFinite { band: Band::G, .. }))
    ));
}

#[test]
fn an_impossible_recipe_is_named() {
    let cases = [
        (TileSpec { size: 0, ..TileSpec::default() }, "size"),
        (TileSpec { softening_sigma: 0.0, ..TileSpec::default() }, "softening_sigma"),
        (TileSpec { high_sigma: -5.0, ..TileSpec::default() }, "high_sigma"),
        (TileSpec { clip_sigma: f32::NAN, ..TileSpec::default() }, "clip_sigma"),
    ];
    for (spec, field) in cases {
        assert!(spec.check().unwrap_err().to_string().contains(field), "{field}");
    }
}

#[test]
fn small_and_large_stamps_fill_the_tile() {
    for size in [24, 49, 101, 440] {
        assert_eq!(tile::tile(&field(size, 1.0, 0.0), &TileSpec::default()).unwrap().data.len(), 96 * 96 * 3);
    }
}
