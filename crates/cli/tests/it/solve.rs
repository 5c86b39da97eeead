//! `lensfinder solve` from outside, on a sky that was made up.

use std::{fs, path::Path};

use domain::SkyCoord;
use serde_json::Value;

use crate::{
    program::{fails, lensfinder, succeeds},
    starfield::{SCALE, fits_file, projection, render, stars, write_catalogue},
};

const CENTRE: SkyCoord = SkyCoord { ra_deg: 41.0, dec_deg: 19.5 };
const SIDE: usize = 480;

/// A folder with an index of this sky, a picture of it and one of nothing.
fn prepare(at: &Path) {
    let stars = stars(12, CENTRE);
    write_catalogue(&at.join("stars.csv"), &stars);
    succeeds(
        at,
        &["index", "build", "stars.csv", "--scale", "8", "24", "--out", "indexes/field.sqx", "--quiet"],
    );
    let seen = render(13, &stars, &projection(CENTRE, SIDE, 30.0), SIDE);
    fs::write(at.join("night.fits"), fits_file(&seen, SIDE, None)).unwrap();
    fs::write(at.join("dark.fits"), fits_file(&vec![100.0; SIDE * SIDE], SIDE, None)).unwrap();
    fs::write(at.join("notes.txt"), "no image").unwrap();
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_image_is_placed_and_others_are_told_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepare(at);
    fs::write(at.join("clusters.csv"), "name,ra,dec\nAbell A,41.1,19.4\nfar,200,10\n").unwrap();
    let images = ["night.fits", "dark.fits", "notes.txt", "missing.png"];
    let mut wish = vec!["solve", "--index", "indexes", "--json", "--quiet", "--out", "solved"];
    wish.extend(["--clusters", "clusters.csv"]);
    wish.extend(images);
    let told = lines(&succeeds(at, &wish));
    assert_eq!(told.len(), images.len());
    let placed = &told[0];
    assert_eq!(placed["solved"], true);
    let number = |name: &str| placed[name].as_f64().unwrap_or_else(|| panic!("{name}: {placed}"));
    let pixel = SCALE / 3600.0;
    assert!((number("dec_deg") - CENTRE.dec_deg).abs() < pixel, "{placed}");
    assert!((number("ra_deg") - CENTRE.ra_deg).abs() < pixel, "{placed}");
    assert!((number("scale_arcsec_per_px") / SCALE - 1.0).abs() < 0.002);
    assert_eq!(placed["parity"], -1);
    assert!((number("rotation_deg") - 30.0).abs() < 0.2 && number("log_odds") > 20.7);
    assert!(number("extract_cpu_s") > 0.0 && number("solve_cpu_s") > 0.0);
    assert_eq!(placed["reason"], Value::Null);
    assert_eq!(placed["clusters"].as_array().unwrap().len(), 1);
    assert_eq!(placed["clusters"][0]["name"], "Abell A");
    for file in placed["files"].as_array().unwrap() {
        assert!(fs::metadata(at.join(file.as_str().unwrap())).unwrap().len() > 1000);
    }
    for (answer, reason) in told[1..].iter().zip(["sources", "not a FITS", "No such file"]) {
        assert_eq!((&answer["solved"], &answer["ra_deg"]), (&false.into(), &Value::Null));
        assert!(answer["reason"].as_str().unwrap().contains(reason), "{answer}");
    }
    let words = succeeds(at, &["solve", "--index", "indexes", "--quiet", "--matches", "night.fits"]);
    for part in ["placed", "field 48.00′ × 48.00′", "stars match", "matched stars"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    let strict = ["solve", "--index", "indexes", "--quiet", "--strict", "night.fits", "dark.fits"];
    assert_eq!(lensfinder(at, &strict).output().unwrap().status.code(), Some(3));
}

#[test]
fn what_is_wrong_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepare(at);
    let with = |more: &[&str]| {
        let mut wish = vec!["solve", "night.fits"];
        wish.extend(more);
        fails(at, &wish)
    };
    assert!(with(&[]).contains("lensfinder index build"), "no index in the workspace");
    assert!(with(&["--index", "nowhere"]).contains("nowhere"));
    fs::create_dir(at.join("empty")).unwrap();
    assert!(with(&["--index", "empty"]).contains("no index file"));
    fs::create_dir(at.join("bad")).unwrap();
    fs::write(at.join("bad/broken.sqx"), "not an index").unwrap();
    assert!(with(&["--index", "bad"]).contains("broken.sqx"));
    let hints = ["--index", "indexes", "--position", "400", "95", "--radius", "3"];
    assert!(with(&hints).contains("right ascension"));
    assert!(with(&["--index", "indexes", "--scale", "5", "1"]).contains("smaller one first"));
    let twice = ["--index", "indexes", "--out", "solved", "other/night.png"];
    assert!(with(&twice).contains("two images are called night"));
    assert!(with(&["--index", "indexes", "--clusters", "none.csv"]).contains("none.csv"));
}
