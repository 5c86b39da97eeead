//! The same folder filled from coadds on disk.

use std::fs;

use domain::Silent;
use download::{Entry, Folder, List, Recipe, State};
use survey::{BrickFolder, IngestInput, IngestRequest};

#[path = "../../../survey/tests/bricks/mod.rs"]
pub mod bricks;

use bricks::CORNER;

fn at(id: &str, east_arcsec: f64, north_arcsec: f64) -> Entry {
    let (ra, dec) = (CORNER.ra_deg + east_arcsec / 3600.0, CORNER.dec_deg + north_arcsec / 3600.0);
    Entry::new(id, domain::SkyCoord::new(ra, dec).unwrap())
}

#[test]
fn cutouts_out_of_bricks_pass_the_same_checks_and_go_to_ingest() {
    let disk = tempfile::tempdir().unwrap();
    bricks::write(disk.path(), &[1, 3], true);
    let recipe = Recipe { source: "disk".to_owned(), size: 96, maskbits: true, ..Recipe::default() };
    let entries = vec![
        at("inside", 18.0, 18.0),
        at("across", 8.0, 1.0),
        at("not-fetched", -18.0, 0.0),
        at("far", 90.0 * 3600.0, 0.0),
    ];
    let list = || List::of(entries.clone()).unwrap();
    let out = tempfile::tempdir().unwrap();
    let source = BrickFolder::open(disk.path()).unwrap();
    let mut folder = Folder::open(out.path(), &recipe, list(), false, &Silent).unwrap();
    let report = download::cut(&mut folder, &recipe, &source, None, &Silent).unwrap();
    let summary = report.summary;
    assert_eq!((summary.done, summary.outside, summary.failed), (2, 1, 1), "{:?}", folder.outcomes());
    for (index, entry) in folder.entries().iter().enumerate() {
        let outcome = &folder.outcomes()[index];
        match &*entry.id {
            "inside" | "across" => {
                assert_eq!((outcome.state, outcome.flags), (State::Done, Some(2048)));
                let cards = imaging::fits::Cards::of(&fs::read(folder.file(index)).unwrap()).unwrap();
                assert!((cards.real(&["PSFFWHMG"]).unwrap() - 1.325).abs() < 0.01);
            }
            "not-fetched" => assert!(outcome.reason.as_deref().unwrap().contains("brick 3598p002")),
            _ => assert_eq!(outcome.state, State::Outside),
        }
    }
    let request = IngestRequest::new(IngestInput::Catalogue(folder.write_list().unwrap()), "bricks");
    let dataset = survey::ingest(&request, &out.path().join("dataset"), &Silent).unwrap();
    assert_eq!(dataset.accepted, 2);
    drop(folder);
    let mut again = Folder::open(out.path(), &recipe, list(), true, &Silent).unwrap();
    let report = download::cut(&mut again, &recipe, &source, None, &Silent).unwrap();
    assert_eq!((report.bytes, report.summary.done), (0, 2), "only the missing brick is looked for again");
}

#[test]
fn a_file_that_is_not_there_yet_fails_its_cutouts_until_it_is() {
    let disk = tempfile::tempdir().unwrap();
    bricks::write(disk.path(), &[3], true);
    let recipe = Recipe { source: "disk".to_owned(), size: 48, maskbits: true, ..Recipe::default() };
    let image = disk.path().join("coadd/000/0001p002/legacysurvey-0001p002-image-z.fits.fz");
    let bytes = fs::read(&image).unwrap();
    fs::remove_file(&image).unwrap();
    let out = tempfile::tempdir().unwrap();
    let cut = || {
        let list = List::of(vec![at("a", 18.0, 18.0)]).unwrap();
        let mut folder = Folder::open(out.path(), &recipe, list, false, &Silent).unwrap();
        let source = BrickFolder::open(disk.path()).unwrap();
        download::cut(&mut folder, &recipe, &source, None, &Silent).unwrap();
        folder.outcomes()[0].clone()
    };
    let outcome = cut();
    let reason = outcome.reason.as_deref().unwrap_or_default();
    assert_eq!(outcome.state, State::Failed);
    assert!(reason.contains("image-z") && reason.contains("is not in the folder"), "{reason}");
    fs::write(&image, bytes).unwrap();
    assert_eq!(cut().state, State::Done);
}

#[test]
fn bricks_have_one_pixel_scale() {
    let disk = tempfile::tempdir().unwrap();
    bricks::write(disk.path(), &[], true);
    let recipe = Recipe { pixel_scale_arcsec: 0.27, ..Recipe::default() };
    let out = tempfile::tempdir().unwrap();
    let list = List::of(vec![at("a", 1.0, 1.0)]).unwrap();
    let mut folder = Folder::open(out.path(), &recipe, list, false, &Silent).unwrap();
    let source = BrickFolder::open(disk.path()).unwrap();
    let error = download::cut(&mut folder, &recipe, &source, None, &Silent).unwrap_err().to_string();
    assert!(error.contains("--pixel-scale"), "{error}");
}
