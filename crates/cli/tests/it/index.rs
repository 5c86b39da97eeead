//! `lensfinder index` from outside.

use std::{fmt::Write as _, fs, path::Path};

use serde_json::Value;

use crate::program::{fails, lensfinder, succeeds};

/// A catalogue of stars on a band of the sky, every tenth row without a magnitude.
fn catalogue(folder: &Path) {
    let mut text = "RAJ2000,DEJ2000,Vmag,pmRA,pmDE\n".to_owned();
    for i in 0..4000_u32 {
        let (ra, dec) = (f64::from(i * 7919 % 4000) * 0.01, f64::from(i * 104_729 % 4001) * 0.005 - 10.0);
        let mag = if i % 10 == 3 { String::new() } else { format!("{:.2}", f64::from(i * 31 % 997) / 100.0) };
        let _ = writeln!(text, "{ra:.4},{dec:.4},{mag},{},{}", i % 50, i % 30);
    }
    fs::write(folder.join("stars.csv"), text).unwrap();
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn build_and_info_agree() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    catalogue(at);
    let build = ["index", "build", "stars.csv", "--preset", "11..12", "--out", "set", "--json"];
    let said = json(&succeeds(at, &build));
    assert_eq!((&said["catalogue"]["rows"], &said["catalogue"]["skipped"]), (&4000.into(), &400.into()));
    assert!(said["catalogue"]["examples"][0]["reason"].as_str().unwrap().contains("Vmag"));
    assert_eq!(said["indexes"].as_array().unwrap().len(), 2);
    succeeds(
        at,
        &["index", "build", "stars.csv", "--scale", "90", "150", "--out", "set", "--format", "fits"],
    );
    let told = json(&succeeds(at, &["index", "info", "set", "--check", "--json"]));
    let indexes = told["indexes"].as_array().unwrap();
    let names: Vec<&str> = indexes.iter().map(|i| i["path"].as_str().unwrap()).collect();
    assert_eq!(names, ["set/index-11.sqx", "set/index-12.sqx", "set/index.fits"]);
    for (index, built) in indexes.iter().zip(said["indexes"].as_array().unwrap()) {
        for field in ["quads", "stars", "bytes", "scale_arcmin"] {
            assert_eq!(index[field], built[field], "{field}");
        }
        assert_eq!(index["proper_motions"], true);
        assert!(index["quads"].as_u64().unwrap() > 100);
    }
    assert!(fs::read_dir(at.join("set")).unwrap().all(|f| f.unwrap().path().extension().unwrap() != "part"));
}

#[test]
fn two_runs_write_the_same_bytes_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    catalogue(at);
    let build = |out: &str, threads: &str| {
        let arguments = ["index", "build", "stars.csv", "--preset", "11", "--out", out];
        let output = lensfinder(at, &arguments).env("RAYON_NUM_THREADS", threads).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read(at.join(out)).unwrap()
    };
    assert_eq!(build("a.sqx", "1"), build("b.sqx", "4"));
}

#[test]
fn an_epoch_moves_stars_and_has_to_be_known_from_where() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    catalogue(at);
    let build = ["index", "build", "stars.csv", "--preset", "12", "--out", "a.sqx", "--epoch", "2025"];
    assert!(fails(at, &build).contains("--catalogue-epoch"));
    assert!(!at.join("a.sqx").exists());
    succeeds(at, &[&build[..], &["--catalogue-epoch", "2000"]].concat());
    let told = json(&succeeds(at, &["index", "info", "a.sqx", "--json"]));
    assert_eq!(told["indexes"][0]["epoch"], 2025.0);
}

#[test]
fn what_is_no_index_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    catalogue(at);
    succeeds(at, &["index", "build", "stars.csv", "--preset", "12", "--out", "a.sqx"]);
    let mut bytes = fs::read(at.join("a.sqx")).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(at.join("b.sqx"), &bytes).unwrap();
    fs::write(at.join("c.fits"), &bytes[..100]).unwrap();
    let told = lensfinder(at, &["index", "info", ".", "--json"]).output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    let told = json(&String::from_utf8(told.stdout).unwrap());
    assert_eq!(told["refused"].as_array().unwrap().len(), 1);
    let checked = lensfinder(at, &["index", "info", "b.sqx", "--check"]).output().unwrap();
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stdout).contains("checksum"));
    fs::create_dir(at.join("none")).unwrap();
    assert!(fails(at, &["index", "info", "none"]).contains("index build"));
}

#[test]
fn a_wrong_command_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    catalogue(at);
    let said =
        |more: &[&str]| fails(at, &[&["index", "build", "stars.csv", "--out", "x.sqx"][..], more].concat());
    assert!(said(&["--preset", "12", "--column-mag", "Bmag"]).contains("--column-mag"));
    assert!(said(&["--scale", "5", "3"]).contains("below the longest"));
    assert!(said(&["--scale", "0.1", "0.2"]).contains("too far apart"));
    fs::write(at.join("file"), "").unwrap();
    let several = ["index", "build", "stars.csv", "--preset", "11..12", "--out", "file"];
    assert!(fails(at, &several).contains("folder"));
    assert!(!at.join("x.sqx").exists());
}
