//! A network measured, exported and imported as a person would.

use serde_json::Value;

use crate::program::{fails, succeeds};

#[test]
fn a_network_is_measured_exported_and_imported() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let sets = ["simulate", "--out", "sim", "--training", "120", "--survey", "200", "--mocks", "0"];
    succeeds(folder, &sets);
    std::fs::write(folder.join("train.toml"), "epochs = 2\n[network]\nmembers = 2\nviews = 2\n").unwrap();
    let train = ["train", "--training", "sim/training", "--config", "train.toml", "--out", "m/net/1"];
    succeeds(folder, &train);

    let said = succeeds(folder, &["evaluate", "--model", "m/net/1", "--dataset", "sim/survey", "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["simulated"], true);
    let summary = &said["summary"];
    assert_eq!(summary["positives"].as_u64().unwrap() + summary["negatives"].as_u64().unwrap(), 200);
    assert!(summary["auroc"]["measured"]["low"].is_number(), "{summary}");
    assert!(said["kinds"].as_array().unwrap().iter().any(|kind| kind[0] == "plain"));
    assert_eq!(said["footprints"][0][0], "south");
    let words = succeeds(folder, &["evaluate", "--model", "m/net/1", "--dataset", "sim/survey"]);
    assert!(words.contains("simulated images") && words.contains("AUROC against spiral"), "{words}");
    let error = fails(folder, &["evaluate", "--model", "m/none", "--dataset", "sim/survey"]);
    assert!(error.contains("m/none"), "{error}");

    let export = ["model", "export", "m/net/1", "--format", "onnx", "--out", "net.onnx"];
    succeeds(folder, &export);
    assert!(folder.join("net-0.onnx").exists() && folder.join("net-1.onnx").exists());
    std::fs::write(folder.join("no.safetensors"), "no tensors").unwrap();
    let error = fails(folder, &["model", "import", "no.safetensors", "--out", "m/zoo/1"]);
    assert!(error.contains("no.safetensors"), "{error}");

    // Labels of people in place of the set's own, and two sets at once.
    let first = std::fs::read_to_string(folder.join("sim/survey/truth.csv")).unwrap();
    let ids = first.lines().skip(1).take(20).enumerate();
    let rows = ids.map(|(n, line)| format!("{},{}\n", line.split(',').next().unwrap_or(""), n % 2));
    std::fs::write(folder.join("labels.csv"), format!("id,target\n{}", rows.collect::<String>())).unwrap();
    let again = [
        "train",
        "--training",
        "sim/training",
        "--training",
        "sim/survey",
        "--labels",
        "labels.csv",
        "--from",
        "m/net/1",
        "--config",
        "train.toml",
        "--out",
        "m/net/2",
        "--json",
    ];
    succeeds(folder, &again);
    let config: Value =
        serde_json::from_slice(&std::fs::read(folder.join("m/net/2/config.json")).unwrap()).unwrap();
    assert_eq!(config["examples"].as_u64().unwrap() + config["validation_examples"].as_u64().unwrap(), 140);
    assert_eq!(config["lineage"]["labels"]["images"], 20);
}
