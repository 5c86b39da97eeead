//! SWAP against the original code: every intermediate value of a short trace, and the end state
//! of 16,000 votes under two sets of settings. Skips, saying so, where the tables are absent; a
//! trace worked out by hand is always checked.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
};

use consensus::{Aggregator, Ballot, PriorSource, State, Swap, SwapConfig, replay};
use domain::{Answer, Label};

use crate::written::{answer, subject, volunteer, vote};

const TOLERANCE: f64 = 1e-9;

fn table(name: &str) -> Option<Vec<HashMap<String, String>>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/consensus"));
    let path = folder.join(name);
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    let mut reader = csv::Reader::from_path(path).unwrap();
    Some(reader.deserialize().collect::<Result<_, _>>().unwrap())
}

/// Text names to ids, in the order they appear.
#[derive(Default)]
struct Names(HashMap<String, i64>);

impl Names {
    fn id(&mut self, name: &str) -> i64 {
        let next = self.0.len() as i64;
        *self.0.entry(name.to_owned()).or_insert(next)
    }
}

fn truth_of(text: &str) -> Label {
    match text {
        "LENS" => Label::Lens,
        "NOT" => Label::NonLens,
        "UNKNOWN" => Label::Unknown,
        other => panic!("unexpected truth {other}"),
    }
}

fn check(what: &str, row: &HashMap<String, String>, column: &str, found: f64) {
    let expected: f64 = row[column].parse().unwrap();
    let close = (found - expected).abs() <= TOLERANCE * expected.abs().max(1e-6);
    assert!(close, "{what}, {column}: {found}, the table says {expected}");
}

fn production() -> Swap {
    Swap::new(SwapConfig::production(), PriorSource::Fixed(2e-4)).unwrap()
}

#[test]
fn every_value_of_the_hand_trace_is_reproduced() {
    let Some(rows) = table("hand_trace.csv") else { return };
    let (swap, mut state) = (production(), State::default());
    let (mut users, mut subjects) = (Names::default(), Names::default());
    for row in &rows {
        let ballot = Ballot {
            subject: subject(subjects.id(&row["subject"])),
            volunteer: volunteer(users.id(&row["user"])),
            answer: answer(&row["said"]),
            truth: truth_of(&row["training_truth"]),
        };
        let what = format!("vote {}", row["seq"]);
        let before = state.volunteers.get(&ballot.volunteer).map_or([0.5, 0.5], |v| [v.pl, v.pd]);
        check(&what, row, "PL_before", before[0]);
        check(&what, row, "PD_before", before[1]);
        swap.update(&mut state, &ballot);
        let (image, person) = (&state.subjects[&ballot.subject], &state.volunteers[&ballot.volunteer]);
        check(&what, row, "posterior_after", image.p_votes);
        assert_eq!(image.status.name(), row["status"], "{what}");
        assert_eq!(if image.is_retired() { "inactive" } else { "active" }, row["state"], "{what}");
        check(&what, row, "exposure", f64::from(image.exposure));
        check(&what, row, "PL_after", person.pl);
        check(&what, row, "PD_after", person.pd);
        check(&what, row, "NL_after", person.nl);
        check(&what, row, "ND_after", person.nd);
        check(&what, row, "skill_after", person.skill_bits());
        check(&what, row, "contribution_after", person.contribution);
    }
    assert_eq!(rows.len(), 22);
}

fn end_state_is_reproduced(name: &str, config: SwapConfig) {
    let Some(votes) = table("small_classifications.csv") else { return };
    let (mut users, mut subjects) = (Names::default(), Names::default());
    let (mut log, mut truth) = (Vec::new(), HashMap::new());
    for (i, row) in votes.iter().enumerate() {
        let image = subject(subjects.id(&row["subject"]));
        truth.insert(image, truth_of(&row["training_truth"]));
        log.push(vote(i as u128, image.0, users.id(&row["user"]), answer(&row["said"])));
    }
    // The original counts repeats, so its votes go to the aggregator as they are.
    let prior = PriorSource::Fixed(config.prior);
    let swap = Swap::new(config, prior).unwrap();
    let mut state = State::default();
    for entry in &log {
        let domain::LogEntry::Vote(vote) = entry else { unreachable!() };
        let ballot = Ballot {
            subject: vote.subject,
            volunteer: vote.volunteer,
            answer: vote.answer,
            truth: truth[&vote.subject],
        };
        swap.update(&mut state, &ballot);
    }
    let mut statuses = BTreeMap::<String, usize>::new();
    let expected = table(&format!("small_{name}_subjects.csv")).unwrap();
    for row in &expected {
        let image = &state.subjects[&subject(subjects.id(&row["subject"]))];
        check(&row["subject"], row, "posterior", image.p_votes);
        assert_eq!(image.status.name(), row["status"], "{}", row["subject"]);
        assert_eq!(
            if image.is_retired() { "inactive" } else { "active" },
            row["state"],
            "{}",
            row["subject"]
        );
        assert_eq!(image.exposure.to_string(), row["exposure"], "{}", row["subject"]);
        assert_eq!(
            image.retirement_age.unwrap_or(0).to_string(),
            row["retirement_age"],
            "{}",
            row["subject"]
        );
        let joint_agrees = (image.p_joint - image.p_votes).abs() <= 1e-9;
        assert!(joint_agrees, "with the same prior both posteriors agree: {}", row["subject"]);
        *statuses.entry(row["status"].clone()).or_default() += 1;
    }
    let agents = table(&format!("small_{name}_agents.csv")).unwrap();
    for row in &agents {
        let person = &state.volunteers[&volunteer(users.id(&row["user"]))];
        for (column, found) in [
            ("PL", person.pl),
            ("PD", person.pd),
            ("NL", person.nl),
            ("ND", person.nd),
            ("NT", f64::from(person.n_training)),
            ("N", f64::from(person.n_votes)),
            ("skill", person.skill_bits()),
            ("contribution", person.contribution),
        ] {
            check(&row["user"], row, column, found);
        }
    }
    assert_eq!((expected.len(), agents.len()), (state.subjects.len(), state.volunteers.len()));
    println!("{name}: {} images {statuses:?}, {} volunteers", expected.len(), agents.len());
}

#[test]
fn production_settings_reproduce_every_image_and_volunteer() {
    end_state_is_reproduced("production", SwapConfig::production());
}

#[test]
fn galaxy_zoo_express_settings_reproduce_every_image_and_volunteer() {
    end_state_is_reproduced("prior05_gzx", SwapConfig::galaxy_zoo_express());
}

#[test]
fn a_trace_by_hand_holds_without_any_table() {
    // Volunteer 1 sees a training lens and a training non-lens, right both times (3/5 each), then
    // says "lens" twice and "unsure" once; volunteer 2 has seen no training and moves nothing.
    let truth = HashMap::from([(subject(1), Label::Lens), (subject(2), Label::NonLens)]);
    let log = [
        vote(1, 1, 1, Answer::Lens),
        vote(2, 2, 1, Answer::NoLens),
        vote(3, 3, 1, Answer::Lens),
        vote(4, 3, 2, Answer::Lens),
        vote(5, 4, 1, Answer::Unsure),
    ];
    let state = replay(&log, &truth, &production()).state;
    let person = &state.volunteers[&volunteer(1)];
    assert_eq!((person.pl, person.pd, person.nl, person.nd), (0.6, 0.6, 5.0, 5.0));
    assert_eq!((person.n_training, person.n_test, person.n_unsure, person.n_votes), (2, 1, 1, 4));
    let image = &state.subjects[&subject(3)];
    let expected = 0.6 * 2e-4 / (0.6 * 2e-4 + 0.4 * (1.0 - 2e-4));
    assert!((image.p_votes - expected).abs() < 1e-15);
    assert_eq!((image.exposure, image.tally.lens), (2, 2));
    let unsure = &state.subjects[&subject(4)];
    assert_eq!((unsure.p_votes, unsure.exposure, unsure.tally.unsure), (2e-4, 1, 1));
}
