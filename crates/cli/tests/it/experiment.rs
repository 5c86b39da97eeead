//! `lensfinder experiment` from outside: a newcomer's run with nothing at hand, killed and gone on with,
//! compared, repeated; the shipped experiments; and what is refused.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::Value;

use crate::program::{fails, lensfinder, succeeds};

/// A sky of its own and a network, in seconds.
const SMALL: &str = "
votes = 60
seeds = 2
[pool]
cutouts = 120
lens_rate = 0.1
mock_lenses = 24
mock_non_lenses = 24
training = { epochs = 1 }
[policy]
votes_per_round = 30
subjects_per_round = 20
[[policies]]
strategy = 'bald'
";

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments")
}

fn small(folder: &Path) {
    std::fs::write(folder.join("small.toml"), SMALL).unwrap();
}

fn json(text: &str) -> Value {
    serde_json::from_str(text.trim()).unwrap()
}

#[test]
fn every_shipped_experiment_can_be_run() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["first-hour", "label-efficiency", "audit-coverage", "live-head", "active-vs-random"] {
        let path = shipped().join(format!("{file}.toml"));
        let arguments = ["experiment", "run", path.to_str().unwrap(), "--dry-run", "--json"];
        let told = json(&succeeds(folder.path(), &arguments));
        assert!(told["run"].as_str().unwrap().starts_with(file));
    }
}

#[test]
fn a_newcomer_runs_kills_compares_and_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    small(at);
    let run = ["experiment", "run", "small.toml", "--json", "--quiet"];
    // SIGKILL along the way: nothing of the process can tidy up.
    for kill in 1..5 {
        let mut child = lensfinder(at, &run).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(300 * kill));
        let _ = child.kill();
        child.wait().unwrap();
    }
    let told = json(&succeeds(at, &run));
    let id = told["run"].as_str().unwrap().to_owned();
    assert_eq!(told["arms"].as_array().unwrap().len(), 3, "bald, random, greedy");
    assert!(at.join("runs").join(&id).join("report.html").exists());

    let again = json(&succeeds(at, &["experiment", "rerun", &id, "--json", "--quiet"]));
    assert_eq!(again["same"], Value::Bool(true), "{again}");

    let mut other = run.to_vec();
    other.extend(["--set", "policy.soft_labels=false"]);
    let second = json(&succeeds(at, &other))["run"].as_str().unwrap().to_owned();
    assert_ne!(second, id);
    let compared =
        json(&succeeds(at, &["experiment", "compare", &id, &second, "--html", "both.html", "--json"]));
    assert!(compared["settings"].to_string().contains("soft_labels"));
    assert!(at.join("both.html").exists());
    let words = succeeds(at, &["experiment", "compare", &id]);
    assert!(words.contains("random") && !words.contains('\u{1b}'));

    let listed = json(&succeeds(at, &["experiment", "list", "--json"]));
    assert_eq!(listed.as_array().unwrap().len(), 3);
    succeeds(at, &["experiment", "report", &id]);
}

#[test]
fn what_is_wrong_is_said_with_the_file_the_key_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let refused = |text: &str| {
        std::fs::write(at.join("x.toml"), text).unwrap();
        fails(at, &["experiment", "run", "x.toml"])
    };
    assert!(refused("sedes = 5").contains("x.toml: unknown key `sedes` (line 1); did you mean `seeds`?"));
    assert!(refused("[[policies]]\nstrategy = 'gredy'").contains("did you mean `greedy`?"));
    assert!(refused("seeds = 0").contains("`seeds` is empty"));
    let said = refused("[demo]\nrouns = 2");
    assert!(said.contains("did you mean `rounds`?"), "{said}");
    let said = refused("[pool]\nworkspace = 'w'\nmodel = 'a/b'");
    assert!(said.contains("`workspace` w is no folder"), "{said}");
    assert!(fails(at, &["experiment", "run", "nothing.toml"]).contains("nothing.toml"));
    assert!(fails(at, &["experiment", "report", "nothing"]).contains("there is no run nothing"));
    assert!(fails(at, &["experiment", "run", "x.toml", "--set", "votes"]).contains("KEY=VALUE"));
}
