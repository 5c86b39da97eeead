//! While people vote, the loop's process ranks the pool anew and the queue follows; what it said is
//! kept, and the next round goes on from it.

use std::{
    path::Path,
    process::{Child, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::program::{lensfinder, serve, succeeds};

const SPEC: &str = "
subjects_per_round = 30
votes_per_round = 150
training_images = 6
base_rate = 0.1
[training]
epochs = 2
[fine_tuning]
epochs = 1
[labels]
min_votes = 1
min_weight = 0.05
";

struct Loop(Child);

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(folder: &Path) -> Loop {
    let mut command = lensfinder(folder, &["run", "p", "--quiet"]);
    Loop(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

fn lines(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("workspace/rounds/p/000/live.jsonl")).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Waits until something is so; the machine may be busy.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what} did not happen in two minutes");
}

fn vote(folder: &Path, url: &str, most: &str) {
    succeeds(folder, &["crowd", "p", "--url", url, "--volunteers", "12", "--votes", most]);
}

#[test]
fn the_queue_follows_the_votes_and_the_next_round_goes_on_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let simulate = "simulate --out workspace/datasets --survey 300 --lens-rate 0.3 --training 100";
    succeeds(folder, &simulate.split(' ').collect::<Vec<_>>());
    std::fs::write(folder.join("spec.toml"), SPEC).unwrap();
    let create = "project create p --survey survey --training training --spec spec.toml";
    succeeds(folder, &create.split(' ').collect::<Vec<_>>());
    succeeds(folder, &["run", "p", "--once"]);
    let (server, url) = serve(folder);

    let first = start(folder);
    vote(folder, &url, "60");
    until("a first re-ranking", || lines(folder).iter().any(|line| line["labels"].as_u64() > Some(0)));
    // Killed, the next process learns everything again.
    drop(first);
    let second = start(folder);
    let before = lines(folder).len();
    vote(folder, &url, "40");
    until("a re-ranking after the kill", || lines(folder).len() > before);
    vote(folder, &url, "500");
    let labels = folder.join("workspace/rounds/p/001/labels.csv");
    until("the next round", || labels.exists());
    drop((server, second));

    let lines = lines(folder);
    for line in &lines {
        assert_eq!(line["images"], 300);
        assert!(line["version"].as_str().unwrap().contains("+live0."), "{line}");
    }
    let added: u64 = lines.iter().filter_map(|line| line["added"].as_u64()).sum();
    assert!(added > 0, "nothing joined the queue: {lines:?}");
    let collected =
        std::fs::read_to_string(folder.join("workspace/rounds/p/000/priors-collected.csv")).unwrap();
    assert!(collected.contains("+live0."), "the next round does not know what the head said");
    // The database agrees with a replay of its log, priors of the head included.
    let said = succeeds(folder, &["export", "p", "votes", "--out", "votes.csv"]);
    let votes = std::fs::read_to_string(folder.join("votes.csv")).unwrap();
    assert!(votes.contains("+live0."), "no image that joined was shown: {said}");
}
