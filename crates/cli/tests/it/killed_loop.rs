//! The loop of a project, killed with −9 again and again, ends with the same files as
//! one that was left alone.

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use crate::program::{lensfinder, serve, succeeds};

/// Settings small enough for a test, with votes enough for a second round.
const SPEC: &str = "
subjects_per_round = 24
votes_per_round = 60
training_images = 6
base_rate = 0.1
[training]
epochs = 2
[fine_tuning]
epochs = 2
[gate]
min_people_labels = 1
";

/// Runs the loop and kills it after a while; false when it had ended by itself.
fn run_and_kill(folder: &Path, after: Duration) -> bool {
    let mut child =
        lensfinder(folder, &["run", "p", "--once", "--quiet"]).stdout(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    if let Some(status) = child.try_wait().unwrap() {
        assert!(status.success(), "the loop failed by itself");
        return false;
    }
    // SIGKILL: nothing of the process can tidy up.
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

/// Kills a little later each time, so that slow and fast machines are hit all along the way, until the loop gets through; how often it was hit.
fn kill_until_done(folder: &Path) -> u32 {
    let mut kills = 0;
    // The square is for busy machines, on which one step alone may take seconds.
    while run_and_kill(folder, Duration::from_millis(u64::from(15 * (kills + 1) + kills * kills / 4))) {
        kills += 1;
        assert!(kills < 200, "the loop never gets through");
    }
    kills
}

/// Digest of every file that a round or a training leaves, by its path.
fn files(folder: &Path) -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, into);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                // Receipts of scores and the registry's history name the hour.
                let is_dated = name.starts_with("scores") && !name.ends_with(".parquet")
                    || name.ends_with(".aliases.json");
                if !is_dated {
                    into.insert(name, domain::Digest::of(&std::fs::read(&path).unwrap()).to_string());
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    let workspace = folder.join("workspace");
    for part in ["rounds", "models", "scores", "images"] {
        walk(&workspace, &workspace.join(part), &mut found);
    }
    found
}

fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-r").arg(from.join("workspace")).arg(to).status().unwrap();
    assert!(done.success());
}

#[test]
fn a_loop_killed_at_every_step_ends_with_the_same_bytes() {
    let [alone, killed] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [alone, killed] = [alone.path(), killed.path()];
    succeeds(
        alone,
        &[
            "simulate",
            "--out",
            "workspace/datasets",
            "--survey",
            "160",
            "--lens-rate",
            "0.3",
            "--training",
            "100",
        ],
    );
    std::fs::write(alone.join("spec.toml"), SPEC).unwrap();
    succeeds(
        alone,
        &["project", "create", "p", "--survey", "survey", "--training", "training", "--spec", "spec.toml"],
    );
    copy(alone, killed);

    // Round 0, from nothing to the first question.
    succeeds(alone, &["run", "p", "--once"]);
    let kills = kill_until_done(killed);
    assert!(kills > 0, "the loop was never hit");
    let (left, right) = (files(alone), files(killed));
    let other: Vec<_> = left.iter().filter(|(name, digest)| right.get(*name) != Some(digest)).collect();
    assert!(other.is_empty() && left.len() == right.len(), "after round 0 and {kills} kills: {other:?}");

    // People vote; both copies get the same votes.
    let (server, url) = serve(alone);
    succeeds(alone, &["crowd", "p", "--url", &url, "--volunteers", "12"]);
    drop(server);
    std::fs::remove_dir_all(killed.join("workspace")).unwrap();
    copy(alone, killed);

    // Round 1: aggregate, retrain, judge, promote or refuse, score, select.
    succeeds(alone, &["run", "p", "--once"]);
    let kills = kill_until_done(killed);
    assert!(kills > 0, "the loop was never hit");
    let (left, right) = (files(alone), files(killed));
    assert!(left.keys().any(|name| name.contains("rounds/p/001/selection.csv")), "round 1 was not reached");
    assert_eq!(left, right, "after round 1 and {kills} kills");
}
