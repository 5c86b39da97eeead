//! Training learns, repeats itself to the bit, and survives being stopped.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use domain::Silent;
use finder::{Augment, DeviceChoice, Examples, FinderError, LookAlike, Model, NetworkConfig, train};

use crate::{StopAfter, device, is_exact, painted, request};

fn bytes(dir: &std::path::Path, name: &str) -> Vec<u8> {
    fs::read(dir.join(name)).expect("a finished model has this file")
}

#[test]
fn learns_to_tell_painted_arcs_from_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut request = request(&dir.path().join("arcs/1"));
    request.config.epochs = 6;
    request.examples = painted::examples(400, 48, 70.0, 1);
    request.validation = Some(painted::examples(200, 48, 70.0, 2));
    let report = train(&request, device(), &Silent).unwrap();
    let validation = report.validation.unwrap();
    let area = validation.auroc.value().unwrap();
    assert!(area.value > 0.95, "{area:?}");
    assert!(report.epochs[5].loss < report.epochs[0].loss);
    assert_eq!((area.positives, area.negatives), (100, 100));
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    if !is_exact() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let of = |name: &str| train(&request(&dir.path().join(name)), device(), &Silent).unwrap();
    let (a, b) = (of("a"), of("b"));
    assert_eq!(a.digest, b.digest);
    for file in ["config.json", "weights.bpk", "calibration.json", "metrics.json", "digest.json"] {
        assert_eq!(bytes(&a.dir, file), bytes(&b.dir, file), "{file}");
    }
}

#[test]
fn the_number_of_threads_does_not_change_the_bits() {
    if !is_exact() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let digests = [1, 2, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let request = request(&dir.path().join(threads.to_string()));
        pool.install(|| train(&request, device(), &Silent).unwrap().digest)
    });
    assert_eq!(digests[0], digests[1]);
    assert_eq!(digests[0], digests[2]);
}

/// Everything that draws random numbers, at once.
#[test]
fn augmented_members_with_look_alikes_repeat_themselves_too() {
    let dir = tempfile::tempdir().unwrap();
    let rich = |name: &str| {
        let mut request = request(&dir.path().join(name));
        request.config.network =
            NetworkConfig { members: 2, pooling_sharpness: 1.0, ..request.config.network };
        request.config.augment =
            Augment { gain: 0.1, offset: 0.05, noise: 0.5, blur: 0.7, zoom: 1.2, rotate: true };
        request.config.look_alike_weight = 0.5;
        request.config.averaging = 0.9;
        request.config.label_smoothing = 0.05;
        for (index, kind) in request.examples.kinds.iter_mut().enumerate() {
            *kind = (request.examples.targets[index] == 0.0).then(|| LookAlike::ALL[index % 7]);
        }
        request
    };
    let whole = train(&rich("whole"), device(), &Silent).unwrap();
    let stopped = rich("stopped");
    train(&stopped, device(), &StopAfter::new(7)).unwrap_err();
    let resumed = train(&stopped, device(), &Silent).unwrap();
    assert!(resumed.resumed_after > 0);
    if is_exact() {
        assert_eq!(resumed.digest, whole.digest);
    }
    let mut without = rich("without");
    without.config.look_alike_weight = 0.0;
    assert_ne!(train(&without, device(), &Silent).unwrap().digest, whole.digest);
}

/// A device says what the scoring engine says of the same weights.
#[test]
fn burn_on_this_device_agrees_with_the_engine() {
    let dir = tempfile::tempdir().unwrap();
    let report = train(&request(&dir.path().join("1")), device(), &Silent).unwrap();
    let tiles = painted::examples(40, 48, 70.0, 3).tiles;
    let [ours, burn] =
        [Model::load(&report.dir, DeviceChoice::Flex), Model::load_in_burn(&report.dir, device())]
            .map(|model| model.unwrap().outputs(&tiles).unwrap());
    let all = |said: &finder::Outputs| [&said.logits[..], &said.embeddings, &said.maps].concat();
    let far = all(&ours).iter().zip(all(&burn)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(far < 1e-3, "{far}");
}

#[test]
fn all_views_of_an_image_have_one_score() {
    let dir = tempfile::tempdir().unwrap();
    let mut request = request(&dir.path().join("1"));
    request.config.network.views = 8;
    request.config.epochs = 1;
    let report = train(&request, device(), &Silent).unwrap();
    let model = report.open(device()).unwrap();
    let tile = painted::tile(48, true, 70.0, domain::Seed::root(3));
    let turned: Vec<u8> = (0..48 * 48)
        .flat_map(|place| &tile[(place % 48 * 48 + 47 - place / 48) * 3..][..3])
        .copied()
        .collect();
    let [plain, turned] = [&tile, &turned].map(|tile| model.outputs(tile).unwrap());
    assert!((plain.logits[0] - turned.logits[0]).abs() < 1e-4);
    // The map turns with the image.
    let side = plain.map_side;
    for place in 0..side * side {
        let from = place % side * side + side - 1 - place / side;
        assert!((turned.maps[place] - plain.maps[from]).abs() < 1e-4, "{place}");
    }
}

#[test]
fn another_seed_gives_another_model() {
    let dir = tempfile::tempdir().unwrap();
    let mut other = request(&dir.path().join("b"));
    other.config.seed = 2;
    let a = train(&request(&dir.path().join("a")), device(), &Silent).unwrap();
    let b = train(&other, device(), &Silent).unwrap();
    assert_ne!(bytes(&a.dir, "weights.bpk"), bytes(&b.dir, "weights.bpk"));
}

#[test]
fn stopped_anywhere_it_ends_at_the_same_bits() {
    if !is_exact() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let whole = train(&request(&dir.path().join("whole")), device(), &Silent).unwrap();
    let stopped = request(&dir.path().join("stopped"));
    // 72 examples in batches of 16 are 5 steps; stop within the first, second and third epoch.
    for (steps, epochs_done) in [(2, 0), (7, 1), (6, 2)] {
        let error =
            train(&stopped, device(), &StopAfter::new(epochs_done as u64 * 5 + steps % 5)).unwrap_err();
        assert!(matches!(error, FinderError::Cancelled(_)), "{error}");
    }
    let report = train(&stopped, device(), &Silent).unwrap();
    assert!(report.resumed_after > 0);
    assert_eq!(report.digest, whole.digest);
    assert_eq!(bytes(&report.dir, "metrics.json"), bytes(&whole.dir, "metrics.json"));
}

/// Not a test of its own: the child that [`killed_it_ends_at_the_same_bits`] kills.
#[test]
#[ignore = "run by killed_it_ends_at_the_same_bits"]
fn child_trains() {
    let Some(out) = std::env::var_os("FINDER_TEST_OUT") else { return };
    train(&request(&PathBuf::from(out)), device(), &Silent).unwrap();
}

#[test]
fn killed_it_ends_at_the_same_bits() {
    if !is_exact() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let whole = train(&request(&dir.path().join("whole")), device(), &Silent).unwrap();
    let out = dir.path().join("killed");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "training::child_trains", "--ignored"])
        .env("FINDER_TEST_OUT", &out)
        .spawn()
        .unwrap();
    let checkpoint = out.join("checkpoint.part-of-training");
    while !checkpoint.exists() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let report = train(&request(&out), device(), &Silent).unwrap();
    assert!(report.resumed_after > 0 || report.was_finished);
    assert_eq!(report.digest, whole.digest);
    assert!(!checkpoint.exists());
}

#[test]
fn a_finished_model_is_returned_and_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let first = request(&dir.path().join("1"));
    let report = train(&first, device(), &Silent).unwrap();
    let again = train(&first, device(), &StopAfter::new(0)).unwrap();
    assert!(again.was_finished);
    assert_eq!(
        (again.digest, &again.epochs, &again.validation),
        (report.digest, &report.epochs, &report.validation)
    );
    let mut other = first;
    other.config.seed = 9;
    let error = train(&other, device(), &Silent).unwrap_err();
    assert!(matches!(error, FinderError::Occupied { .. }), "{error}");
}

#[test]
fn fine_tuning_starts_from_the_other_models_weights() {
    let dir = tempfile::tempdir().unwrap();
    let first = train(&request(&dir.path().join("1")), device(), &Silent).unwrap();
    let mut second = request(&dir.path().join("2"));
    second.init = Some(first.dir.clone());
    second.config.epochs = 1;
    // With next to no learning the network stays what it was.
    second.config.learning_rate = 1e-12;
    let second = train(&second, device(), &Silent).unwrap();
    let set = painted::examples(10, 48, 70.0, 3);
    let head =
        |report: &finder::TrainReport| report.open(device()).unwrap().outputs(&set.tiles).unwrap().logits;
    let (a, b) = (head(&first), head(&second));
    // Only the running statistics of the normalisations have moved on.
    let correlation = |a: &[f32], b: &[f32]| {
        let mean = |v: &[f32]| v.iter().sum::<f32>() / v.len() as f32;
        let (ma, mb) = (mean(a), mean(b));
        let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
        for (x, y) in a.iter().zip(b) {
            ab += (x - ma) * (y - mb);
            aa += (x - ma).powi(2);
            bb += (y - mb).powi(2);
        }
        ab / (aa * bb).sqrt()
    };
    assert!(correlation(&a, &b) > 0.8, "{a:?} {b:?}");
    let config = fs::read_to_string(second.dir.join("config.json")).unwrap();
    assert!(config.contains(&first.digest.to_string()));
}

#[test]
fn a_start_of_another_shape_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let first = train(&request(&dir.path().join("1")), device(), &Silent).unwrap();
    let mut wider = request(&dir.path().join("2"));
    wider.init = Some(first.dir);
    let mut restretched = wider.clone();
    wider.config.network.width = 16;
    let error = train(&wider, device(), &Silent).unwrap_err().to_string();
    assert!(error.contains("width: 16") && error.contains("width: 8"), "{error}");
    restretched.tile_spec.high_sigma = 500.0;
    let error = train(&restretched, device(), &Silent).unwrap_err().to_string();
    assert!(error.contains("`tile_spec`") && error.contains("500.0"), "{error}");
}

#[test]
fn wrong_requests_name_the_field() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |change: &dyn Fn(&mut finder::TrainRequest), word: &str| {
        let mut request = request(&dir.path().join("never"));
        change(&mut request);
        let error = train(&request, device(), &Silent).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    };
    refused(&|r| r.config.epochs = 0, "epochs");
    refused(&|r| r.config.learning_rate = f64::NAN, "learning_rate");
    refused(&|r| r.config.base_rate = 0.0, "base_rate");
    refused(&|r| r.config.network.tile_size = 50, "tile_size");
    refused(&|r| r.examples = Examples::empty(48), "there are none");
    refused(&|r| r.examples.targets[3] = 2.0, "example 3");
    refused(&|r| r.examples.targets.fill(1.0), "all are lenses");
    refused(&|r| r.examples.targets.fill(0.0), "none is a lens");
    refused(
        &|r| r.validation = Some(painted::examples(4, 96, 70.0, 1)),
        "validation examples have tiles of 96",
    );
    refused(&|r| r.tile_spec.size = 96, "tile_spec have tiles of 96");
    refused(&|r| r.init = Some("/nowhere".into()), "/nowhere/digest.json is missing");
    assert!(!dir.path().join("never").exists());
}

#[test]
fn a_validation_set_of_one_class_is_no_trouble() {
    let dir = tempfile::tempdir().unwrap();
    let mut request = request(&dir.path().join("1"));
    request.config.epochs = 1;
    let mut lonely = Examples::empty(48);
    lonely.push(&painted::tile(48, false, 0.0, domain::Seed::root(3)), 0.0, 1.0).unwrap();
    request.validation = Some(lonely);
    let report = train(&request, device(), &Silent).unwrap();
    assert!(report.validation.unwrap().auroc.value().is_none());
    let card = fs::read_to_string(report.dir.join("MODEL_CARD.md")).unwrap();
    assert!(card.contains("of 0 lenses and 1 others to fit on, both are needed"), "{card}");
}
