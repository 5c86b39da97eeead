//! FITS against astropy's pixels (fixtures made by `fixtures/make_fixtures.py`)
//! and against files that are wrong.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use domain::SkyCoord;
use imaging::{
    Band, Cube, TanWcs,
    fits::{self, Compression, FitsError, ReadOptions},
};

const GRZ: [Band; 3] = [Band::G, Band::R, Band::Z];

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The file, and the pixels astropy finds in it.
fn with_truth(name: &str) -> (Vec<u8>, Vec<f32>) {
    let truth = fixture(&format!("{name}.f32"));
    let numbers = truth.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    (fixture(&format!("{name}.fits")), numbers)
}

fn assert_same_pixels(cube: &Cube, truth: &[f32], name: &str) {
    assert_eq!(cube.data.len(), truth.len(), "{name}");
    for (i, (ours, theirs)) in cube.data.iter().zip(truth).enumerate() {
        // Integers are scaled by us in 64 bits and rounded once, by astropy in 32 bits.
        let reach = if name == "int16" { f32::EPSILON } else { 0.0 };
        let same = (ours - theirs).abs() <= reach || (ours.is_nan() && theirs.is_nan());
        assert!(same, "{name}: pixel {i} is {ours}, astropy says {theirs}");
    }
}

#[test]
fn every_layout_has_the_pixels_astropy_finds() {
    let cases: [(&str, &[Band]); 7] = [
        ("cutout", &GRZ),
        ("rice_dither2", &GRZ),
        ("rice_dither1", &[Band::R]),
        ("gzip2_and_mask", &GRZ),
        ("one_band_per_hdu", &GRZ),
        ("int16", &GRZ),
        ("float64_crota", &[Band::G, Band::R, Band::I]),
    ];
    for (name, bands) in cases {
        let (bytes, truth) = with_truth(name);
        let cube = fits::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((cube.width, cube.height, cube.bands.as_slice()), (18, 14, bands), "{name}");
        assert_same_pixels(&cube, &truth, name);
    }
}

#[test]
fn the_brightest_pixel_is_where_the_galaxy_was_put() {
    let cube = fits::read(&fixture("cutout.fits")).unwrap();
    let z = cube.plane(Band::Z).unwrap();
    let brightest = (0..z.len()).max_by(|&a, &b| z[a].total_cmp(&z[b])).unwrap();
    assert_eq!((brightest % 18, brightest / 18), (4, 10));
}

#[test]
fn subtractive_dither_2_keeps_exact_zeros() {
    let cube = fits::read(&fixture("rice_dither2.fits")).unwrap();
    assert!(cube.plane_at(0)[3 * 18 + 5..3 * 18 + 9].iter().all(|&value| value == 0.0));
}

#[test]
fn every_spelling_of_the_projection_gives_the_scale_and_the_turn() {
    let plain = fits::read(&fixture("cutout.fits")).unwrap();
    assert!((plain.pixel_scale_arcsec.unwrap() - 0.262).abs() < 1e-9);
    let turned = fits::read(&fixture("float64_crota.fits")).unwrap().wcs.unwrap();
    let step = 0.262 / 3600.0;
    let (sin, cos) = 30_f64.to_radians().sin_cos();
    let expected = [[-step * cos, -step * sin], [-step * sin, step * cos]];
    for (row, wanted) in turned.cd.iter().zip(expected) {
        for (value, wanted) in row.iter().zip(wanted) {
            assert!((value - wanted).abs() < 1e-15, "{:?}", turned.cd);
        }
    }
}

#[test]
fn positions_agree_with_wcslib() {
    let table = String::from_utf8(fixture("tan.csv")).unwrap();
    for line in table.lines().skip(1) {
        let v: Vec<f64> = line.split(',').map(|text| text.parse().unwrap()).collect();
        let wcs = TanWcs { crval: [v[0], v[1]], crpix: [v[2], v[3]], cd: [[v[4], v[5]], [v[6], v[7]]] };
        let theirs = SkyCoord { ra_deg: v[10], dec_deg: v[11] };
        let ours = wcs.pixel_to_sky(v[8], v[9]);
        assert!(ours.separation_arcsec(theirs) < 1e-6, "{line}: {ours:?}");
        let (x, y) = wcs.sky_to_pixel(theirs).unwrap();
        assert!((x - v[8]).abs() < 1e-5 && (y - v[9]).abs() < 1e-5, "{line}: {x} {y}");
    }
}

fn sample() -> Cube {
    // A sum of three far frequencies stands for noise, without a generator.
    let value = |i: usize| (i as f32 * 12.9898).sin() * 0.003 + (i as f32 * 0.011).sin() * 0.02;
    let data = (0..31 * 29 * 3).map(value).collect();
    let centre = SkyCoord { ra_deg: 10.0, dec_deg: 20.0 };
    Cube::new(31, 29, GRZ.to_vec(), data).unwrap().with_wcs(TanWcs::north_up(centre, 31, 29, 0.262))
}

#[test]
fn an_uncompressed_cube_comes_back_as_it_was() {
    let cube = sample();
    let bytes = fits::write(&cube, Compression::None).unwrap();
    assert_eq!(bytes.len() % 2880, 0);
    assert_eq!(fits::read(&bytes).unwrap(), cube);
}

#[test]
fn a_compressed_cube_comes_back_within_half_a_step() {
    let cube = sample();
    let step = 1e-4;
    let bytes = fits::write(&cube, Compression::Rice { step_nmgy: step }).unwrap();
    let back = fits::read(&bytes).unwrap();
    assert_eq!((back.width, back.height, &back.bands, back.wcs), (31, 29, &cube.bands, cube.wcs));
    let worst = cube.data.iter().zip(&back.data).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(f64::from(worst) <= step * 0.501 + 1e-8, "{worst}");
    assert_eq!(bytes, fits::write(&cube, Compression::Rice { step_nmgy: step }).unwrap());
    assert!(fits::write(&cube, Compression::Rice { step_nmgy: 0.0 }).is_err());
}

#[test]
fn bands_can_be_given_where_the_header_is_silent_but_not_against_it() {
    let nameless = rename(&fixture("cutout.fits"), "BANDS", "BLAND");
    let error = fits::read(&nameless).unwrap_err();
    assert_eq!(error, FitsError::BandsUnknown { hdu: 0, planes: 3 });
    assert!(error.to_string().contains("grz"), "{error}");
    let gri = ReadOptions { bands: Some(vec![Band::G, Band::R, Band::I]), plane: None };
    assert_eq!(fits::read_with(&nameless, &gri).unwrap().bands, gri.bands.clone().unwrap());
    let against = fits::read_with(&fixture("cutout.fits"), &gri).unwrap_err();
    assert!(matches!(against, FitsError::BandsDisagree { .. }), "{against}");
    let two = ReadOptions { bands: Some(vec![Band::G, Band::R]), plane: None };
    assert!(matches!(fits::read_with(&nameless, &two), Err(FitsError::BandCount { planes: 3, .. })));
}

#[test]
fn one_plane_of_a_stack_can_be_taken() {
    let nameless = rename(&fixture("cutout.fits"), "BANDS", "BLAND");
    let (_, truth) = with_truth("cutout");
    let take = |plane| ReadOptions { bands: Some(vec![Band::G]), plane: Some(plane) };
    let cube = fits::read_with(&nameless, &take(2)).unwrap();
    assert_same_pixels(&cube, &truth[2 * 18 * 14..], "plane 2");
    assert_eq!(fits::read_with(&nameless, &take(3)), Err(FitsError::NoPlane { hdu: 0, plane: 3, planes: 3 }));
}

/// The file with a keyword's name replaced by another of the same length.
fn rename(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = bytes.windows(8).position(|card| card == format!("{from:<8}").as_bytes()).unwrap();
    let mut bytes = bytes.to_vec();
    bytes[at..at + 8].copy_from_slice(format!("{to:<8}").as_bytes());
    bytes
}

/// The file with a keyword's whole number replaced.
fn set(bytes: &[u8], keyword: &str, value: i64) -> Vec<u8> {
    let at = bytes.windows(9).position(|card| card == format!("{keyword:<8}=").as_bytes()).unwrap();
    let mut bytes = bytes.to_vec();
    bytes[at + 9..at + 30].copy_from_slice(format!(" {value:>20}").as_bytes());
    bytes
}

#[test]
fn a_file_cut_off_anywhere_says_so() {
    for name in ["cutout.fits", "rice_dither2.fits", "one_band_per_hdu.fits"] {
        let whole = fixture(name);
        // Padding after the last data may be missing; astropy's files end on a block.
        for keep in [2000, 2880, 3000, 5500] {
            let error = fits::read(&whole[..keep]).expect_err(name);
            let cut = matches!(error, FitsError::Truncated { .. } | FitsError::NoEnd { .. });
            let empty = matches!(error, FitsError::NoImage { .. }) && name != "cutout.fits" && keep == 2880;
            assert!(cut || empty, "{name} cut at {keep}: {error}");
        }
    }
    let error = fits::read(&fixture("cutout.fits")[..5000]).unwrap_err().to_string();
    assert!(error.contains("5000") && error.contains("fetch it again"), "{error}");
}

#[test]
fn what_is_no_fits_is_told_from_a_damaged_one() {
    let cases: [(&[u8], &str); 4] = [
        (b"", "empty"),
        (b"<html>502 Bad Gateway</html>", "web page"),
        (&[0x1f, 0x8b, 8, 0], "gunzip"),
        (&[0x89, b'P', b'N', b'G', 13, 10, 26, 10], "picture"),
    ];
    for (bytes, hint) in cases {
        let error = fits::read(bytes).unwrap_err();
        assert!(matches!(error, FitsError::NotFits { .. }) && error.to_string().contains(hint), "{error}");
    }
}

#[test]
fn wrong_shapes_are_named() {
    let flat = set(&fixture("cutout.fits"), "NAXIS2", 0);
    assert!(matches!(fits::read(&flat), Err(FitsError::Shape { hdu: 0, .. })));
    let line = set(&fixture("cutout.fits"), "NAXIS", 1);
    assert!(matches!(fits::read(&line), Err(FitsError::Shape { .. })));
    let empty = set(&fixture("cutout.fits"), "NAXIS", 0);
    assert!(matches!(fits::read(&empty), Err(FitsError::NoImage { hdus: 1 })));
    let odd = set(&fixture("cutout.fits"), "BITPIX", -31);
    let error = fits::read(&odd).unwrap_err().to_string();
    assert!(error.contains("BITPIX") && error.contains("-31"), "{error}");
}

#[test]
fn a_header_that_announces_the_world_is_refused_before_anything_is_allocated() {
    let huge = set(&fixture("cutout.fits"), "NAXIS1", i64::MAX);
    assert!(matches!(fits::read(&huge), Err(FitsError::Keyword { .. })), "{:?}", fits::read(&huge));
    let deep = set(&fixture("rice_dither2.fits"), "ZNAXIS1", 3_000_000_000);
    assert!(fits::read(&deep).is_err());
    let many = set(&fixture("cutout.fits"), "NAXIS", 1_000_000_000_000);
    assert!(matches!(fits::read(&many), Err(FitsError::Keyword { .. })));
}

#[test]
fn a_nan_is_read_and_then_named_by_whoever_needs_numbers() {
    let cube = fits::read(&fixture("int16.fits")).unwrap();
    let error = cube.check_finite().unwrap_err().to_string();
    assert!(error.contains("band g") && error.contains("x 0, y 0"), "{error}");
}

proptest::proptest! {
    #[test]
    fn any_cube_survives_compression(
        faint in -1e-3_f32..1e-3, bright in -1e9_f32..1e9, seed in 0..1000_usize, step in 1e-5..1e-1_f64, rows in 1..4_usize,
    ) {
        // Noise, a constant row, one very bright pixel and a NaN in one cube.
        let mut data: Vec<f32> = (0..40 * rows * 2).map(|i| faint + (((i + seed) as f32) * 78.233).sin() * 0.01).collect();
        data[..40].fill(faint);
        data[40 * rows + 3] = bright;
        data[40 * rows + 5] = f32::NAN;
        let cube = Cube::new(40, rows, vec![Band::G, Band::R], data).unwrap();
        let bytes = fits::write(&cube, Compression::Rice { step_nmgy: step }).unwrap();
        let back = fits::read(&bytes).unwrap();
        for (a, b) in cube.data.iter().zip(&back.data) {
            let reach = step * 0.501 + f64::from(a.abs()) * 1e-6;
            proptest::prop_assert!(f64::from((a - b).abs()) <= reach || (a.is_nan() && b.is_nan()), "{a} {b}");
        }
        proptest::prop_assert_eq!(fits::read(&fits::write(&cube, Compression::None).unwrap()).unwrap().data.len(), 80 * rows);
    }
}
