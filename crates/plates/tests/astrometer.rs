//! Images on their way into a dataset: placed, checked, listed, refused.
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

mod starfield;

use std::{collections::BTreeMap, fs, path::Path};

use domain::{Silent, SkyCoord};
use imaging::{Rgb8, TileSpec};
use plates::{Astrometer, IndexFile, Picture, References};
use platesolve::{
    build::{BuildSettings, build},
    catalogue::{Catalogue, Star},
    extract::{ExtractSettings, extract},
    layout::{self, Layout},
    verify_wcs::{CheckSettings, Verdict},
};
use starfield::{SCALE, StarList, fits_file, projection, render, stars, write_catalogue};
use survey::{
    ASTROMETRY_FILE, AstrometricState as State, Astrometry, IngestInput, IngestReport, IngestRequest, Plate,
    ingest_looking,
};

const SIDE: usize = 480;
const CENTRE: SkyCoord = SkyCoord { ra_deg: 150.0, dec_deg: 2.0 };

fn sky(ra_deg: f64, dec_deg: f64) -> SkyCoord {
    SkyCoord { ra_deg, dec_deg }
}

fn catalogue(stars: &StarList) -> Catalogue {
    let star = |&(sky, magnitude): &(SkyCoord, f64)| {
        Star::new(sky.ra_deg, sky.dec_deg, magnitude as f32, None).unwrap()
    };
    Catalogue::new("made up", Some(2000.0), stars.iter().map(star).collect())
}

fn write_index(path: &Path, stars: &StarList) {
    let settings = BuildSettings { occupied_only: true, ..BuildSettings::scale(8.0, 24.0) };
    let index = build(&catalogue(stars), &settings, &Silent).unwrap();
    fs::write(path, layout::write(&index, Layout::Native)).unwrap();
    assert!(IndexFile::open(path).unwrap().view().quad_count() > 100);
}

/// A folder of images of every kind.
fn images(folder: &Path, stars: &StarList) {
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.join(name), bytes).unwrap();
    let truth = projection(CENTRE, SIDE, 20.0);
    let pixels = |seed| render(seed, stars, &truth, SIDE);
    write("right.fits", fits_file(&pixels(1), SIDE, Some(truth)));
    let mut shifted = truth;
    shifted.crval[1] += 42.0 / 3600.0;
    write("shifted.fits", fits_file(&pixels(2), SIDE, Some(shifted)));
    write("rotated.fits", fits_file(&pixels(3), SIDE, Some(projection(CENTRE, SIDE, 17.0))));
    write("wrong.fits", fits_file(&pixels(4), SIDE, Some(projection(sky(151.0, 3.0), SIDE, 20.0))));
    let cutout = projection(CENTRE, 24, 0.0);
    write("cutout.fits", fits_file(&render(5, stars, &cutout, 24), 24, Some(cutout)));
    let elsewhere = projection(sky(149.5, 1.6), SIDE, -70.0);
    write("blind.fits", fits_file(&render(6, stars, &elsewhere, SIDE), SIDE, None));
    let grey: Vec<u8> = render(7, stars, &elsewhere, SIDE).iter().map(|&v| (v / 2.0) as u8).collect();
    let rgb = grey.iter().flat_map(|&v| [v; 3]).collect();
    let png = image::RgbImage::from_raw(SIDE as u32, SIDE as u32, rgb).unwrap();
    png.save(folder.join("blind.png")).unwrap();
    write("noise.fits", fits_file(&render(8, &Vec::new(), &truth, SIDE), SIDE, None));
    write("broken.png", b"\x89PNG\r\n\x1a\nnothing more".to_vec());
}

fn request(folder: &Path) -> IngestRequest {
    let tile = TileSpec { size: 8, ..TileSpec::default() };
    IngestRequest { tile, ..IngestRequest::new(IngestInput::Folder(folder.to_owned()), "plates") }
}

/// State and words of each image by its id.
fn table(report: &IngestReport) -> BTreeMap<String, Vec<String>> {
    let path = report.dataset.dir().join(ASTROMETRY_FILE);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let line = |record: csv::StringRecord| {
        (record[0].to_owned(), record.iter().skip(2).map(str::to_owned).collect())
    };
    reader.records().map(|record| line(record.unwrap())).collect()
}

#[test]
fn ingest_places_what_has_no_coordinates_and_says_of_the_others_whether_theirs_are_right() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, index) = (dir.path().join("images"), dir.path().join("index"));
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir_all(&index).unwrap();
    let stars = stars(1, CENTRE);
    write_index(&index.join("a.sqx"), &stars);
    images(&folder, &stars);
    let csv = dir.path().join("stars.csv");
    write_catalogue(&csv, &stars);
    // Index files and the catalogue itself serve alike.
    for references in [&index, &csv] {
        let astrometer = Astrometer::open(&[&index], Some(references), false, &Silent).unwrap();
        let out = tempfile::tempdir().unwrap();
        let run = || ingest_looking(&request(&folder), out.path(), Some(&astrometer), &Silent).unwrap();
        let report = run();
        assert_eq!((report.accepted, report.rejected.len()), (8, 1), "{:?}", report.rejected);
        let found = table(&report);
        let state = |id: &str| found[id][0].as_str();
        let expected = [
            ("right", "pass"),
            ("shifted", "shifted"),
            ("rotated", "rotated"),
            ("wrong", "wrong"),
            ("cutout", "too_few"),
            ("blind.fits", "placed"),
            ("blind.png", "placed"),
            ("noise", "not_placed"),
            ("broken", "not_checked"),
        ];
        for (id, wanted) in expected {
            assert_eq!(state(id), wanted, "{id}: {:?}", found[id]);
        }
        let number = |id: &str, column: usize| found[id][column].parse::<f64>().unwrap();
        assert!(
            (number("shifted", 4) + 42.0).abs() < 0.3 * SCALE && number("shifted", 3).abs() < 0.3 * SCALE
        );
        assert!((number("rotated", 5) - 3.0).abs() < 0.05);
        for id in ["right", "shifted", "rotated"] {
            let centre = sky(number(id, 1), number(id, 2));
            assert!(centre.separation_arcsec(CENTRE) < 0.3 * SCALE, "{id}");
        }
        let summary = report.astrometry.clone().unwrap();
        assert_eq!((summary.counts[&State::Placed], summary.counts[&State::Wrong]), (2, 1));
        assert_eq!(summary.wrong[0].0, "wrong");

        let rows: Vec<_> = report.dataset.manifest().unwrap().map(Result::unwrap).collect();
        let row = |id: &str| rows.iter().find(|row| row.image.id == id).unwrap();
        for id in ["blind.fits", "blind.png"] {
            let miss = row(id).image.position.unwrap().separation_arcsec(sky(149.5, 1.6));
            assert!(miss < SCALE && row(id).cell.is_some(), "{id}: {miss}");
        }
        assert_eq!(row("noise").image.position, None);
        // Once done, nothing is done again, and the same is told.
        assert_eq!(run().astrometry.unwrap(), summary);
    }
}

#[test]
fn wrong_images_are_left_out_where_that_is_wished_and_are_told_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let stars = stars(2, CENTRE);
    images(dir.path(), &stars);
    let csv = dir.path().join("stars.csv");
    write_catalogue(&csv, &stars);
    let none: [&Path; 0] = [];
    let astrometer = Astrometer::open(&none, Some(&csv), true, &Silent).unwrap();
    let out = tempfile::tempdir().unwrap();
    let report = ingest_looking(&request(dir.path()), out.path(), Some(&astrometer), &Silent).unwrap();
    assert_eq!((report.accepted, report.rejected.len()), (7, 2), "{:?}", report.rejected);
    let wrong = report.rejected.iter().find(|no| no.path.contains("wrong.fits")).unwrap();
    assert!(
        wrong.reason.contains("coordinates are wrong") && wrong.reason.contains("do not fit"),
        "{}",
        wrong.reason
    );
    // Without indexes nothing is placed, which is said.
    assert_eq!(table(&report)["blind.fits"][0], "not_checked");
}

#[test]
fn a_cutout_of_a_lens_is_not_placed_blind_and_the_reason_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let stars = stars(3, CENTRE);
    write_index(&dir.path().join("a.sqx"), &stars);
    let astrometer = Astrometer::open(&[dir.path()], None, false, &Silent).unwrap();
    let cutout = projection(CENTRE, 60, 0.0);
    let bytes = fits_file(&render(5, &stars, &cutout, 60), 60, None);
    let plate = Plate { name: "cutout", bytes: &bytes, position: None, pixel_scale_arcsec: Some(0.262) };
    let look = astrometer.look(&plate).unwrap();
    assert_eq!(look.state, State::NotPlaced);
    assert!(look.detail.contains("cutout of 16″"), "{}", look.detail);
    // What has a position is not looked for blind, what has a projection not checked without stars.
    assert_eq!(astrometer.look(&Plate { position: Some(CENTRE), ..plate }), None);
    let claims = fits_file(&render(5, &stars, &cutout, 60), 60, Some(cutout));
    assert_eq!(astrometer.look(&Plate { bytes: &claims, ..plate }), None);
}

#[test]
fn a_picture_is_checked_by_one_call() {
    let stars = stars(4, CENTRE);
    let truth = projection(CENTRE, SIDE, 100.0);
    let bytes = fits_file(&render(9, &stars, &truth, SIDE), SIDE, Some(truth));
    let picture = Picture::read(&bytes, "a.fits").unwrap();
    let field = extract(&picture.grey, &ExtractSettings::default()).field;
    let references = References::of_catalogue(&catalogue(&stars));
    let verdict = references.check(&picture, &field, &CheckSettings::default()).unwrap();
    let Verdict::Pass(place) = &verdict else { panic!("{verdict}") };
    assert!(place.matches > 50 && place.rms_px < 0.5, "{place:?}");
    let bare = Picture { claimed: None, rgb: Rgb8::new(1, 1, vec![0; 3]).unwrap(), ..picture };
    assert_eq!(references.check(&bare, &field, &CheckSettings::default()), None);
}

#[test]
fn folders_without_an_index_and_files_that_are_no_catalogue_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let open = |path: &Path| Astrometer::open(&[path], None, false, &Silent).unwrap_err().to_string();
    assert!(open(dir.path()).contains("no index file"), "{}", open(dir.path()));
    fs::write(dir.path().join("bad.sqx"), b"nothing").unwrap();
    assert!(open(dir.path()).contains("bad.sqx"), "{}", open(dir.path()));
    let none: [&Path; 0] = [];
    let text = dir.path().join("no.csv");
    fs::write(&text, "a,b\n1,2\n").unwrap();
    assert!(Astrometer::open(&none, Some(&text), false, &Silent).is_err());
}

#[test]
fn a_picture_with_a_listed_position_is_looked_for_there() {
    let dir = tempfile::tempdir().unwrap();
    let stars = stars(5, CENTRE);
    let csv = dir.path().join("stars.csv");
    write_catalogue(&csv, &stars);
    let none: [&Path; 0] = [];
    let astrometer = Astrometer::open(&none, Some(&csv), false, &Silent).unwrap();
    let truth = projection(CENTRE, SIDE, 130.0);
    let bytes = fits_file(&render(10, &stars, &truth, SIDE), SIDE, None);
    let listed = |dec_deg: f64, scale| {
        let position = Some(SkyCoord { dec_deg, ..CENTRE });
        astrometer.look(&Plate { name: "a", bytes: &bytes, position, pixel_scale_arcsec: scale }).unwrap()
    };
    let right = listed(CENTRE.dec_deg, Some(SCALE));
    assert_eq!(right.state, State::Pass, "{}", right.detail);
    let off = listed(CENTRE.dec_deg - 0.1, Some(SCALE));
    assert_eq!(off.state, State::Shifted, "{}", off.detail);
    assert!((off.north_arcsec.unwrap() - 360.0).abs() < 3.0 && off.east_arcsec.unwrap().abs() < 3.0);
    // Elsewhere, or without a scale, nothing can be said.
    assert_eq!(listed(-60.0, Some(SCALE)).state, State::NotChecked);
    assert_eq!(listed(CENTRE.dec_deg, None).state, State::NotChecked);
}
