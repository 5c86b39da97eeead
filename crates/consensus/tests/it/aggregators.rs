//! What the aggregators promise beyond the reference tables.

use std::collections::HashMap;

use consensus::{
    Config, ConfigError, LabelRule, MajorityConfig, PriorSource, Status, Swap, SwapConfig, expected_lenses,
    known_image_scores, refit, replay, training_label,
};
use domain::{Answer, Label, LogEntry, SubjectId};

use crate::written::{subject, volunteer, vote};

const LENS: Answer = Answer::Lens;
const NO: Answer = Answer::NoLens;

fn swap(config: SwapConfig) -> Swap {
    Swap::new(config, PriorSource::Fixed(0.05)).unwrap()
}

/// Training lenses 1000.. and non-lenses 2000.., ten each.
fn training_truth() -> HashMap<SubjectId, Label> {
    (0..10).flat_map(|i| [(subject(1000 + i), Label::Lens), (subject(2000 + i), Label::NonLens)]).collect()
}

/// A volunteer's answers on all training images: right on the first `right` of each kind.
fn training_votes(person: i64, right: i64) -> Vec<LogEntry> {
    let id = |i: i64| (person * 1_000_000 + i) as u128;
    (0..10)
        .flat_map(|i| {
            let (on_lens, on_other) = if i < right { (LENS, NO) } else { (NO, LENS) };
            [vote(id(i), 1000 + i, person, on_lens), vote(id(100 + i), 2000 + i, person, on_other)]
        })
        .collect()
}

#[test]
fn votes_of_skilled_people_weigh_more() {
    let mut log = training_votes(1, 10);
    log.extend(training_votes(2, 5));
    log.push(vote(1, 1, 1, LENS));
    log.push(vote(2, 2, 2, LENS));
    let state = replay(&log, &training_truth(), &swap(SwapConfig::production())).state;
    let (by_expert, by_guesser) = (state.subjects[&subject(1)], state.subjects[&subject(2)]);
    assert!(by_expert.p_votes > 5.0 * by_guesser.p_votes);
    assert!(by_guesser.evidence.abs() < 1e-12, "half right is no information");
    assert_eq!(state.volunteers[&volunteer(1)].pl, 12.0 / 14.0);
}

#[test]
fn an_early_vote_counts_fully_in_the_fit_and_not_in_the_fold() {
    let mut log = vec![vote(1, 1, 1, LENS)];
    log.extend(training_votes(1, 10));
    let swap = swap(SwapConfig::production());
    assert_eq!(replay(&log, &training_truth(), &swap).state.subjects[&subject(1)].p_votes, 2e-4);
    let fitted = refit(&log, &training_truth(), &swap).state.subjects[&subject(1)];
    assert!((fitted.evidence - 6.0_f64.ln()).abs() < 1e-12, "(12/14) / (2/14)");
}

#[test]
fn a_training_image_is_judged_without_what_it_taught() {
    let truth = HashMap::from([(subject(1000), Label::Lens)]);
    let log = [vote(1, 1000, 1, LENS)];
    let config = SwapConfig { initial_pl: 0.5, initial_pd: 0.5, ..SwapConfig::house() };
    let state = refit(&log, &truth, &swap(config)).state;
    assert!(state.subjects[&subject(1000)].evidence.abs() < 1e-12);
    assert_eq!(state.volunteers[&volunteer(1)].pl, 0.6);
}

#[test]
fn a_frozen_training_image_still_teaches_and_a_frozen_one_earns_nothing() {
    let config = SwapConfig { detected_above: 0.6, ..SwapConfig::galaxy_zoo_express() };
    let mut log = training_votes(1, 10);
    log.extend(training_votes(2, 10));
    log.push(vote(1, 1, 1, LENS));
    log.push(vote(2, 1, 2, LENS));
    let state = replay(&log, &training_truth(), &swap(config)).state;
    let image = state.subjects[&subject(1)];
    assert_eq!((image.status, image.exposure, image.tally.lens), (Status::Detected, 1, 2));
    assert_eq!(state.volunteers[&volunteer(2)].contribution, 0.0);
    assert!(state.volunteers[&volunteer(1)].contribution > 0.0);
    assert_eq!(state.volunteers[&volunteer(2)].n_training, 20, "frozen training images were counted");
}

#[test]
fn a_rejected_image_that_rises_again_is_open_again() {
    let config = SwapConfig { rejected_below: 0.2, hasty: false, ..SwapConfig::galaxy_zoo_express() };
    let mut log: Vec<LogEntry> = (1..=3).flat_map(|person| training_votes(person, 10)).collect();
    log.push(vote(1, 1, 1, NO));
    let truth = training_truth();
    let swap = swap(config);
    let rejected = replay(&log, &truth, &swap).state.subjects[&subject(1)];
    assert_eq!((rejected.status, rejected.retirement_age), (Status::Rejected, Some(1)));
    log.push(vote(2, 1, 2, LENS));
    let open = replay(&log, &truth, &swap).state.subjects[&subject(1)];
    assert_eq!((open.status, open.is_retired()), (Status::Undecided, false));
}

#[test]
fn the_network_prior_moves_only_the_joint_posterior() {
    let mut log = training_votes(1, 10);
    log.push(vote(1, 1, 1, LENS));
    log.push(vote(2, 2, 1, LENS));
    let scores = HashMap::from([(subject(1), 0.5), (subject(2), f64::NAN)]);
    let prior = PriorSource::PerSubject { scores, otherwise: 0.001 };
    let aggregator = Config::Swap(SwapConfig::house()).build(prior).unwrap();
    let state = replay(&log, &training_truth(), aggregator.as_ref()).state;
    let (liked, unscored) = (state.subjects[&subject(1)], state.subjects[&subject(2)]);
    assert_eq!(liked.p_votes, unscored.p_votes);
    assert!((liked.p_joint - liked.evidence.exp() / (1.0 + liked.evidence.exp())).abs() < 1e-12);
    assert!(unscored.p_joint < 0.02, "a score that is no number counts as missing");
    let (by_votes, by_joint) = expected_lenses(&state);
    assert!((by_votes - 2.0 * liked.p_votes).abs() < 1e-12);
    assert!((by_joint - liked.p_joint - unscored.p_joint).abs() < 1e-12);
}

#[test]
fn labels_carry_the_votes_alone_and_weigh_what_they_say() {
    let mut log: Vec<LogEntry> = (1..=4).flat_map(|person| training_votes(person, 10)).collect();
    log.extend((1..=4).map(|person| vote(person as u128, 1, person, LENS)));
    log.extend(
        (1..=4).map(|person| vote(10 + person as u128, 2, person, if person < 3 { LENS } else { NO })),
    );
    log.push(vote(20, 3, 1, NO));
    log.extend((1..=4).map(|person| vote(30 + person as u128, 4, person, Answer::Unsure)));
    let state = refit(&log, &training_truth(), &swap(SwapConfig::house())).state;
    let label = |n: i64| training_label(&state.subjects[&subject(n)], &LabelRule::default());
    let agreed = label(1).unwrap();
    assert!(agreed.target > 0.98 && agreed.weight > 0.9, "{agreed:?}");
    assert_eq!(agreed.target, state.subjects[&subject(1)].p_votes);
    assert_eq!(label(2), None, "two against two says nothing");
    assert_eq!(label(3), None, "one vote is too few");
    assert_eq!(label(4), None, "unsure decides nothing");
    assert_eq!(label(1000), None, "training images have their truth");
}

#[test]
fn without_votes_a_low_prior_is_not_mistaken_for_information() {
    let log = [vote(1, 1, 1, LENS), vote(2, 1, 2, LENS)];
    let state = replay(&log, &HashMap::new(), &swap(SwapConfig::production())).state;
    assert_eq!(state.subjects[&subject(1)].information_bits(), 0.0);
    assert_eq!(training_label(&state.subjects[&subject(1)], &LabelRule::default()), None);
}

#[test]
fn known_images_are_scored_at_their_own_rate() {
    let log: Vec<LogEntry> = (1..=5).flat_map(|person| training_votes(person, 8)).collect();
    let state = refit(&log, &training_truth(), &swap(SwapConfig::production())).state;
    let scores = known_image_scores(&state, None);
    assert_eq!(scores.len(), 20);
    assert_eq!(scores.iter().filter(|(p, lens)| (*p > 0.5) == *lens).count(), 16);
}

#[test]
fn majority_needs_more_than_half_of_enough_votes() {
    let aggregator = Config::Majority(MajorityConfig::default()).build(PriorSource::Fixed(0.1)).unwrap();
    let cases: [(&[Answer], Status, f64); 5] = [
        (&[LENS, LENS], Status::Undecided, 3.0 / 4.0),
        (&[LENS, LENS, NO], Status::Detected, 3.0 / 5.0),
        (&[LENS, LENS, Answer::Unsure, NO], Status::Undecided, 3.5 / 6.0),
        (&[NO, NO, Answer::Unsure], Status::Rejected, 1.5 / 5.0),
        (&[LENS, LENS, NO, NO], Status::Undecided, 0.5),
    ];
    for (answers, status, p) in cases {
        let log: Vec<LogEntry> =
            answers.iter().zip(1..).map(|(answer, i)| vote(i as u128, 1, i, *answer)).collect();
        for state in [
            replay(&log, &HashMap::new(), aggregator.as_ref()).state,
            refit(&log, &HashMap::new(), aggregator.as_ref()).state,
        ] {
            let image = state.subjects[&subject(1)];
            assert_eq!(image.status, status, "{answers:?}");
            assert!((image.p_votes - p).abs() < 1e-15, "{answers:?}");
        }
    }
}

#[test]
fn a_wrong_setting_is_named_with_its_remedy() {
    let wrong = [
        SwapConfig { prior: 0.0, ..SwapConfig::house() },
        SwapConfig { detected_above: f64::NAN, ..SwapConfig::house() },
        SwapConfig { rejected_below: 0.99, ..SwapConfig::house() },
        SwapConfig { least_posterior: 0.5, ..SwapConfig::house() },
        SwapConfig { initial_pl: 1.0, ..SwapConfig::house() },
        SwapConfig { skepticism: -1.0, ..SwapConfig::house() },
        SwapConfig { skill_range: (0.9, 0.1), ..SwapConfig::house() },
        SwapConfig { joint_prior_range: (0.0, 0.5), ..SwapConfig::house() },
    ];
    let fields = [
        "prior",
        "detected_above",
        "rejected_below",
        "least_posterior",
        "initial_pl",
        "skepticism",
        "skill_range",
        "joint_prior_range",
    ];
    for (config, field) in wrong.into_iter().zip(fields) {
        let error = Config::Swap(config).build(PriorSource::Fixed(0.1)).err().unwrap();
        assert_eq!(error.field, field);
    }
    let none =
        Config::Majority(MajorityConfig { min_votes: 0 }).build(PriorSource::Fixed(0.1)).err().unwrap();
    assert_eq!(none, ConfigError { field: "min_votes", value: 0.0, remedy: "give 1 or more" });
    for presets in [SwapConfig::production(), SwapConfig::galaxy_zoo_express(), SwapConfig::house()] {
        assert!(Config::Swap(presets).build(PriorSource::Fixed(0.1)).is_ok());
    }
}

#[test]
fn a_configuration_is_read_with_defaults_and_unknown_names_are_refused() {
    let read = |text: &str| serde_json::from_str::<Config>(text);
    let expected = Config::Swap(SwapConfig { prior: 0.2, ..SwapConfig::house() });
    assert_eq!(read(r#"{"aggregator":"swap","prior":0.2}"#).unwrap(), expected);
    assert_eq!(read(r#"{"aggregator":"majority"}"#).unwrap(), Config::Majority(MajorityConfig::default()));
    assert!(read(r#"{"aggregator":"swap","priro":0.2}"#).is_err());
    assert!(read(r#"{"aggregator":"swop"}"#).is_err());
}

#[test]
fn a_state_survives_being_written_down() {
    let log = training_votes(1, 7);
    let state = replay(&log, &training_truth(), &swap(SwapConfig::house())).state;
    let text = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<consensus::State>(&text).unwrap(), state);
}
