//! Real crowds with known truth (birds by 39 people, textual entailment by 164): trained on a
//! third of the tasks, weighted votes must do better than counted ones on the rest. Skips,
//! saying so, where the data are absent.

use std::{collections::HashMap, path::PathBuf};

use consensus::{Aggregator, Config, MajorityConfig, PriorSource, SwapConfig, refit};
use domain::{Answer, Label, LogEntry, SubjectId};

use crate::written::{subject, vote};

struct Crowd {
    log: Vec<LogEntry>,
    truth: HashMap<SubjectId, bool>,
}

fn read(name: &str) -> Option<Crowd> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/votes")).join(name);
    if !folder.exists() {
        println!("skipped: {} is absent", folder.display());
        return None;
    }
    let rows = |file: &str| -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    let (mut tasks, mut workers) = (HashMap::<String, i64>::new(), HashMap::<String, i64>::new());
    let id = |names: &mut HashMap<String, i64>, name: &str| {
        let next = names.len() as i64;
        *names.entry(name.to_owned()).or_insert(next)
    };
    let log = rows("votes.csv")
        .iter()
        .zip(1..)
        .map(|(row, i)| {
            let answer = if row[2] == "1" { Answer::Lens } else { Answer::NoLens };
            vote(i, id(&mut tasks, &row[0]), id(&mut workers, &row[1]), answer)
        })
        .collect();
    let truth = rows("truth.csv").iter().map(|row| (subject(tasks[&row[0]]), row[1] == "1")).collect();
    Some(Crowd { log, truth })
}

/// Share of tasks outside the training third that are on the right side of one half.
fn accuracy(crowd: &Crowd, config: &Config) -> f64 {
    let training = crowd
        .truth
        .iter()
        .filter(|(task, _)| task.0 % 3 == 0)
        .map(|(task, yes)| (*task, if *yes { Label::Lens } else { Label::NonLens }))
        .collect();
    let aggregator: Box<dyn Aggregator> = config.build(PriorSource::Fixed(0.5)).unwrap();
    let state = refit(&crowd.log, &training, aggregator.as_ref()).state;
    let judged: Vec<bool> =
        state.unknown_subjects().map(|(task, s)| (s.p_votes > 0.5) == crowd.truth[&task]).collect();
    judged.iter().filter(|right| **right).count() as f64 / judged.len() as f64
}

#[test]
fn weighing_votes_beats_counting_them() {
    for name in ["bluebird", "rte"] {
        let Some(crowd) = read(name) else { continue };
        let counted = accuracy(&crowd, &Config::Majority(MajorityConfig::default()));
        let weighed = accuracy(&crowd, &Config::Swap(SwapConfig { prior: 0.5, ..SwapConfig::house() }));
        println!("{name}: majority {counted:.3}, SWAP fitted {weighed:.3}");
        assert!(weighed > counted, "{name}: {weighed} against {counted}");
    }
}
