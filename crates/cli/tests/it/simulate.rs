//! `lensfinder simulate` from outside: settings that cannot be, several sets in one
//! command, a kill in the middle, and files that somebody touched.

use std::{path::Path, time::Duration};

use serde_json::Value;

use crate::program::{lensfinder, succeeds};

const SMALL: &str =
    "[sets]\nmocks = 6\ncontrols = 2\nsurvey = 12\n\n[image]\nsize_px = 127\npixel_scale_arcsec = 0.786\n";

/// What the program says on standard error when it refuses.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = lensfinder(folder, arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn settings_that_cannot_be_are_refused_by_file_and_field() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (text, words) in [
        ("[cosmology]\nomega_m = 1.7", "cosmology.omega_m"),
        ("[cosmology]\nh0 = -70.0", "cosmology.h0"),
        ("[cluster]\nlog_mass = -14.0", "cluster.log_mass"),
        ("[cluster]\nhalo_q = [0.5, 1.5]", "cluster.halo_q"),
        ("[cluster]\nz = [0.6, 0.9]\n[source]\nz = [0.3, 0.5]", "in front of"),
        ("[lens]\ntheta_e_arcsec = [9.0, 3.0]", "backwards"),
        ("[lens]\nmin_arc_snr = 9.0", "min_arc_snr"),
        ("[outputs]\npng = true", "outputs"),
        ("[output]\nfits = \"gzip\"", "gzip"),
        ("[sets]\nmocks = -4", "mocks"),
        ("[sets]\nmocks = 0", "sets"),
        ("not toml", "settings.toml"),
        ("[background]\ndataset = \"nowhere\"", "nowhere"),
    ] {
        std::fs::write(folder.join("settings.toml"), text).unwrap();
        let said = refused(folder, &["simulate", "settings.toml", "--out", "out"]);
        assert!(said.contains(words), "{text}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    assert!(refused(folder, &["simulate", "missing.toml", "--out", "out"]).contains("missing.toml"));
    assert!(refused(folder, &["simulate", "--out", "out", "--threads", "0"]).contains("threads"));
    assert!(refused(folder, &["simulate", "--out", "out", "--count", "0"]).contains("sets"));
}

#[test]
fn one_command_makes_the_sets_and_says_how_fast() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("small.toml"), SMALL).unwrap();
    let words = succeeds(folder, &["simulate", "small.toml", "--out", "a", "--seed", "4", "--threads", "1"]);
    let last = words.lines().last().unwrap();
    assert!(last.starts_with("20 mocks in ") && last.ends_with(" mocks/s on 1 threads"), "{words}");

    // The same sets in another place, on two threads, with everything else there is.
    let arguments = [
        "simulate",
        "small.toml",
        "--out",
        "b",
        "--seed",
        "4",
        "--threads",
        "2",
        "--verify",
        "--gallery",
        "2",
        "--json",
    ];
    let told: Value = serde_json::from_str(&succeeds(folder, &arguments)).unwrap();
    assert_eq!((told["mocks"].as_u64(), told["threads"].as_u64()), (Some(20), Some(2)));
    assert!(told["mocks_per_second"].as_f64().unwrap() > 0.0);
    for set in told["verified"].as_array().unwrap() {
        assert_eq!(set["differences"].as_array().unwrap().len(), 0, "{set}");
    }
    assert!(folder.join("b/mocks/gallery.html").exists());
    for file in ["mocks/mocks.parquet", "survey/index.parquet", "controls/images/00000/c-0000001.fits"] {
        let [a, b] = ["a", "b"].map(|out| std::fs::read(folder.join(out).join(file)).unwrap());
        assert_eq!(a, b, "{file} depends on the number of threads");
    }

    // A total shared in proportion.
    let words = succeeds(folder, &["simulate", "small.toml", "--out", "c", "--count", "10"]);
    assert!(words.contains("mocks: 3 cutouts") && words.contains("survey: 6 cutouts"), "{words}");
    assert!(words.lines().last().unwrap().starts_with("10 mocks in "), "{words}");
}

#[test]
fn a_touched_image_is_named_and_the_exit_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("small.toml"), SMALL).unwrap();
    let arguments = ["simulate", "small.toml", "--out", "out", "--mocks", "3", "--verify", "50"];
    let words = succeeds(folder, &arguments);
    assert!(words.contains("3 cutouts made again, 12 files compared, 0 differ"), "{words}");
    let image = folder.join("out/mocks/images/00000/m-0000001.fits");
    let mut bytes = std::fs::read(&image).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&image, bytes).unwrap();
    let said = refused(folder, &arguments);
    assert!(said.contains("m-0000001.fits") && said.contains("1 files"), "{said}");
}

#[test]
fn a_run_killed_in_the_middle_goes_on_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = SMALL.replace("mocks = 6", "mocks = 100").replace("controls = 2\nsurvey = 12\n", "");
    std::fs::write(folder.join("mocks.toml"), text).unwrap();
    succeeds(folder, &["simulate", "mocks.toml", "--out", "whole"]);
    let start = || lensfinder(folder, &["simulate", "mocks.toml", "--out", "broken", "-q"]).spawn().unwrap();

    // Asked to stop, it ends at the next safe point.
    let mut child = start();
    wait_for(&folder.join("broken/mocks/making"));
    let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));

    // As soon as the first unit is safe.
    let mut child = start();
    wait_for(&folder.join("broken/mocks/making/00000-000.unit"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.join("broken/mocks/dataset.json").exists(), "it was not killed in the middle");
    let words = succeeds(folder, &["simulate", "mocks.toml", "--out", "broken"]);
    assert!(words.contains("(64 were there)"), "{words}");
    let same = std::process::Command::new("diff")
        .args(["-rq", "whole", "broken"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(same.status.success(), "{}", String::from_utf8_lossy(&same.stdout));
}

/// Waits until a file is there.
fn wait_for(path: &Path) {
    for _ in 0..6000 {
        if path.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{} did not appear", path.display());
}
