//! `lensfinder ingest --index --check-wcs`: where images lie, from a catalogue to the table beside the dataset.

use std::{fs, path::Path};

use domain::SkyCoord;

use crate::{
    program::{fails, succeeds},
    starfield::{fits_file, projection, render, stars, write_catalogue},
};

const CENTRE: SkyCoord = SkyCoord { ra_deg: 0.2, dec_deg: -40.0 };
const SIDE: usize = 480;

/// A catalogue, an index made of it, and images: right, shifted, wrong, small, without coordinates.
fn prepare(folder: &Path) {
    let stars = stars(11, CENTRE);
    write_catalogue(&folder.join("stars.csv"), &stars);
    let images = folder.join("images");
    fs::create_dir(&images).unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(images.join(name), bytes).unwrap();
    let truth = projection(CENTRE, SIDE, -50.0);
    let pixels = |seed| render(seed, &stars, &truth, SIDE);
    write("right.fits", fits_file(&pixels(1), SIDE, Some(truth)));
    let mut shifted = truth;
    shifted.crval[1] -= 0.02;
    write("shifted.fits", fits_file(&pixels(2), SIDE, Some(shifted)));
    let elsewhere = SkyCoord { ra_deg: 0.9, dec_deg: -39.2 };
    write("wrong.fits", fits_file(&pixels(3), SIDE, Some(projection(elsewhere, SIDE, 10.0))));
    let cutout = projection(CENTRE, 20, 0.0);
    write("cutout.fits", fits_file(&render(4, &stars, &cutout, 20), 20, Some(cutout)));
    write("blind.fits", fits_file(&pixels(5), SIDE, None));
}

#[test]
fn images_are_placed_and_checked_on_their_way_into_a_dataset() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    prepare(folder);
    succeeds(folder, &["index", "build", "stars.csv", "--scale", "8", "24", "--out", "index/field.sqx"]);
    let said = succeeds(
        folder,
        &[
            "ingest",
            "images",
            "--out",
            "ds",
            "--index",
            "index",
            "--check-wcs",
            "stars.csv",
            "--csv",
            "rows.csv",
        ],
    );
    for words in ["5 images taken in", "1 placed", "1 right", "1 shifted", "1 wrong", "1 with too few stars"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains("wrong: ") && said.contains("astrometry.csv"), "{said}");
    let table = fs::read_to_string(folder.join("ds/astrometry.csv")).unwrap();
    assert_eq!(table.lines().count(), 6, "{table}");
    let line = |id: &str| table.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap().to_owned();
    // 0.02 degrees north of where it says.
    let north: f64 = line("shifted").split(',').nth(6).unwrap().parse().unwrap();
    assert!((north - 72.0).abs() < 2.0, "{}", line("shifted"));
    let rows = fs::read_to_string(folder.join("rows.csv")).unwrap();
    let blind = rows.lines().find(|line| line.starts_with("blind,")).unwrap();
    let number = |column: usize| blind.split(',').nth(column).unwrap().parse::<f64>().unwrap();
    let placed = SkyCoord { ra_deg: number(7), dec_deg: number(8) };
    assert!(placed.separation_arcsec(CENTRE) < 6.0, "{blind}");

    let report = succeeds(
        folder,
        &["--json", "ingest", "images", "--out", "strict", "--check-wcs", "index", "--refuse-wrong"],
    );
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["accepted"], &report["astrometry"]["counts"]["wrong"]), (&4.into(), &1.into()));
    assert_eq!(report["astrometry"]["wrong"][0]["id"], "wrong");
    assert!(report["rejected"][0]["reason"].as_str().unwrap().contains("coordinates are wrong"));
}

#[test]
fn an_index_that_is_none_is_told_before_anything_is_read() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("images")).unwrap();
    fs::create_dir_all(dir.path().join("empty")).unwrap();
    let said = fails(dir.path(), &["ingest", "images", "--out", "ds", "--index", "empty"]);
    assert!(said.contains("no index file") && said.contains("lensfinder index build"), "{said}");
    assert!(!dir.path().join("ds").exists());
}
