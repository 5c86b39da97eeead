//! Scoring from outside: a plain folder with what a folder may hold in bad luck, models that are not
//! what they were, kernels, killed runs, names for models, and the doctor.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::Digest;
use serde_json::Value;

use crate::program::{lensfinder, succeeds};

/// A model of its own making in `models/net/1`, trained for a moment.
fn trained(folder: &Path) -> PathBuf {
    fs::write(folder.join("quick.toml"), "epochs = 1\n").expect("the folder is new");
    succeeds(folder, &["simulate", "--out", "sets", "--training", "60", "-q"]);
    let arguments = [
        "train",
        "--training",
        "sets/training",
        "--out",
        "workspace/models/net/1",
        "--config",
        "quick.toml",
        "-q",
    ];
    succeeds(folder, &arguments);
    folder.join("workspace/models/net/1")
}

/// Runs the program; exit code, standard output and standard error.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = lensfinder(folder, arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let told = (output.status.code(), text(output.stdout), text(output.stderr));
    assert!(!told.2.contains("panicked"), "{arguments:?}: {}", told.2);
    told
}

/// What the program says when it fails.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let (code, _, said) = run(folder, arguments);
    assert_eq!(code, Some(1), "{arguments:?}: {said}");
    said
}

/// A small FITS cube of bands g, r and z with noise, of 60 × 60 pixels.
fn fits(noise: impl Fn(usize) -> f32) -> Vec<u8> {
    let cards = [
        "SIMPLE  =                    T",
        "BITPIX  =                  -32",
        "NAXIS   =                    3",
        "NAXIS1  =                   60",
        "NAXIS2  =                   60",
        "NAXIS3  =                    3",
        "BANDS   = 'grz     '",
        "END",
    ];
    let mut bytes: Vec<u8> = cards.iter().flat_map(|card| format!("{card:<80}").into_bytes()).collect();
    bytes.resize(bytes.len().next_multiple_of(2880), b' ');
    bytes.extend((0..3 * 60 * 60).flat_map(|index| noise(index).to_be_bytes()));
    bytes.resize(bytes.len().next_multiple_of(2880), 0);
    bytes
}

/// Numbers that look like noise.
fn noise(index: usize) -> f32 {
    let mixed = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    mixed as f32 / 16_777_216.0 - 0.5
}

/// A folder with three good images, two of which are the same, and five that are none.
fn images(folder: &Path) {
    let field = folder.join("field");
    fs::create_dir_all(field.join("deep")).expect("the folder is new");
    let write = |name: &str, bytes: &[u8]| fs::write(field.join(name), bytes).expect("the disk takes it");
    write("a.fits", &fits(noise));
    write("deep/b.1.fits", &fits(|index| noise(index + 99_999)));
    write("twin.fits", &fits(noise));
    write("nan.fits", &fits(|index| if index == 777 { f32::NAN } else { noise(index) }));
    write("flat.fits", &fits(|_| 1.0));
    write("cut.fits", &fits(noise)[..20_000]);
    write("words.png", b"this is no picture");
    write("empty.jpg", b"");
    write("readme.txt", b"not an image, and nobody says so");
}

#[test]
fn a_folder_is_scored_and_what_cannot_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    trained(folder);
    images(folder);
    let arguments =
        ["score", "--model", "workspace/models/net/1", "--images", "field", "--out", "scores.csv", "--json"];
    let (code, told, said) = run(folder, &arguments);
    assert_eq!(code, Some(0), "{said}");
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((told["rows"].as_u64(), told["left_out"].as_array().unwrap().len()), (Some(3), 5));
    for (name, words) in [
        ("nan.fits", "not finite"),
        ("flat.fits", "no sky noise"),
        ("cut.fits", ""),
        ("words.png", ""),
        ("empty.jpg", ""),
    ] {
        let line = said.lines().find(|line| line.starts_with("left out") && line.contains(name));
        assert!(line.is_some_and(|line| line.contains(words)), "{name}: {said}");
    }

    let mut table = csv::Reader::from_path(folder.join("scores.csv")).unwrap();
    assert_eq!(table.headers().unwrap(), vec!["id", "score", "logit", "peak_x", "peak_y"]);
    let rows: Vec<Vec<String>> =
        table.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["a", "deep/b.1", "twin"]);
    assert_eq!(rows[0][1..], rows[2][1..], "the same image, the same score");
    for row in &rows {
        let numbers: Vec<f64> = row[1..].iter().map(|text| text.parse().unwrap()).collect();
        assert!(numbers[0] > 0.0 && numbers[0] < 1.0 && numbers[1].is_finite(), "{row:?}");
        assert!(numbers[2..].iter().all(|at| *at > 0.0 && *at < 1.0), "{row:?}");
    }

    // Who wants to know by the exit code is told.
    let (code, ..) = run(folder, &[&arguments[..], &["--strict"]].concat());
    assert_eq!(code, Some(3));
    // Another kernel, nearly the same numbers.
    let (_, _, said) = run(folder, &[&arguments[..], &["--kernel", "portable"]].concat());
    assert!(said.contains("left out"), "{said}");
    let other = csv::Reader::from_path(folder.join("scores.csv")).unwrap().records().next().unwrap().unwrap();
    let logits: [f64; 2] = [&rows[0][2], &other[2]].map(|text| text.parse().unwrap());
    assert!((logits[0] - logits[1]).abs() < 1e-3, "{logits:?}");

    fn score<'a>(extra: &[&'a str]) -> Vec<&'a str> {
        [&["score", "--model", "workspace/models/net/1"], extra].concat()
    }
    fs::create_dir(folder.join("none")).unwrap();
    fs::write(folder.join("none/readme.txt"), "nothing").unwrap();
    let said = refused(folder, &score(&["--images", "none", "--out", "none.csv"]));
    assert!(said.contains("none holds no image"), "{said}");
    fs::copy(folder.join("field/nan.fits"), folder.join("none/nan.fits")).unwrap();
    let said = refused(folder, &score(&["--images", "none", "--out", "none.csv"]));
    assert!(said.contains("none of the 1 images") && said.contains("nan.fits"), "{said}");
    assert!(!folder.join("none.csv").exists() && !folder.join("none.csv.part").exists());
    let said = refused(folder, &score(&["--images", "nowhere", "--out", "none.csv"]));
    assert!(said.contains("nowhere"), "{said}");
    let said = refused(folder, &score(&["--images", "field", "--out", "no/such/folder.csv"]));
    assert!(said.contains("no/such/folder.csv"), "{said}");
}

#[test]
fn a_model_that_is_not_what_it_was_is_refused_by_file_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let good = trained(folder);
    images(folder);
    let broken = folder.join("broken");
    let said = |arguments: &[&str]| {
        let score = ["score", "--model", "broken", "--images", "field", "--out", "scores.csv"];
        refused(folder, &[&score, arguments].concat())
    };
    let fresh = || {
        let _ = fs::remove_dir_all(&broken);
        copy(&good, &broken);
    };
    assert!(said(&[]).contains("there is no model broken"));

    // One bit.
    for file in ["weights.bpk", "config.json", "calibration.json"] {
        fresh();
        let mut bytes = fs::read(broken.join(file)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(broken.join(file), bytes).unwrap();
        let said = said(&[]);
        assert!(said.contains(file) && said.contains("digest") && said.contains("restore it"), "{said}");
    }
    for file in ["weights.bpk", "config.json", "calibration.json", "digest.json"] {
        fresh();
        fs::remove_file(broken.join(file)).unwrap();
        let said = said(&[]);
        assert!(said.contains(file) && said.contains("missing"), "{said}");
    }
    // Another version, whole and sealed.
    fresh();
    let config = fs::read_to_string(broken.join("config.json")).unwrap();
    let mut config: Value = serde_json::from_str(&config).unwrap();
    config["schema_version"] = 99.into();
    seal(&broken, "config", config.to_string().as_bytes());
    let told = said(&[]);
    assert!(told.contains("config.json has schema version 99") && told.contains("train"), "{told}");
    // Numbers that are none, whole and sealed.
    fresh();
    let mut weights = fs::read(broken.join("weights.bpk")).unwrap();
    let half = weights.len() / 8 * 4;
    weights.truncate(half);
    weights.extend(f32::NAN.to_le_bytes().repeat(half / 4 + 1));
    weights.truncate(fs::metadata(good.join("weights.bpk")).unwrap().len() as usize);
    seal(&broken, "weights", &weights);
    let told = said(&[]);
    assert!(
        told.contains("broken") && told.contains("NaN") && told.contains("train the model again"),
        "{told}"
    );
    assert!(!folder.join("scores.csv").exists());

    fresh();
    for device in ["wgpu", "cuda:0", "tch"] {
        let feature = device.split(':').next().unwrap();
        if !cfg!(feature = "wgpu") || feature != "wgpu" {
            let said = said(&["--device", device]);
            assert!(said.contains(&format!("--features {feature}")), "{said}");
        }
    }
    let (code, _, said) = run(
        folder,
        &["score", "--model", "broken", "--images", "field", "--out", "o.csv", "--kernel", "abacus"],
    );
    assert!(code == Some(2) && said.contains("abacus") && said.contains("portable"), "{said}");
    for kernel in finder::Kernel::ALL.into_iter().filter(|kernel| !kernel.is_available()) {
        let arguments = ["score", "--model", "broken", "--images", "field", "--out", "o.csv", "--kernel"];
        let said = refused(folder, &[&arguments[..], &[kernel.name()]].concat());
        assert!(said.contains(kernel.name()) && said.contains("portable"), "{said}");
    }
}

/// Changes a file of a model and makes the digests right again.
fn seal(model: &Path, part: &str, bytes: &[u8]) {
    let file = |part: &str| {
        model.join(if part == "weights" { "weights.bpk".into() } else { format!("{part}.json") })
    };
    fs::write(file(part), bytes).expect("the disk takes it");
    let of = |part: &str| fs::read(file(part)).expect("the file is there");
    let mut digests: Value = serde_json::from_slice(&of("digest")).expect("a seal is JSON");
    digests[part] = Digest::of(bytes).to_string().into();
    let all = Digest::of_parts([of("config"), of("weights"), of("calibration")]);
    digests["digest"] = all.to_string().into();
    fs::write(file("digest"), digests.to_string()).expect("the disk takes it");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("the disk takes it");
        }
    }
}

#[test]
fn a_pool_has_the_same_scores_on_any_threads_and_after_kills() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    trained(folder);
    succeeds(folder, &["model", "promote", "net", "1", "--why", "the only one"]);
    succeeds(folder, &["simulate", "--out", "sets", "--survey", "600", "-q"]);
    let score = |out: &'static str| {
        ["score", "--model", "net@champion", "--dataset", "sets/survey", "--out", out, "-q", "--json"]
    };
    for (out, threads) in [("one", "1"), ("three", "3")] {
        let output = lensfinder(folder, &score(out)).env("RAYON_NUM_THREADS", threads).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(contents(&folder.join("one")), contents(&folder.join("three")));

    // Killed again and again, it goes on and ends with the same bytes.
    for wait in [5, 20, 60, 150] {
        let mut child =
            lensfinder(folder, &score("killed")).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    succeeds(folder, &score("killed"));
    let mut killed = contents(&folder.join("killed"));
    killed.retain(|(name, _)| !name.ends_with(".part"));
    assert_eq!(killed, contents(&folder.join("one")));
    let told: Value = serde_json::from_str(&succeeds(folder, &score("killed"))).unwrap();
    assert_eq!((told["rows"].as_u64(), told["scored"].as_u64()), (Some(600), Some(0)));

    let spec = imaging::TileSpec::default();
    survey::DatasetWriter::create(&folder.join("sets/nothing"), "nothing", spec, 128)
        .unwrap()
        .finish()
        .unwrap();
    let said = refused(
        folder,
        &["score", "--model", "net@champion", "--dataset", "sets/nothing", "--out", "nothing"],
    );
    assert!(said.contains("sets/nothing holds no image"), "{said}");
    let said =
        refused(folder, &["score", "--model", "net@best", "--dataset", "sets/survey", "--out", "nothing"]);
    assert!(said.contains("no alias \"best\"") && said.contains("champion"), "{said}");
}

/// Every file of a folder with its bytes.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("the file reads"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn models_have_names_and_a_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let first = trained(folder);
    let second = first.with_file_name("2");
    copy(&first, &second);
    let calibration = fs::read_to_string(second.join("calibration.json")).unwrap() + "\n";
    seal(&second, "calibration", calibration.as_bytes());

    succeeds(folder, &["model", "promote", "net", "1", "--why", "the first"]);
    succeeds(folder, &["model", "alias", "net", "challenger", "2", "--why", "trained today"]);
    let said =
        succeeds(folder, &["model", "promote", "net", "challenger", "--why", "better", "--by", "mira"]);
    assert!(said.contains("now version 2"), "{said}");
    let list: Value = serde_json::from_str(&succeeds(folder, &["model", "list", "--json"])).unwrap();
    assert_eq!(list[1]["aliases"][0], "champion");
    assert_eq!(list[0]["aliases"].as_array().unwrap().len(), 0);
    succeeds(folder, &["model", "verify"]);
    let said = succeeds(folder, &["model", "rollback", "net", "--why", "rings on top"]);
    assert!(said.contains("now version 1"), "{said}");
    let shown = succeeds(folder, &["model", "show", "net"]);
    assert!(shown.contains("roll back champion from 2 to 1") && shown.contains("by mira: better"), "{shown}");
    let shown: Value =
        serde_json::from_str(&succeeds(folder, &["model", "show", "net@champion", "--json"])).unwrap();
    assert_eq!(shown["digest"], list[0]["digest"]);

    let mut weights = fs::read(second.join("weights.bpk")).unwrap();
    weights[2000] ^= 4;
    fs::write(second.join("weights.bpk"), weights).unwrap();
    let said = refused(folder, &["model", "verify"]);
    assert!(said.contains("net/2") && said.contains("weights.bpk") && said.contains("1 of 2"), "{said}");
    assert!(refused(folder, &["model", "promote", "net", "2", "--why", "no"]).contains("weights.bpk"));
    assert!(refused(folder, &["model", "rollback", "net", "--why", "no"]).contains("no champion before"));
}

#[test]
fn a_project_that_promotes_moves_the_champion_along() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    succeeds(
        folder,
        &["simulate", "--out", "workspace/datasets", "--training", "60", "--survey", "40", "-q"],
    );
    let spec = "subjects_per_round = 10\nvotes_per_round = 10\ntraining_images = 4\n[training]\nepochs = 1\n";
    fs::write(folder.join("spec.toml"), spec).unwrap();
    let project = ["--survey", "survey", "--training", "training", "--spec", "spec.toml"];
    succeeds(folder, &[&["project", "create", "sky"], &project[..]].concat());
    succeeds(folder, &["run", "sky", "--once", "-q"]);
    let shown = succeeds(folder, &["model", "show", "lensnet-s"]);
    assert!(shown.contains("promote champion from nothing to r0-"), "{shown}");
    assert!(shown.contains("by project sky, round 0: the first network"), "{shown}");
    succeeds(folder, &["doctor", "--model", "lensnet-s@champion"]);
}

#[test]
fn the_doctor_says_what_is_there_and_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plain = succeeds(folder, &["doctor"]);
    assert!(
        plain.contains("portable") && plain.contains("can be used") && !plain.contains('\x1b'),
        "{plain}"
    );
    assert!(plain.contains("Everything asked for works."), "{plain}");
    assert!(!folder.join("workspace").exists(), "looking makes nothing");
    let told: Value = serde_json::from_str(&succeeds(folder, &["doctor", "--json"])).unwrap();
    assert_eq!(told["ok"], true);

    let (code, plain, said) = run(folder, &["doctor", "--device", "tch"]);
    assert!(
        code == Some(1) && plain.contains("NO tch") && plain.contains("--features tch"),
        "{plain} {said}"
    );
    let (code, plain, _) = run(folder, &["doctor", "--model", "nowhere"]);
    assert!(code == Some(1) && plain.contains("there is no model nowhere"), "{plain}");
    fs::create_dir(folder.join("workspace")).unwrap();
    fs::write(folder.join("workspace/lensfinder.db"), "this is no database, though it has its name").unwrap();
    let (code, told, _) = run(folder, &["doctor", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, told["problems"].as_u64()), (Some(1), Some(1)), "{told}");
    let (code, plain, _) = run(folder, &["doctor", "--database", "sqlite:none.db"]);
    assert!(code == Some(1) && plain.contains("there is no none.db"), "{plain}");
    assert!(!folder.join("none.db").exists());
}
