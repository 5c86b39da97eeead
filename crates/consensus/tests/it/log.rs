//! The log is the truth: a vote taken back, repeated or stored twice leaves the state that the
//! log would give without it, online as well as replayed.

use std::collections::{HashMap, HashSet};

use consensus::{
    Aggregator, Config, LogReport, MajorityConfig, PriorSource, Running, Step, SwapConfig, refit, replay,
};
use domain::{Answer, Label, LogEntry, SubjectId};
use proptest::prelude::*;

use crate::written::{retraction, subject, vote};

fn truth() -> HashMap<SubjectId, Label> {
    HashMap::from([(subject(0), Label::Lens), (subject(1), Label::NonLens), (subject(2), Label::Lens)])
}

fn aggregators() -> Vec<(&'static str, Box<dyn Aggregator>)> {
    // Near thresholds, so that freezing and retiring happen within a dozen votes.
    let quick = SwapConfig { rejected_below: 0.3, detected_above: 0.7, ..SwapConfig::galaxy_zoo_express() };
    let prior = || PriorSource::PerSubject { scores: HashMap::from([(subject(4), 0.7)]), otherwise: 0.01 };
    [
        ("majority", Config::Majority(MajorityConfig::default())),
        ("production", Config::Swap(SwapConfig::production())),
        ("quick", Config::Swap(quick)),
        ("house", Config::Swap(SwapConfig::house())),
    ]
    .into_iter()
    .map(|(name, config)| (name, config.build(prior()).unwrap()))
    .collect()
}

/// The same log by the plainest reading: drop what was taken back, then all but the first vote
/// of each volunteer on each image.
fn by_hand(log: &[LogEntry]) -> Vec<LogEntry> {
    let gone: HashSet<_> = log
        .iter()
        .filter_map(|entry| if let LogEntry::Retraction(r) = entry { Some(r.of) } else { None })
        .collect();
    let (mut ids, mut pairs) = (HashSet::new(), HashSet::new());
    let mut kept = Vec::new();
    for entry in log {
        if let LogEntry::Vote(v) = entry
            && ids.insert(v.id)
            && !gone.contains(&v.id)
            && pairs.insert((v.subject, v.volunteer))
        {
            kept.push(entry.clone());
        }
    }
    kept
}

fn any_log() -> impl Strategy<Value = Vec<LogEntry>> {
    let answer = prop::sample::select(Answer::ALL.to_vec());
    let a_vote = (0..90_u128, 0..6_i64, 0..4_i64, answer).prop_map(|(id, s, v, a)| vote(id, s, v, a));
    let an_undo = (1000..2000_u128, 0..100_u128).prop_map(|(id, of)| retraction(id, of));
    prop::collection::vec(prop_oneof![5 => a_vote, 1 => an_undo], 0..80)
}

proptest! {
    #[test]
    fn what_does_not_count_leaves_no_trace(log in any_log()) {
        let clean = by_hand(&log);
        for (name, aggregator) in aggregators() {
            let full = replay(&log, &truth(), aggregator.as_ref());
            let without = replay(&clean, &truth(), aggregator.as_ref());
            prop_assert_eq!(&full.state, &without.state, "{}", name);
            prop_assert_eq!(full.report.counted, clean.len() as u64);
            let fitted = refit(&log, &truth(), aggregator.as_ref()).state;
            prop_assert_eq!(&fitted, &refit(&clean, &truth(), aggregator.as_ref()).state, "{}", name);
        }
    }

    #[test]
    fn following_the_log_online_equals_replaying_it_at_every_moment(log in any_log()) {
        for (name, aggregator) in aggregators() {
            let again = aggregators().into_iter().find(|(other, _)| *other == name).unwrap().1;
            let mut running = Running::new(again, truth());
            for (i, entry) in log.iter().enumerate() {
                running.push(entry);
                let replayed = replay(&log[..=i], &truth(), aggregator.as_ref());
                prop_assert_eq!(running.state(), &replayed.state, "{} after {} entries", name, i + 1);
            }
        }
    }

    #[test]
    fn a_fit_does_not_depend_on_the_order_of_the_votes(
        (log, shuffled) in any_log()
            .prop_map(|log| by_hand(&log))
            .prop_flat_map(|log| (Just(log.clone()), Just(log).prop_shuffle()))
    ) {
        for (name, aggregator) in aggregators() {
            let one = refit(&log, &truth(), aggregator.as_ref()).state;
            let other = refit(&shuffled, &truth(), aggregator.as_ref()).state;
            prop_assert_eq!(one, other, "{}", name);
        }
    }

    #[test]
    fn every_vote_is_counted_once_and_posteriors_stay_probabilities(log in any_log()) {
        for (name, aggregator) in aggregators() {
            for folded in [replay(&log, &truth(), aggregator.as_ref()), refit(&log, &truth(), aggregator.as_ref())] {
                let by_subject: u32 = folded.state.subjects.values().map(|s| s.votes()).sum();
                let by_volunteer: u32 = folded.state.volunteers.values().map(|v| v.n_votes).sum();
                prop_assert_eq!(u64::from(by_subject), folded.report.counted);
                prop_assert_eq!(by_subject, by_volunteer);
                for s in folded.state.subjects.values() {
                    prop_assert!(s.p_votes > 0.0 && s.p_votes < 1.0, "{}: {:?}", name, s);
                    prop_assert!(s.p_joint > 0.0 && s.p_joint < 1.0, "{}: {:?}", name, s);
                    prop_assert!((0.0..=1.0).contains(&s.information_bits()));
                    prop_assert!(!(s.is_retired() && s.is_training()), "training images are never retired");
                }
            }
        }
    }
}

#[test]
fn the_report_says_what_was_left_out() {
    let log = [
        retraction(900, 3),
        vote(1, 4, 1, Answer::Lens),
        vote(1, 4, 1, Answer::Lens),
        vote(2, 4, 1, Answer::NoLens),
        vote(3, 5, 1, Answer::Lens),
        retraction(901, 77),
    ];
    let (counted, report) = consensus::ballots(&log, &truth());
    assert_eq!(counted.len(), 1);
    let expected =
        LogReport { counted: 1, retracted: 1, repeats: 1, duplicate_ids: 1, unknown_retractions: 1 };
    assert_eq!(report, expected);
}

#[test]
fn taking_back_the_first_of_two_votes_lets_the_second_count() {
    let aggregator = Config::default().build(PriorSource::Fixed(0.1)).unwrap();
    let mut running = Running::new(aggregator, truth());
    assert_eq!(running.push(&vote(1, 4, 1, Answer::Lens)), Step::Counted);
    assert_eq!(running.push(&vote(2, 4, 1, Answer::NoLens)), Step::Repeat);
    assert_eq!(running.push(&vote(1, 4, 1, Answer::Lens)), Step::Ignored);
    assert_eq!(running.push(&retraction(3, 1)), Step::Refolded);
    assert_eq!(running.push(&retraction(4, 1)), Step::NothingToRetract);
    let tally = running.state().subjects[&subject(4)].tally;
    assert_eq!((tally.no_lens, tally.lens), (1, 0));
}
