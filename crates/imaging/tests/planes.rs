//! Masks, inverse variances and maps as astropy writes them (fixtures made by
//! `fixtures/make_planes.py`, whose formulae are repeated here).
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

use imaging::{
    CENTRE_RADIUS_ARCSEC, InverseVariance, MaskBits, MaskPlane,
    fits::{self, Wanted, read_plane},
};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The mask of the fixtures.
fn expected_bits(x: i64, y: i64) -> i32 {
    let mut bits = 0;
    if (x - 90).pow(2) + (y - 20).pow(2) < 150 {
        bits |= MaskBits::BRIGHT.0;
    }
    if (x * 7 + y * 13) % 101 == 0 {
        bits |= MaskBits::ALLMASK_R.0;
    }
    if x > 100 && y > 80 {
        bits |= MaskBits::MEDIUM.0;
    }
    if y < 3 { bits | MaskBits::NPRIMARY.0 } else { bits }
}

#[test]
fn masks_in_hcompress_and_gzip_have_the_bits_that_were_written() {
    for name in ["maskbits_hcompress.fits.fz", "maskbits_gzip.fits.fz"] {
        let mask = MaskPlane::of_cutout(&fixture(name)).unwrap().unwrap();
        assert_eq!((mask.width, mask.height), (120, 100), "{name}");
        for (i, &bits) in mask.bits.iter().enumerate() {
            let (x, y) = ((i % 120) as i64, (i / 120) as i64);
            assert_eq!(bits.0, expected_bits(x, y), "{name}: x {x}, y {y}");
        }
    }
}

#[test]
fn a_seeing_map_is_read_without_loss_and_knows_its_place() {
    let file = fixture("psfsize_gzip.fits.fz");
    let map = read_plane(&file, Wanted::First).unwrap().unwrap();
    assert_eq!((map.width, map.height, map.depth), (120, 100, 1));
    for (i, &seeing) in map.data.iter().enumerate() {
        let expected = 1.2 + 0.001 * (i % 120) as f64 + 0.002 * (i / 120) as f64;
        assert_eq!(seeing, expected as f32);
    }
    let centre = map.wcs.unwrap().pixel_to_sky(60.5, 50.5);
    assert!((centre.ra_deg - 150.125).abs() < 1e-12 && (centre.dec_deg - 2.25).abs() < 1e-12);
}

#[test]
fn a_cutout_gives_its_image_inverse_variance_and_mask() {
    let file = fixture("cutout_with_planes.fits");
    let cube = fits::read(&file).unwrap();
    assert_eq!((cube.width, cube.height, cube.bands.len()), (24, 24, 3));
    let ivar = InverseVariance::of_cutout(&file, &cube).unwrap().unwrap();
    for band in 0..3 {
        assert!(ivar.is_masked(band, band, 5), "−1 counts as masked");
        assert_eq!(ivar.data[(band * 24 + 5) * 24 + 10], 1e5 + 50.0);
    }
    let mask = MaskPlane::of_cutout(&file).unwrap().unwrap();
    assert_eq!(mask.bits[3].0, 1 << 3);
    assert_eq!(mask.near_centre(0.262, CENTRE_RADIUS_ARCSEC).0, (1 << 14) - 1);
    assert!(mask.spoiled_by(0.262).is_some());
}

#[test]
fn damaged_masks_are_errors_and_end_no_program() {
    for name in ["maskbits_hcompress.fits.fz", "maskbits_gzip.fits.fz", "psfsize_gzip.fits.fz"] {
        let file = fixture(name);
        assert!(read_plane(&file[..file.len() - 2880], Wanted::First).is_err(), "{name}");
        for at in (2880..file.len()).step_by(37) {
            let mut broken = file.clone();
            broken[at] ^= 0x5a;
            // Whatever comes out, it must come out.
            let _ = read_plane(&broken, Wanted::First);
        }
    }
}
