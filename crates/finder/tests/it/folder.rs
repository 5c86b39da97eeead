//! A model folder is believed only if every digest holds.

use std::{fs, path::Path};

use domain::Silent;
use finder::{FinderError, Model, train};

use crate::{device, painted, request};

fn trained(dir: &Path) -> std::path::PathBuf {
    let mut request = request(&dir.join("painted/3"));
    request.config.epochs = 1;
    train(&request, device(), &Silent).expect("painted images train").dir
}

#[test]
fn a_loaded_model_says_what_the_trained_one_said() {
    let dir = tempfile::tempdir().unwrap();
    let folder = trained(dir.path());
    let model = Model::load(&folder, device()).unwrap();
    let set = painted::examples(70, 48, 70.0, 5);
    let outputs = model.outputs(&set.tiles).unwrap();
    assert_eq!((outputs.logits.len(), outputs.dim, outputs.embeddings.len()), (70, 32, 70 * 32));
    // One by one as together.
    for index in [0, 33, 69] {
        let alone = model.outputs(set.tile(index)).unwrap();
        assert!((alone.logits[0] - outputs.logits[index]).abs() < 1e-5);
    }
    assert!(model.outputs(&set.tiles[1..]).is_err());
    let logit = outputs.logits[0];
    let rarer = model.calibration().at_base_rate(1e-6).unwrap();
    assert!(rarer.probability(logit) < model.probability(logit));
}

#[test]
fn the_card_says_what_is_simulated_and_names_itself() {
    let dir = tempfile::tempdir().unwrap();
    let card = fs::read_to_string(trained(dir.path()).join("MODEL_CARD.md")).unwrap();
    assert!(card.starts_with("---\nlicense:"), "{card}");
    assert!(card.contains("name: painted-3") && card.contains("on simulated images"), "{card}");
}

#[test]
fn a_changed_file_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let folder = trained(dir.path());
    for file in ["weights.bpk", "config.json", "calibration.json"] {
        let path = folder.join(file);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        fs::write(&path, bad).unwrap();
        let error = Model::load(&folder, device()).err().unwrap();
        assert!(matches!(&error, FinderError::WrongDigest { path, .. } if path.ends_with(file)), "{error}");
        fs::write(&path, good).unwrap();
    }
    assert!(Model::load(&folder, device()).is_ok());
}

#[test]
fn a_missing_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let folder = trained(dir.path());
    for file in ["weights.bpk", "digest.json"] {
        fs::rename(folder.join(file), folder.join("aside")).unwrap();
        let error = Model::load(&folder, device()).err().unwrap();
        assert!(matches!(&error, FinderError::MissingFile { path } if path.ends_with(file)), "{error}");
        fs::rename(folder.join("aside"), folder.join(file)).unwrap();
    }
}

#[test]
fn another_schema_version_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let folder = trained(dir.path());
    let path = folder.join("digest.json");
    let older = fs::read_to_string(&path).unwrap().replace("\"schema_version\": 2", "\"schema_version\": 1");
    fs::write(&path, older).unwrap();
    let error = Model::load(&folder, device()).err().unwrap();
    assert!(matches!(error, FinderError::SchemaVersion { found: 1, expected: 2, .. }), "{error}");
}
