//! What is written is read again: in every format, with names that need every kind of quoting.

use std::collections::BTreeSet;

use domain::Silent;
use proptest::prelude::*;
use votes::{Format, Positive, RawVote, ReadOptions, Source, VoteLog, write_votes};

use crate::support::{Folder, truths};

/// Task, worker, label, time and number.
type Fact = (String, String, String, Option<i64>, Option<i64>);

/// Votes with all that is known of them, in no order, as Label Studio groups them by task.
fn facts(log: &VoteLog) -> Vec<Fact> {
    let mut all: Vec<_> = (0..log.entries().len())
        .map(|at| {
            let entry = log.entries()[at];
            (
                log.tasks.name(entry.task).to_owned(),
                log.workers.name(entry.worker).to_owned(),
                log.labels.name(entry.label.into()).to_owned(),
                log.time(at),
                log.id(at),
            )
        })
        .collect();
    all.sort();
    all
}

/// Names that are not empty, not missing values, and bear no blanks at the ends.
fn name() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "0",
        "-1",
        "007",
        "1e5",
        "a,b",
        "say \"x\"",
        "two\nlines",
        "tab\there",
        "ünï",
        "{\"a\":1}",
        "[1]",
        "=1+1",
        "null",
        "true",
        "a+b",
        "'",
        "😀",
        "9223372036854775808",
    ])
    .prop_map(str::to_owned);
    let plain = "[a-z0-9_ .;:-]{1,12}".prop_filter_map("blank", |text| {
        let text = text.trim().to_owned();
        (!text.is_empty() && text != "nan").then_some(text)
    });
    prop_oneof![odd, plain]
}

prop_compose! {
    fn any_log()(
        tasks in prop::collection::btree_set(name(), 1..6),
        workers in prop::collection::btree_set(name(), 1..5),
        labels in prop::collection::btree_set(name(), 2..5),
        rows in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>(), prop::option::of(0..4_000_000_000_000_000_i64)), 1..30),
        known in prop::collection::vec((any::<u8>(), any::<u8>()), 0..3),
        with_times in any::<bool>(),
    ) -> VoteLog {
        let pick = |set: &BTreeSet<String>, at: u8| set.iter().nth(usize::from(at) % set.len()).unwrap().clone();
        let mut log = VoteLog::new("made up", Format::Csv);
        for (place, (task, worker, label, time)) in rows.iter().enumerate() {
            log.push(RawVote {
                task: &pick(&tasks, *task),
                worker: &pick(&workers, *worker),
                label: &pick(&labels, *label),
                time: time.filter(|_| with_times),
                id: Some(place as i64 + 1),
                place: place as u64,
            })
            .unwrap();
        }
        let voted: Vec<String> = log.tasks.iter().map(str::to_owned).collect();
        for (task, label) in known {
            let task = &voted[usize::from(task) % voted.len()];
            // A second truth of a task may contradict the first, which is refused.
            let _ = log.push_truth(task, &pick(&labels, label), 0);
        }
        log
    }
}

fn through(log: &VoteLog, name: &str, format: Format) -> VoteLog {
    let folder = Folder::new();
    write_votes(&folder.path(name), format, log, &Positive::default()).unwrap();
    let source = Source::File(folder.path(name));
    votes::read(&source, &ReadOptions { format: Some(format), ..ReadOptions::default() }, &Silent).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn votes_survive_every_format(log in any_log()) {
        let files = [
            ("v.csv", Format::Csv),
            ("v.csv.gz", Format::Csv),
            ("v.tsv", Format::Tsv),
            ("v.parquet", Format::Parquet),
            ("z.csv", Format::Zooniverse),
            ("l.json", Format::LabelStudio),
            ("l.jsonl", Format::LabelStudio),
        ];
        for (name, format) in files {
            let again = through(&log, name, format);
            prop_assert_eq!(facts(&again), facts(&log), "{}", name);
            prop_assert_eq!(truths(&again), truths(&log), "{}", name);
            // And from there to anywhere else.
            let twice = through(&again, "back.parquet", Format::Parquet);
            prop_assert_eq!(facts(&twice), facts(&log), "{} and back", name);
        }
    }
}

#[test]
fn a_log_of_swap_survives_and_other_labels_become_its_two() {
    let mut log = VoteLog::new("made up", Format::Csv);
    for (task, worker, label) in
        [("s1", "ann", "1"), ("s1", "bob", "0"), ("s2", "ann", "unsure"), ("s1", "ann", "1")]
    {
        log.push(RawVote { task, worker, label, place: 1, ..RawVote::default() }).unwrap();
    }
    log.push_truth("s1", "1", 1).unwrap();
    let again = through(&log, "log.csv", Format::SwapLog);
    assert_eq!(crate::support::votes(&again), ["s1 ann LENS", "s1 bob NOT", "s2 ann UNSURE", "s1 ann LENS"]);
    assert_eq!(truths(&again), ["s1 LENS"]);
    assert_eq!(facts(&through(&again, "log.csv", Format::SwapLog)), facts(&again));
}

#[test]
fn the_same_votes_give_the_same_bytes_and_no_half_file_stays() {
    let mut log = VoteLog::new("made up", Format::Csv);
    log.push(RawVote { task: "t", worker: "w", label: "l", ..RawVote::default() }).unwrap();
    let folder = Folder::new();
    for format in [Format::Csv, Format::Parquet, Format::LabelStudio, Format::Zooniverse] {
        let bytes = |name: &str| {
            write_votes(&folder.path(name), format, &log, &Positive::default()).unwrap();
            std::fs::read(folder.path(name)).unwrap()
        };
        assert_eq!(bytes("one"), bytes("two"));
    }
    let refused = write_votes(&folder.path("no/such/folder.csv"), Format::Csv, &log, &Positive::default());
    assert!(refused.unwrap_err().to_string().contains("folder.csv"));
    assert!(!folder.path("one.part").exists());
}
