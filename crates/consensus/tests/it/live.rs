//! The live state is a function of the votes that stand: what was taken back, repeated or stored
//! twice leaves no trace, to the last bit, and a refit does not know in which order votes came.

use std::collections::{BTreeMap, HashMap, HashSet};

use consensus::live::{
    Anchor, Engine, Evidence, Fold, HouseSettings, LiveMethod, MajoritySettings, Outcome, Retirement,
    Settings, Step, SubjectBelief, SwapSettings, TruthKind, VolunteerRecord, refit,
};
use domain::{Answer, LogEntry, SubjectId, VolunteerId};
use proptest::prelude::*;

use crate::written::{retraction, subject, vote};

fn known() -> HashMap<SubjectId, TruthKind> {
    HashMap::from([
        (subject(0), TruthKind::Lens),
        (subject(1), TruthKind::NonLens),
        (subject(2), TruthKind::LookAlike),
    ])
}

fn network() -> HashMap<SubjectId, f64> {
    HashMap::from([(subject(4), 0.4), (subject(5), f64::NAN)])
}

/// Thresholds within reach of a dozen votes.
fn methods() -> Vec<Settings> {
    let retirement = Retirement {
        detect_above: 0.6,
        reject_below: 0.05,
        min_votes: 1,
        least_evidence: 0.0,
        min_votes_to_detect: 1,
        max_votes: 5,
        expert_votes: 1,
        ..Retirement::default()
    };
    [
        LiveMethod::Majority(MajoritySettings::default()),
        LiveMethod::Swap(SwapSettings::default()),
        LiveMethod::House(HouseSettings::default()),
        LiveMethod::House(HouseSettings { learn_tempering: false, ..HouseSettings::default() }),
    ]
    .map(|method| Settings { method, retirement, ..Settings::default() })
    .to_vec()
}

fn fold(settings: &Settings) -> Fold {
    Fold::new(Engine::new(settings.clone(), Anchor::of(settings)).unwrap(), known(), network())
}

fn folded(settings: &Settings, log: &[LogEntry]) -> Fold {
    let mut fold = fold(settings);
    for entry in log {
        fold.push(entry);
    }
    fold
}

type State = (BTreeMap<SubjectId, SubjectBelief>, Vec<(VolunteerId, VolunteerRecord)>);

/// What two folds must agree on: everything that has a vote standing.
fn state(fold: &Fold) -> State {
    let subjects = fold.subjects().iter().filter(|(_, s)| s.tally.total() > 0);
    let people = fold.volunteers().filter(|(_, record)| record.votes() > 0);
    (subjects.map(|(id, s)| (*id, *s)).collect(), people.map(|(id, record)| (id, *record)).collect())
}

/// The plainest reading of a log: what was taken back is gone, of several votes by one volunteer
/// on one image the first stays.
fn standing(log: &[LogEntry]) -> Vec<LogEntry> {
    let gone: HashSet<_> = log
        .iter()
        .filter_map(|entry| if let LogEntry::Retraction(r) = entry { Some(r.of) } else { None })
        .collect();
    let (mut ids, mut pairs) = (HashSet::new(), HashSet::new());
    log.iter()
        .filter(|entry| {
            let LogEntry::Vote(v) = entry else { return false };
            ids.insert(v.id) && !gone.contains(&v.id) && pairs.insert((v.subject, v.volunteer))
        })
        .cloned()
        .collect()
}

fn any_log() -> impl Strategy<Value = Vec<LogEntry>> {
    let answer = prop::sample::select(Answer::ALL.to_vec());
    let a_vote = (0..90_u128, 0..6_i64, 0..4_i64, answer).prop_map(|(id, s, v, a)| vote(id, s, v, a));
    let an_undo = (1000..2000_u128, 0..100_u128).prop_map(|(id, of)| retraction(id, of));
    prop::collection::vec(prop_oneof![5 => a_vote, 1 => an_undo], 0..80)
}

proptest! {
    #[test]
    fn what_does_not_stand_leaves_no_trace(log in any_log()) {
        for settings in methods() {
            prop_assert_eq!(state(&folded(&settings, &log)), state(&folded(&settings, &standing(&log))));
        }
    }

    #[test]
    fn after_a_refit_the_state_is_still_that_of_the_votes_that_stand(
        (log, at) in any_log().prop_flat_map(|log| { let n = log.len(); (Just(log), 0..=n) })
    ) {
        for settings in methods() {
            let (before, after) = log.split_at(at);
            let refit = refit(before, &known(), &settings).unwrap();
            let mut fold = folded(&settings, before);
            fold.adopt(&refit);
            for (id, (evidence, tally)) in &refit.subjects {
                prop_assert_eq!(fold.subjects()[id].evidence, *evidence, "a refit weighs as the fold does");
                prop_assert_eq!(fold.subjects()[id].tally, *tally);
            }
            let mut undone = fold.clone();
            for entry in after {
                fold.push(entry);
            }
            // The same votes after the refit, each undone and given again in between.
            for (n, entry) in after.iter().enumerate() {
                if let LogEntry::Vote(v) = entry
                    && undone.push(&vote(50_000 + n as u128, v.subject.0, 99, v.answer)) == Step::Counted
                {
                    undone.push(&retraction(70_000 + n as u128, 50_000 + n as u128));
                }
                undone.push(entry);
            }
            prop_assert_eq!(state(&fold), state(&undone));
        }
    }

    #[test]
    fn a_refit_knows_neither_the_order_of_votes_nor_names(
        (log, shuffled) in any_log()
            .prop_map(|log| standing(&log))
            .prop_flat_map(|log| (Just(log.clone()), Just(log).prop_shuffle()))
    ) {
        // Other numbers for images and people, in another order; known images keep theirs.
        let renamed: Vec<LogEntry> = shuffled.iter().map(|entry| {
            let LogEntry::Vote(v) = entry else { unreachable!("only votes stand") };
            let mut v = v.clone();
            if v.subject.0 > 2 {
                v.subject = SubjectId(1000 - v.subject.0);
            }
            v.volunteer = VolunteerId(uuid::Uuid::from_u128(u128::MAX - v.volunteer.0.as_u128()));
            LogEntry::Vote(v)
        }).collect();
        for settings in methods() {
            let one = refit(&log, &known(), &settings).unwrap();
            let other = refit(&shuffled, &known(), &settings).unwrap();
            prop_assert_eq!(&one, &other);
            let renamed = refit(&renamed, &known(), &settings).unwrap();
            prop_assert_eq!(&one.engine, &renamed.engine);
            for (id, evidence) in &one.subjects {
                let id = if id.0 > 2 { SubjectId(1000 - id.0) } else { *id };
                prop_assert_eq!(evidence, &renamed.subjects[&id]);
            }
        }
    }

    #[test]
    fn the_network_moves_the_joint_posterior_only(log in any_log(), scores in prop::array::uniform6(0.0..1.0_f64)) {
        for settings in methods() {
            let mut fold = folded(&settings, &log);
            let before = state(&fold);
            fold.set_network(scores.iter().enumerate().map(|(n, p)| (subject(n as i64), *p)));
            let after = state(&fold);
            prop_assert_eq!(&before.1, &after.1);
            for (id, s) in &before.0 {
                prop_assert_eq!(s.belief.p_votes.to_bits(), after.0[id].belief.p_votes.to_bits());
                prop_assert_eq!(s.evidence, after.0[id].evidence);
            }
        }
    }

    #[test]
    fn posteriors_are_probabilities_and_outcomes_follow_them(log in any_log()) {
        for settings in methods() {
            for s in folded(&settings, &log).subjects().values() {
                prop_assert!((0.0..=1.0).contains(&s.belief.p_votes) && (0.0..=1.0).contains(&s.belief.p_joint));
                let most = settings.retirement.max_votes + settings.retirement.expert_votes;
                prop_assert!(s.tally.total() + s.judgement.wanted <= most.max(s.tally.total()));
                match s.judgement.outcome {
                    Outcome::Detected => prop_assert!(s.belief.p_joint > settings.retirement.detect_above),
                    Outcome::Rejected => prop_assert!(s.belief.p_joint < settings.retirement.reject_below),
                    Outcome::Open => prop_assert!(s.judgement.wanted > 0),
                    Outcome::Contested => prop_assert!(s.tally.total() >= settings.retirement.max_votes),
                }
            }
        }
    }
}

#[test]
fn one_more_vote_can_bring_a_retired_image_back_and_an_undo_retires_it_again() {
    let settings = &methods()[2];
    let mut fold = fold(settings);
    fold.push(&vote(1, 3, 1, Answer::NoLens));
    let outcome = |fold: &Fold| fold.subjects()[&subject(3)].judgement.outcome;
    assert_eq!(outcome(&fold), Outcome::Rejected);
    fold.push(&vote(10, 3, 10, Answer::Lens));
    assert_eq!(outcome(&fold), Outcome::Open);
    fold.push(&retraction(11, 10));
    assert_eq!(outcome(&fold), Outcome::Rejected);
    assert_eq!(fold.push(&retraction(13, 10)), Step::NothingToRetract);
}

#[test]
fn votes_on_look_alikes_do_not_count_as_skill_on_plain_images() {
    let settings = &methods()[2];
    let engine = fold(settings).engine().clone();
    let mut record = VolunteerRecord::default();
    let before = engine.confusion(&record);
    for _ in 0..50 {
        engine.learn(&mut record, Some(TruthKind::LookAlike), Answer::Lens);
    }
    let after = engine.confusion(&record);
    assert_eq!(before[1], after[1]);
    assert!(after[2][2] > 0.7, "they are taken in by look-alikes: {:?}", after[2]);
    assert!(
        engine.log_likelihood_ratio(engine.weigh(&record, Answer::Lens)) < {
            engine.log_likelihood_ratio(engine.weigh(&VolunteerRecord::default(), Answer::Lens))
        }
    );
}

#[test]
fn somebody_who_changes_is_believed_anew() {
    let settings = &methods()[2];
    let engine = fold(settings).engine().clone();
    let mut record = VolunteerRecord::default();
    let see = |record: &mut VolunteerRecord, answer, times| {
        for _ in 0..times {
            engine.learn(record, Some(TruthKind::Lens), answer);
        }
    };
    see(&mut record, Answer::NoLens, 1000);
    see(&mut record, Answer::Lens, 300);
    assert!(engine.confusion(&record)[0][2] > 0.7, "{:?}", engine.confusion(&record)[0]);
    assert_eq!((record.n_known, record.n_right), (1300, 300));
}

#[test]
fn a_log_without_votes_refits_to_what_the_settings_say() {
    for settings in methods() {
        let refit = refit(&[], &known(), &settings).unwrap();
        assert!(refit.records.is_empty() && refit.subjects.is_empty());
        let before = Engine::new(settings.clone(), Anchor::of(&settings)).unwrap();
        let nobody = VolunteerRecord::default();
        let no_vote = refit.engine.belief(None, Evidence::NONE);
        assert!((no_vote.p_votes - settings.prior).abs() < 1e-12);
        let bits = [before.informativeness_bits(&nobody), refit.engine.informativeness_bits(&nobody)];
        assert!((bits[0] - bits[1]).abs() < 0.02, "{bits:?}");
    }
}
