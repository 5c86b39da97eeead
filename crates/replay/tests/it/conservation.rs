//! Votes are neither lost nor counted twice, and the same trial gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use acquisition::HeadMode;
use replay::{CrowdMix, CrowdPreset, Trial};

use super::{policy, pool, run};

#[test]
fn the_same_trial_gives_the_same_bytes_and_another_seed_gives_others() {
    let bytes = |seed| {
        let trial = Trial::of(policy("portfolio", HeadMode::Live), 900, seed);
        serde_json::to_string(&run(&pool(), &trial).unwrap()).unwrap()
    };
    let one = bytes(1);
    assert!(one == bytes(1), "not reproducible");
    assert!(one != bytes(2), "the seed plays no role");
}

#[test]
fn every_vote_is_counted_once_and_nobody_is_asked_twice_about_an_image() {
    for head in [HeadMode::Off, HeadMode::EachRound, HeadMode::Live] {
        let outcome = run(&pool(), &Trial::of(policy("portfolio", head), 1_500, 3)).unwrap();
        let impressions = &outcome.impressions;
        assert_eq!(impressions.len(), 1_500);
        assert!(impressions.iter().zip(1..).all(|(one, number)| one.vote == number));
        let pairs: BTreeSet<_> = impressions.iter().map(|one| (one.volunteer, one.subject)).collect();
        assert_eq!(pairs.len(), impressions.len(), "somebody was asked twice");
        let mut votes = BTreeMap::<usize, u32>::new();
        impressions.iter().for_each(|one| *votes.entry(one.subject).or_default() += 1);
        for ranked in &outcome.ranking {
            assert_eq!(ranked.votes, votes.get(&ranked.index).copied().unwrap_or_default());
            assert_eq!(ranked.p_votes.is_some(), ranked.votes > 0);
        }
        let places: BTreeSet<usize> = outcome.ranking.iter().map(|ranked| ranked.index).collect();
        assert_eq!(places.len(), 1_000);
        assert_eq!(outcome.volunteers.iter().map(|one| u64::from(one.votes)).sum::<u64>(), 1_500);
        let last = outcome.checkpoints.last().unwrap();
        let training: u64 = outcome.volunteers.iter().map(|one| u64::from(one.training_votes)).sum();
        assert_eq!((last.votes, last.training_votes), (1_500, training));
        assert_eq!(last.images_seen as usize, votes.len());
    }
}

#[test]
fn nobody_is_asked_about_an_image_more_often_than_its_test_allows() {
    let trial = Trial::of(policy("entropy", HeadMode::Off), 3_000, 5);
    let outcome = run(&pool(), &trial).unwrap();
    let rule = &trial.policy.consensus.retirement;
    let mut votes = BTreeMap::<usize, u32>::new();
    let mut retests = 0;
    let mut settled = BTreeMap::<usize, u64>::new();
    let mut decisions = outcome.decisions.iter().peekable();
    for one in &outcome.impressions {
        while let Some(decision) = decisions.next_if(|decision| decision.vote < one.vote) {
            if decision.to.is_settled() {
                settled.insert(decision.subject, decision.vote);
            } else {
                settled.remove(&decision.subject);
            }
        }
        *votes.entry(one.subject).or_default() += 1;
        retests += u32::from(one.strategy == "retest");
        // What was in somebody's hands when the image was settled still arrives; nothing later.
        let late = settled.get(&one.subject).is_some_and(|at| one.vote > at + 8 * 5);
        assert!(!late || one.strategy == "retest", "vote {} on a settled image", one.vote);
    }
    assert!(votes.values().all(|count| *count <= rule.max_votes + rule.expert_votes));
    assert!(retests > 5 && retests < 150, "{retests} re-tests of 3,000 votes at 2 %");
    assert!(outcome.decisions.iter().any(|decision| decision.to.is_settled()));
}

#[test]
fn checkpoints_rise_and_the_listener_hears_them_all() {
    let trial =
        Trial { checkpoint_votes: Some(100), ..Trial::of(policy("greedy", HeadMode::Live), 1_000, 1) };
    let mut heard = Vec::new();
    let outcome = replay::replay(&pool(), &trial, &domain::Silent, &mut |at| heard.push(at.clone())).unwrap();
    assert_eq!(heard, outcome.checkpoints);
    let votes: Vec<u64> = heard.iter().map(|at| at.votes).collect();
    assert_eq!(votes, (0..=10).map(|step| step * 100).collect::<Vec<_>>());
    assert!(heard.is_sorted_by_key(|at| (at.images_seen, at.lenses_seen, at.training_votes)));
    assert!(heard.iter().all(|at| at.lenses_found <= at.lenses_seen && at.lenses_seen <= 40));
}

#[test]
fn a_pool_can_be_used_up() {
    let crowd = CrowdMix { volunteers: 3, ..CrowdPreset::Perfect.mix() };
    let trial = Trial { crowd, ..Trial::of(policy("random", HeadMode::Off), 100_000, 1) };
    let outcome = run(&pool(), &trial).unwrap();
    assert!(outcome.exhausted && outcome.impressions.len() <= 3_000);
}
