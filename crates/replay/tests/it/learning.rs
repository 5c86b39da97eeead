//! What the live head is for, and what better or worse people do to a campaign.

use acquisition::HeadMode;
use domain::Seed;
use replay::{CrowdPreset, Outcome, Policy, SyntheticPool, Trial};

use super::{policy, pool, run, strategy};

fn last(outcome: &Outcome) -> &replay::Checkpoint {
    outcome.checkpoints.last().expect("there is always a last checkpoint")
}

#[test]
fn a_live_head_finds_the_lenses_that_the_champion_does_not_know() {
    let made_up = SyntheticPool {
        images: 2_000,
        lenses: 0.06,
        second_kind: 0.5,
        knows_second_kind: false,
        ..SyntheticPool::default()
    };
    let pool = made_up.build(Seed::root(2));
    let found = |head| -> f64 {
        let of = |seed| {
            let policy = Policy { votes_per_round: 600, subjects_per_round: 150, ..policy("greedy", head) };
            let outcome = run(&pool, &Trial::of(policy, 2_400, seed)).unwrap();
            last(&outcome).completeness_at_purity_50.unwrap()
        };
        (1..=4).map(of).sum::<f64>() / 4.0
    };
    let [off, each_round, live] = [HeadMode::Off, HeadMode::EachRound, HeadMode::Live].map(found);
    assert!(live > off + 0.15, "live {live}, each round {each_round}, off {off}");
    assert!(each_round > off + 0.1, "live {live}, each round {each_round}, off {off}");
}

#[test]
fn people_who_never_err_make_a_pure_catalogue_and_spammers_a_worse_one() {
    let pool = pool();
    let of = |preset: CrowdPreset| {
        let trial = Trial::of(policy("greedy", HeadMode::Live), 1_500, 4);
        run(&pool, &Trial { crowd: preset.mix(), ..trial }).unwrap()
    };
    let perfect = of(CrowdPreset::Perfect);
    assert_eq!(last(&perfect).purity, Some(1.0));
    assert!(last(&perfect).completeness.unwrap() > 0.8);
    for worse in [CrowdPreset::SpammerRich, CrowdPreset::Novice] {
        let worse = of(worse);
        let (ap, best) = (last(&worse).average_precision, last(&perfect).average_precision);
        assert!(ap < best, "{ap:?} {best:?}");
    }
}

#[test]
fn the_consensus_sees_through_spammers() {
    let trial = Trial {
        crowd: CrowdPreset::SpammerRich.mix(),
        ..Trial::of(policy("greedy", HeadMode::Off), 3_000, 4)
    };
    let outcome = run(&pool(), &trial).unwrap();
    let mean = |spammer: bool| {
        let bits: Vec<f64> = outcome
            .volunteers
            .iter()
            .filter(|one| one.training_votes >= 10 && (one.kind == replay::crowd::Kind::Spammer) == spammer)
            .map(|one| one.informativeness_bits)
            .collect();
        assert!(bits.len() >= 3, "{bits:?}");
        bits.iter().sum::<f64>() / bits.len() as f64
    };
    assert!(mean(true) < 0.5 * mean(false), "{} {}", mean(true), mean(false));
}

#[test]
fn hard_labels_and_other_rules_work_too() {
    let hard = Policy { soft_labels: false, ..policy("greedy", HeadMode::Live) };
    let outcome = run(&pool(), &Trial::of(hard, 900, 4)).unwrap();
    assert!(last(&outcome).head_version > 10 && last(&outcome).lenses_found > 10);
    let mut quick = policy("greedy", HeadMode::Off);
    quick.consensus.retirement.reject_below = 5e-3;
    quick.consensus.retirement.min_votes = 2;
    quick.consensus.retirement.least_evidence = 2.0;
    let outcome_quick = run(&pool(), &Trial::of(quick, 900, 4)).unwrap();
    let usual = run(&pool(), &Trial::of(policy("greedy", HeadMode::Off), 900, 4)).unwrap();
    assert!(last(&outcome_quick).images_seen > last(&usual).images_seen);
}

#[test]
fn a_pool_of_one_class_is_no_trouble() {
    for lenses in [0.0, 1.0] {
        let one_class = SyntheticPool { images: 200, lenses, look_alikes: 0.0, ..SyntheticPool::default() };
        let pool = one_class.build(Seed::root(5));
        for name in ["portfolio", "greedy", "entropy", "random"] {
            let trial = Trial::of(Policy::of(name, strategy(name)), 300, 1);
            let outcome = run(&pool, &trial).unwrap();
            assert_eq!(last(&outcome).completeness.is_some(), lenses > 0.0);
            assert_eq!(last(&outcome).votes, 300);
        }
    }
}
