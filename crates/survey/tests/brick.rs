//! Coadds of the survey on disk: which brick owns what, what it says of the
//! conditions, and cutouts across up to four of them.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod bricks;

use std::io::Write as _;

use bricks::{BRICKS, CORNER, ivar_of, sky};
use domain::SkyCoord;
use imaging::Band;
use survey::{BrickCut, BrickFolder, BrickTable};

const GR: [Band; 2] = [Band::G, Band::R];

fn wish(size: usize) -> BrickCut {
    BrickCut { size, bands: GR.to_vec(), invvar: true, maskbits: true }
}

fn near_corner(east_arcsec: f64, north_arcsec: f64) -> SkyCoord {
    SkyCoord::new(CORNER.ra_deg + east_arcsec / 3600.0, CORNER.dec_deg + north_arcsec / 3600.0).unwrap()
}

#[test]
fn the_list_says_who_owns_a_position_and_how_it_was_seen() {
    let table = BrickTable::of(&bricks::table()).unwrap();
    for (n, (east, north)) in [(-9.0, -9.0), (9.0, -9.0), (-9.0, 9.0), (9.0, 9.0)].into_iter().enumerate() {
        let brick = table.at(near_corner(east, north)).unwrap();
        assert_eq!(brick.name, BRICKS[n].0);
        assert_eq!(
            brick.ra_deg.map(f64::to_bits),
            [BRICKS[n].1 - 0.125, BRICKS[n].1 + 0.125].map(f64::to_bits)
        );
        let conditions = brick.conditions();
        assert_eq!(conditions.psf_fwhm_arcsec, [Some(1.25), None, None]);
        assert!((conditions.depth_mag[0].unwrap() - 24.7 - 0.01 * n as f64).abs() < 1e-5);
        assert_eq!(conditions.depth_mag[1], None, "NaN is no depth");
        assert_eq!(brick.exposures[0], Some(3));
        assert!((brick.mw_transmission[0].unwrap() - 0.91).abs() < 1e-6);
    }
    assert_eq!(table.at(CORNER).unwrap().name, "0001p002", "edges belong to the brick that begins there");
    assert!(table.at(SkyCoord { ra_deg: 10.0, dec_deg: 0.0 }).is_none());
}

#[test]
fn a_packed_list_is_read_and_other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("survey-bricks.fits.gz");
    let mut packer =
        flate2::write::GzEncoder::new(std::fs::File::create(&path).unwrap(), flate2::Compression::fast());
    packer.write_all(&bricks::table()).unwrap();
    packer.finish().unwrap();
    assert_eq!(BrickTable::read(&path).unwrap().bricks().len(), 4);
    std::fs::write(&path, b"<html>").unwrap();
    assert!(BrickTable::read(&path).unwrap_err().to_string().contains("not a FITS file"));
    let text =
        bricks::table().iter().map(|&b| b as char).collect::<String>().replace("'brickname'", "'brickxxxx'");
    let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
    assert!(BrickTable::of(&bytes).unwrap_err().contains("brickname"));
}

#[test]
fn within_one_brick_nothing_is_resampled() {
    let folder = tempfile::tempdir().unwrap();
    bricks::write(folder.path(), &[0, 1, 2, 3], true);
    let source = BrickFolder::open(folder.path()).unwrap();
    let position = near_corner(-20.0, -20.0);
    let cutout = source.cut(position, &wish(41)).unwrap().unwrap();
    assert_eq!(cutout.bricks, ["3598p000"]);
    assert!(cutout.cube.centre().unwrap().separation_arcsec(position) < 0.5_f64.hypot(0.5) * bricks::SCALE);
    let wcs = cutout.cube.wcs.unwrap();
    for (b, band) in GR.into_iter().enumerate() {
        for i in 0..41 * 41 {
            let at = wcs.pixel_to_sky((i % 41) as f64 + 1.0, (i / 41) as f64 + 1.0);
            let value = f64::from(cutout.cube.plane_at(b)[i]);
            assert!((value - sky(at, band)).abs() < 6e-5, "half a step of the compression");
        }
    }
    assert!(cutout.invvar.unwrap().iter().all(|&value| value == ivar_of(0)));
    assert!((cutout.psf_fwhm_arcsec[0].unwrap() - (1.2 + position.dec_deg)).abs() < 1e-3);
}

#[test]
fn over_a_corner_four_bricks_make_one_sky() {
    let folder = tempfile::tempdir().unwrap();
    bricks::write(folder.path(), &[0, 1, 2, 3], true);
    let source = BrickFolder::open(folder.path()).unwrap();
    // Images reach 21″ beyond what their brick owns: 240 pixels span 63″.
    for (n, (east, north)) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)].into_iter().enumerate() {
        let cutout = source.cut(near_corner(east, north), &wish(240)).unwrap().unwrap();
        assert_eq!(cutout.bricks.len(), 4, "{:?}", cutout.bricks);
        assert_eq!(cutout.bricks[0], BRICKS[n].0);
        let wcs = cutout.cube.wcs.unwrap();
        let ivar = cutout.invvar.unwrap();
        let mask = cutout.maskbits.unwrap();
        let mut from_home = 0;
        for i in 0..240 * 240 {
            let at = wcs.pixel_to_sky((i % 240) as f64 + 1.0, (i / 240) as f64 + 1.0);
            let value = f64::from(cutout.cube.plane_at(1)[i]);
            // Half a pixel off in both directions, at 60 and 40 nanomaggies a degree.
            let slack =
                if ivar[i] == ivar_of(n) { 6e-5 } else { 0.5 * 100.0 * bricks::SCALE / 3600.0 + 6e-5 };
            assert!((value - sky(at, Band::R)).abs() <= slack, "{n}: pixel {i} is {value}");
            let owner = source.table().at(at).unwrap();
            if ivar[i] == ivar_of(n) {
                from_home += 1;
            } else {
                assert_eq!(ivar[i], ivar_of(BRICKS.iter().position(|b| b.0 == owner.name).unwrap()));
            }
            let north = (at.dec_deg - CORNER.dec_deg) * 3600.0;
            if north.abs() > bricks::SCALE {
                assert_eq!(mask[i], if north > 0.0 { 2048 } else { 0 });
            }
        }
        assert!((20_000..57_600).contains(&from_home), "{from_home}");
    }
}

#[test]
fn beyond_the_list_there_is_nothing_and_without_home_no_cutout() {
    let folder = tempfile::tempdir().unwrap();
    bricks::write(folder.path(), &[3], true);
    let all = BrickTable::of(&bricks::table()).unwrap();
    let only = BrickTable::new(all.bricks()[3..].to_vec());
    let source = BrickFolder::with_table(folder.path(), only);
    let cutout = source.cut(near_corner(1.0, 1.0), &wish(240)).unwrap().unwrap();
    assert_eq!(cutout.bricks, ["0001p002"]);
    let (image, ivar) = (cutout.cube.plane_at(0), cutout.invvar.unwrap());
    let empty = ivar[..240 * 240].iter().filter(|&&value| value == 0.0).count();
    assert!(empty > 1000);
    assert!(image.iter().zip(&ivar).all(|(value, ivar)| (*value == 0.0) == (*ivar == 0.0)));
    let source = BrickFolder::open(folder.path()).unwrap();
    assert_eq!(source.cut(near_corner(-1.0, 1.0), &wish(24)).unwrap(), None);
    assert_eq!(source.cut(SkyCoord { ra_deg: 90.0, dec_deg: 0.0 }, &wish(24)).unwrap(), None);
}

#[test]
fn a_missing_file_of_a_listed_brick_is_named_and_makes_no_hole() {
    let folder = tempfile::tempdir().unwrap();
    bricks::write(folder.path(), &[3], true);
    let refused = |at, size| {
        let source = BrickFolder::open(folder.path()).unwrap();
        source.cut(at, &wish(size)).unwrap_err().to_string()
    };
    let error = refused(near_corner(1.0, 1.0), 240);
    assert!(error.contains("image-g") && error.contains("is not in the folder"), "{error}");
    assert!(!error.contains("0001p002"), "the neighbour lacks it: {error}");
    let brick = folder.path().join("coadd/000/0001p002");
    for (what, wanted) in [("maskbits", "maskbits"), ("invvar-r", "invvar-r"), ("image-r", "image-r")] {
        std::fs::remove_file(brick.join(format!("legacysurvey-0001p002-{what}.fits.fz"))).unwrap();
        let error = refused(near_corner(9.0, 9.0), 24);
        assert!(error.contains(wanted) && error.contains("is not in the folder"), "{error}");
    }
}

#[test]
fn planes_of_a_brick_have_one_shape_and_a_projection_that_can_be() {
    use imaging::{Cube, fits};

    let folder = tempfile::tempdir().unwrap();
    bricks::write(folder.path(), &[3], true);
    let brick = folder.path().join("coadd/000/0001p002");
    let put = |what: &str, side: usize, wcs| {
        let cube = Cube::new(side, side, vec![Band::G], vec![1.0; side * side]).unwrap().with_wcs(wcs);
        let path = brick.join(format!("legacysurvey-0001p002-{what}.fits.fz"));
        std::fs::write(path, fits::write(&cube, fits::Compression::None).unwrap()).unwrap();
    };
    let refused = || {
        let source = BrickFolder::open(folder.path()).unwrap();
        source.cut(near_corner(9.0, 9.0), &wish(24)).unwrap_err().to_string()
    };
    let good = bricks::grid(0.125, 0.25);
    put("invvar-r", 100, good);
    let error = refused();
    assert!(error.contains("invvar-r") && error.contains("100×100"), "{error}");
    for absurd in [
        imaging::TanWcs { crpix: [1e300, 1.0], ..good },
        imaging::TanWcs { cd: [[1e-150, 0.0], [0.0, 1e-150]], ..good },
    ] {
        put("image-g", 260, absurd);
        let error = refused();
        assert!(error.contains("image-g") && error.contains("projection"), "{error}");
    }
}

#[test]
fn damaged_bricks_are_named() {
    let folder = tempfile::tempdir().unwrap();
    bricks::write(folder.path(), &[3], true);
    let path = folder.path().join("coadd/000/0001p002/legacysurvey-0001p002-image-r.fits.fz");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let source = BrickFolder::open(folder.path()).unwrap();
    let error = source.cut(near_corner(9.0, 9.0), &wish(24)).unwrap_err().to_string();
    assert!(error.contains("image-r") && error.contains("cut off"), "{error}");
    assert!(BrickFolder::open(tempfile::tempdir().unwrap().path()).is_err());
    assert!(source.cut(near_corner(9.0, 9.0), &wish(0)).is_err());
}
