//! Whole experiments on a small pool from a table: run, stopped and gone on with, compared, repeated, and
//! what is refused.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use domain::{Clock, Progress, Timestamp};
use finder::DeviceChoice;
use laboratory::{Comparison, Experiment, LabError, PAGE, Provenance, Results, Run, Surroundings, Verdict};

struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> Timestamp {
        Timestamp::from_timestamp(1_700_000_000, 0).expect("a time")
    }
}

/// Stops after so many votes.
struct Patience(AtomicU64);

impl Progress for Patience {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, done: u64) {
        let left = self.0.load(Ordering::SeqCst);
        self.0.store(left.saturating_sub(done), Ordering::SeqCst);
    }
    fn note(&self, _: &str) {}
    fn end(&self) {}
    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }
}

/// 240 images, one in twelve a lens; the scores know a little.
fn table(folder: &Path) -> PathBuf {
    let mut text = String::from("id,probability,is_lens,theta_e_arcsec,arc_sn\n");
    for at in 0..240_u64 {
        let lens = at % 12 == 0;
        let noise = (at * 7919 % 97) as f64 / 97.0;
        let probability = if lens { 0.05 + 0.6 * noise } else { 0.002 + 0.2 * noise * noise };
        let size = if lens { "6.0,40.0" } else { "," };
        text.push_str(&format!("image-{at:03},{probability:.5},{},{size}\n", u8::from(lens)));
    }
    let path = folder.join("scores.csv");
    std::fs::write(&path, text).expect("a table");
    path
}

fn experiment(folder: &Path, more: &str) -> Experiment {
    let text = format!(
        "votes = 300\nseeds = [1, 2, 3]\n[pool]\nname = 'table'\ntable = '{}'\n[policy]\nhead = 'off'\nvotes_per_round = 100\nsubjects_per_round = 60\n{more}",
        table(folder).display()
    );
    Experiment::parse("small.toml", "small", &text, &[]).expect("an experiment")
}

fn run_in(folder: &Path, experiment: &Experiment, patience: u64) -> Result<(Run, Results), LabError> {
    let provenance = Provenance::gather("flex", "a test".to_owned());
    let mut run = Run::open(folder, experiment, provenance, &Frozen)?;
    let progress = Patience(AtomicU64::new(patience));
    let cache = folder.join("cache");
    let with =
        Surroundings { cache: &cache, device: DeviceChoice::Flex, clock: &Frozen, progress: &progress };
    let results = run.replay(with)?;
    Ok((run, results))
}

#[test]
fn an_experiment_leaves_everything_its_page_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let experiment = experiment(folder.path(), "");
    let (run, results) = run_in(&folder.path().join("run"), &experiment, u64::MAX).expect("a run");
    assert_eq!(results.arms(), ["random", "greedy"]);
    assert_eq!(results.rows.len(), 6);
    for file in [
        "report.html",
        "config.json",
        "config.toml",
        "run.json",
        "events.jsonl",
        "results.json",
        "trials.json",
        "tables/trials.parquet",
        "tables/checkpoints.parquet",
        "tables/impressions.parquet",
        "tables/ranking.parquet",
        "csv/found.csv",
        "mlruns/0/meta.yaml",
        "tensorboard/greedy/seed-1",
    ] {
        assert!(run.folder.join(file).exists(), "{file}");
    }
    // What was written as settings is the same experiment.
    let again = Experiment::read(&run.folder.join("config.toml"), &[]).expect("settings");
    assert_eq!(again, experiment);
}

#[test]
fn the_page_asks_nobody_and_says_what_is_simulated() {
    let folder = tempfile::tempdir().expect("a folder");
    let hostile = "[[policies]]\nname = '<img src=x onerror=alert(1)>'\nstrategy = 'entropy'\n";
    let experiment = experiment(folder.path(), hostile);
    let (run, _) = run_in(&folder.path().join("run"), &experiment, u64::MAX).expect("a run");
    let page = std::fs::read_to_string(run.folder.join(PAGE)).expect("a page");
    for outside in ["<script", "http://", "https://", "url(", "@import", "<link", "<img src=x"] {
        let found = page.replace("http://www.w3.org/2000/svg", "").contains(outside);
        assert!(!found, "{outside}");
    }
    let (said, first) = (page.find("are simulated").or(page.find("is simulated")), page.find("<h2"));
    assert!(page.find("Simulated.") < first && said.is_some());
    assert!(page.contains("None given: nothing on this page was measured on real images"));
}

#[test]
fn a_stopped_run_goes_on_to_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let experiment = experiment(folder.path(), "");
    let (whole, _) = run_in(&folder.path().join("whole"), &experiment, u64::MAX).expect("a run");
    let stopped = folder.path().join("stopped");
    let mut stops = 0;
    let resumed = loop {
        // Each time a little later, so that it gets through however often a trial looks up.
        match run_in(&stopped, &experiment, 300 + 100 * stops) {
            Ok((run, _)) => break run,
            Err(error) => {
                assert!(error.is_stop(), "{error}");
                stops += 1;
                assert!(stops < 40, "the run never gets through");
            }
        }
    };
    assert!(stops > 0, "it was stopped at all");
    let verdict = Verdict::of(&whole.folder, &resumed.folder).expect("both");
    assert!(verdict.is_same(), "{}", verdict.words());
    // Every number stands in the log once.
    let lines = |run: &Run| {
        let text = std::fs::read_to_string(run.folder.join("events.jsonl")).expect("a log");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&whole), lines(&resumed));
}

#[test]
fn a_finished_run_is_not_run_again_and_others_settings_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().join("run");
    let experiment_a = experiment(folder.path(), "");
    run_in(&at, &experiment_a, u64::MAX).expect("a run");
    // Two votes of patience are not enough for a trial.
    run_in(&at, &experiment_a, 2).expect("nothing to do");
    let experiment_b = experiment(folder.path(), "[[policies]]\nstrategy = 'entropy'\n");
    let said = run_in(&at, &experiment_b, u64::MAX).expect_err("refused").to_string();
    assert!(said.contains("other settings"), "{said}");
}

#[test]
fn runs_are_compared_by_settings_and_seed_by_seed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, _) =
        run_in(&folder.path().join("a"), &experiment(folder.path(), ""), u64::MAX).expect("a run");
    let other = experiment(folder.path(), "soft_labels = false\n[[policies]]\nstrategy = 'entropy'\n");
    let (second, _) = run_in(&folder.path().join("b"), &other, u64::MAX).expect("a run");
    let comparison = Comparison::of(&[first.clone(), second]).expect("comparable");
    assert!(comparison.settings.iter().any(|(key, _)| key.ends_with("soft_labels")));
    // Greedy of both runs did the same: the head is off, so the labels' kind does not matter.
    let greedy = comparison.differences.iter().find(|d| d.arm.1 == "greedy").expect("greedy");
    let found = greedy.numbers["lenses_found"].expect("pairs");
    assert_eq!((found.mean.value, found.mean.seeds), (0.0, 3));
    assert!(comparison.differences.iter().any(|d| d.arm.1 == "entropy" && d.less.1 == "random"));
    let alone = Comparison::of(&[first]).expect("one run");
    assert_eq!(alone.differences[0].less.1, "random");
}

#[test]
fn sweeps_crowds_and_thresholds_are_arms() {
    let folder = tempfile::tempdir().expect("a folder");
    let more = "[[crowds]]\nname = 'usual'\n[[crowds]]\nname = 'few'\npeople = { volunteers = 10 }\n[sweep]\n'policy.votes_per_round' = [100, 150]\n";
    let experiment = experiment(folder.path(), more);
    let (_, results) = run_in(&folder.path().join("run"), &experiment, u64::MAX).expect("a run");
    assert_eq!(results.arms().len(), 8);
    assert!(results.arms().contains(&"greedy, few, policy.votes_per_round=150"));
}

#[test]
fn pools_that_cannot_be_replayed_say_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let refusal = |pool: &str, more: &str| {
        let text = format!("votes = 100\nseeds = 1\n[pool]\n{pool}\n[policy]\n{more}");
        let experiment = Experiment::parse("x.toml", "x", &text, &[]).expect("an experiment");
        let at = tempfile::tempdir().expect("a folder");
        run_in(at.path(), &experiment, u64::MAX).expect_err("refused").to_string()
    };
    let good = table(folder.path()).display().to_string();
    let without = refusal(&format!("table = '{good}'"), "head = 'live'");
    assert!(without.contains("no embeddings") && without.contains("head = \"off\""), "{without}");
    let one_class = folder.path().join("one.csv");
    std::fs::write(&one_class, "id,probability,is_lens\na,0.5,0\nb,0.4,0\n").expect("a table");
    let said = refusal(&format!("table = '{}'", one_class.display()), "head = 'off'");
    assert!(said.contains("holds no lens"), "{said}");
    let lenses = folder.path().join("lenses.csv");
    std::fs::write(&lenses, "id,probability,is_lens\na,0.5,1\nb,0.4,1\n").expect("a table");
    assert!(refusal(&format!("table = '{}'", lenses.display()), "head = 'off'").contains("lenses only"));
    let unlabelled = folder.path().join("none.csv");
    std::fs::write(&unlabelled, "id,probability,is_lens\na,0.5,\n").expect("a table");
    let said = refusal(&format!("table = '{}'", unlabelled.display()), "head = 'off'");
    assert!(said.contains("a replay needs the truth"), "{said}");
    assert!(refusal("table = '/nowhere.csv'", "head = 'off'").contains("/nowhere.csv"));
    let missing = refusal("workspace = '/nowhere'\nmodel = 'a/b'", "");
    assert!(missing.contains("/nowhere") && missing.contains("leave the key out"), "{missing}");
    let empty = folder.path().join("workspace");
    std::fs::create_dir(&empty).expect("a folder");
    let said = refusal(&format!("workspace = '{}'\nsurvey = 'mine'\nmodel = 'a/b'", empty.display()), "");
    assert!(said.contains("`survey` = \"mine\"") && said.contains("datasets there: none"), "{said}");
}

#[test]
fn a_strategy_that_needs_embeddings_says_so_before_hours_are_spent() {
    let folder = tempfile::tempdir().expect("a folder");
    let more = "[[policies]]\nstrategy = 'typiclust'\n";
    let experiment = experiment(folder.path(), more);
    let said = run_in(&folder.path().join("run"), &experiment, u64::MAX).expect_err("refused").to_string();
    assert!(said.contains("typiclust") && said.contains("embeddings"), "{said}");
}
