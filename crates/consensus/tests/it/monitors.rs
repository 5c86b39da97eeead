//! The monitors stay silent when the model is right and speak up when it is not, on simulated
//! votes whose truth is known; and numbers worked out by hand.

use consensus::monitors::{
    AlarmKind, Believed, Dispersion, KnownClaim, KnownNonLens, MonitorInput, MonitorSettings, Monitors,
    Reviewed, SubjectTally, VolunteerFlag, VolunteerTrack, dispersion, drift, reliability_in_equal_parts,
    totals, volunteers, vote_entropy, watch,
};
use domain::Seed;
use rand::{Rng, RngExt};

use crate::written::volunteer;

fn dice(name: &str) -> impl Rng {
    Seed::root(7).child(name).rng()
}

/// An answer (no lens, unsure, lens) with these rates.
fn answer(rng: &mut impl Rng, rates: [f64; 3]) -> usize {
    let u: f64 = rng.random();
    if u < rates[0] {
        0
    } else if u < rates[0] + rates[1] {
        1
    } else {
        2
    }
}

fn answers(rng: &mut impl Rng, votes: u32, rates: [f64; 3]) -> [u32; 3] {
    let mut counts = [0; 3];
    for _ in 0..votes {
        counts[answer(rng, rates)] += 1;
    }
    counts
}

#[test]
fn equal_parts_hold_equally_many_and_ties_stay_together() {
    let claims: Vec<(f64, bool)> = (0..100).map(|i| (f64::from(i) / 1000.0, i % 20 == 0)).collect();
    let found = reliability_in_equal_parts(claims.iter().copied(), 4);
    assert_eq!(found.bins.iter().map(|bin| bin.images).collect::<Vec<_>>(), [25; 4]);
    assert_eq!((found.images, found.bins[0].low, found.bins[3].high), (100, 0.0, 0.099));
    let tied = reliability_in_equal_parts([(0.5, true), (0.5, false), (0.5, true), (0.9, true)], 4);
    assert_eq!(tied.bins.iter().map(|bin| bin.images).collect::<Vec<_>>(), [3, 1]);
    // |1.5 − 2| and |0.9 − 1| over four images.
    assert!((tied.ece - (0.5 + 0.1) / 4.0).abs() < 1e-12);
    assert_eq!(reliability_in_equal_parts([(f64::NAN, true)], 3).images, 0);
    assert_eq!(reliability_in_equal_parts([], 0).ece, 0.0);
}

#[test]
fn honest_claims_err_as_much_as_chance_says() {
    let mut rng = dice("honest");
    let (mut found, mut by_chance) = (0.0, 0.0);
    for _ in 0..200 {
        let claims: Vec<(f64, bool)> = (0..300)
            .map(|_| {
                let p = rng.random::<f64>().powi(3);
                (p, rng.random::<f64>() < p)
            })
            .collect();
        let curve = reliability_in_equal_parts(claims, 10);
        found += curve.ece;
        by_chance += curve.error_by_chance();
    }
    assert!((found / by_chance - 1.0).abs() < 0.1, "{found} against {by_chance}");
}

/// Images whose chance to fool varies around `rate` like a beta distribution with correlation ρ.
fn fooled(rate: f64, rho: f64, images: usize, votes: u32, name: &str) -> Dispersion {
    let mut rng = dice(name);
    let (a, b) = (rate * (1.0 - rho) / rho, (1.0 - rate) * (1.0 - rho) / rho);
    let images: Vec<KnownNonLens> = (0..images)
        .map(|i| {
            let votes = votes + (i % 5) as u32;
            // A beta-binomial by Pólya's urn.
            let mut said_lens = 0;
            for cast in 0..votes {
                let urn = (a + f64::from(said_lens)) / (a + b + f64::from(cast));
                let p = if rho > 0.0 { urn } else { rate };
                said_lens += u32::from(rng.random::<f64>() < p);
            }
            KnownNonLens { votes, said_lens, look_alike: false }
        })
        .collect();
    dispersion(&images).unwrap()
}

#[test]
fn independent_false_positives_have_dispersion_one() {
    let found = fooled(0.1, 0.0, 4000, 8, "independent");
    assert!((found.ratio - 1.0).abs() < 4.0 * found.ratio_by_chance, "{found:?}");
    assert!(found.correlation.abs() < 0.01 && (found.rate - 0.1).abs() < 0.01);
}

#[test]
fn the_correlation_of_false_positives_is_recovered() {
    for rho in [0.05, 0.2, 0.5] {
        let found = fooled(0.15, rho, 4000, 8, "correlated");
        assert!((found.correlation / rho - 1.0).abs() < 0.15, "{rho}: {found:?}");
        assert!(found.ratio > 1.0 + 6.0 * rho, "votes are 8 to 12: {found:?}");
    }
}

#[test]
fn a_kind_that_fools_explains_the_dispersion_it_makes() {
    let mut rng = dice("kinds");
    let images: Vec<KnownNonLens> = (0..2000)
        .map(|i| {
            let look_alike = i % 4 == 0;
            let rates = if look_alike { [0.6, 0.0, 0.4] } else { [0.95, 0.0, 0.05] };
            KnownNonLens { votes: 10, said_lens: answers(&mut rng, 10, rates)[2], look_alike }
        })
        .collect();
    let found = dispersion(&images).unwrap();
    assert!(found.ratio > 2.0 && (found.ratio_within_kinds - 1.0).abs() < 0.15, "{found:?}");
}

#[test]
fn dispersion_of_nothing_to_compare_is_none() {
    let image = |votes, said_lens| KnownNonLens { votes, said_lens, look_alike: false };
    assert_eq!(dispersion(&[]), None);
    assert_eq!(dispersion(&[image(5, 1)]), None);
    assert_eq!(dispersion(&[image(5, 0), image(7, 0)]), None);
    assert_eq!(dispersion(&[image(1, 1), image(1, 0)]), None);
}

#[test]
fn dispersion_by_hand() {
    // Two images of four votes, 4 and 0 "lens": rate 1/2, χ² = 2 × (2²/1) = 8 on one degree of freedom.
    let image = |said_lens| KnownNonLens { votes: 4, said_lens, look_alike: false };
    let found = dispersion(&[image(4), image(0)]).unwrap();
    assert_eq!((found.rate, found.ratio), (0.5, 8.0));
    // (8 − 1) / (2 × 3 × (1 − 4/8)) is beyond 1, which no correlation is.
    assert_eq!(found.correlation, 1.0);
}

#[test]
fn claimed_and_confirmed_are_compared_with_the_weights_of_the_sample() {
    let believed = [0.5, 0.25, f64::NAN].map(|p| Believed { p, weight: 1.0, recent: false });
    let reviewed = [
        Reviewed { p: 0.9, corrected: 0.8, lens: true, weight: 1.0 },
        Reviewed { p: 0.1, corrected: 0.02, lens: false, weight: 10.0 },
        Reviewed { p: 0.5, corrected: 0.5, lens: true, weight: 0.0 },
    ];
    let found = totals(&believed, &reviewed);
    assert_eq!((found.images, found.sum_p), (2, 0.75));
    let of = found.reviewed.unwrap();
    assert_eq!((of.images, of.confirmed), (2, 1.0));
    assert!((of.claimed - 1.9).abs() < 1e-12);
    assert!((of.standard_error - (0.1_f64.powi(2) + 1.0).sqrt()).abs() < 1e-12);
    assert!((of.corrected - 1.0).abs() < 1e-12);
    assert!(of.z_corrected().abs() < 1e-9 && of.z() > 0.8);
    assert!(totals(&[], &[]).reviewed.is_none());
}

#[test]
fn the_alarm_about_confirmed_lenses_ends_when_a_correction_takes() {
    let input = |corrected: f64| MonitorInput {
        reviewed: (0..200).map(|i| Reviewed { p: 0.9, corrected, lens: i % 2 == 0, weight: 1.0 }).collect(),
        ..MonitorInput::default()
    };
    let alarmed = |corrected| {
        let alarms = watch(&input(corrected), &MonitorSettings::default()).alarms;
        alarms.iter().any(|alarm| alarm.kind == AlarmKind::Confirmed)
    };
    assert!(alarmed(0.9) && !alarmed(0.51));
}

#[test]
fn settings_of_monitors_that_cannot_work_are_named() {
    let field = |settings: MonitorSettings| settings.check().unwrap_err().field;
    assert_eq!(field(MonitorSettings { bins: 0, ..MonitorSettings::default() }), "bins");
    assert_eq!(field(MonitorSettings { bins: usize::MAX, ..MonitorSettings::default() }), "bins");
    assert_eq!(field(MonitorSettings { dispersion: f64::NAN, ..MonitorSettings::default() }), "dispersion");
    MonitorSettings::default().check().unwrap();
}

fn share(rng: &mut impl Rng, images: usize, prevalence: f64, recent: bool) -> Vec<Believed> {
    (0..images)
        .map(|_| {
            let p = if rng.random::<f64>() < prevalence { 0.9 } else { 0.02 };
            Believed { p, weight: 1.0, recent }
        })
        .collect()
}

#[test]
fn a_share_that_stays_is_within_its_error_and_one_that_moves_is_not() {
    let mut rng = dice("drift");
    let within = (0..200)
        .filter(|_| {
            let mut all = share(&mut rng, 400, 0.05, false);
            all.extend(share(&mut rng, 100, 0.05, true));
            drift(&all).unwrap().z.abs() < 1.96
        })
        .count();
    assert!((176..=199).contains(&within), "{within} of 200 within two standard errors");
    let mut moved = share(&mut rng, 2000, 0.05, false);
    moved.extend(share(&mut rng, 1000, 0.15, true));
    let found = drift(&moved).unwrap();
    assert!(found.z > 5.0 && found.recent.share > 2.0 * found.before.share, "{found:?}");
    assert_eq!(drift(&moved[..2000]), None, "nothing recent");
}

#[test]
fn a_change_of_selection_is_no_drift_once_it_is_weighted_away() {
    let mut rng = dice("selection");
    // Before, everything was served; now lenses are served ten times as often as the rest.
    let mut all = share(&mut rng, 20_000, 0.02, false);
    all.extend(share(&mut rng, 20_000, 0.02, true).into_iter().filter_map(|believed| {
        let served = if believed.p > 0.5 { 1.0 } else { 0.1 };
        (rng.random::<f64>() < served).then_some(Believed { weight: 1.0 / served, ..believed })
    }));
    let weighted = drift(&all).unwrap();
    assert!(weighted.z.abs() < 3.0, "{weighted:?}");
    for believed in &mut all {
        believed.weight = 1.0;
    }
    assert!(drift(&all).unwrap().z > 10.0);
}

/// A volunteer with these rates on `[non-lenses, lenses]`, who answers in so many seconds.
fn track(rng: &mut impl Rng, who: i64, rates: [[f64; 3]; 2], known: u32, seconds: f64) -> VolunteerTrack {
    VolunteerTrack {
        volunteer: volunteer(who),
        known: rates.map(|row| answers(rng, known / 2, row)),
        survey: answers(rng, 200, rates[0]),
        seconds_per_answer: Some(seconds),
    }
}

const HONEST: [[f64; 3]; 2] = [[0.8, 0.08, 0.12], [0.12, 0.08, 0.8]];

#[test]
fn spammers_are_listed_and_honest_people_are_not() {
    let mut rng = dice("spammers");
    let mut all: Vec<VolunteerTrack> = (0..300).map(|who| track(&mut rng, who, HONEST, 60, 4.0)).collect();
    let same = |rates| [rates, rates];
    all.push(track(&mut rng, 1000, same([0.5, 0.0, 0.5]), 60, 4.0));
    all.push(track(&mut rng, 1001, same([1.0, 0.0, 0.0]), 60, 0.4));
    all.push(track(&mut rng, 1002, [HONEST[1], HONEST[0]], 60, 4.0));
    // A newcomer who guesses: too few known images to say so.
    all.push(track(&mut rng, 1003, same([0.5, 0.0, 0.5]), 10, 4.0));
    let found = volunteers(&all, &MonitorSettings::default());
    let of = |who: i64| found.listed.iter().find(|one| one.volunteer == volunteer(who)).unwrap();
    assert_eq!(of(1000).flags, [VolunteerFlag::Uninformative]);
    assert_eq!(of(1001).flags, [VolunteerFlag::Uninformative, VolunteerFlag::FastAndMonotonous]);
    assert_eq!(of(1002).flags, [VolunteerFlag::Inverted]);
    assert!(of(1003).flags.is_empty());
    let wrongly = found.listed.iter().filter(|one| one.volunteer < volunteer(1000) && !one.flags.is_empty());
    assert_eq!(wrongly.count(), 0);
    assert_eq!((found.volunteers, found.flagged), (304, 3));
    assert!(of(1000).informativeness_bits < 0.05 && of(0).informativeness_bits > 0.15);
    assert!(found.deciles_bits[0] < found.deciles_bits[1] && found.deciles_bits[1] < found.deciles_bits[2]);
    assert!((found.crowd_bits - found.deciles_bits[1]).abs() < 0.1, "{found:?}");
}

#[test]
fn fast_alone_and_monotonous_alone_are_no_reason() {
    let mut rng = dice("fast");
    let mut all: Vec<VolunteerTrack> = (0..20).map(|who| track(&mut rng, who, HONEST, 60, 4.0)).collect();
    all.push(track(&mut rng, 100, HONEST, 60, 0.3));
    all.push(track(&mut rng, 101, [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], 60, 4.0));
    let found = volunteers(&all, &MonitorSettings::default());
    assert_eq!(found.flagged, 0, "{found:?}");
}

#[test]
fn somebody_unseen_is_taken_for_the_crowd_and_the_list_stays_short() {
    let mut rng = dice("short");
    let mut all: Vec<VolunteerTrack> = (0..50).map(|who| track(&mut rng, who, HONEST, 40, 4.0)).collect();
    all.push(VolunteerTrack {
        volunteer: volunteer(99),
        known: [[0; 3]; 2],
        survey: [0; 3],
        seconds_per_answer: None,
    });
    let found = volunteers(&all, &MonitorSettings::default());
    let unseen = found.listed.iter().find(|one| one.volunteer == volunteer(99)).unwrap();
    assert!((unseen.informativeness_bits - found.crowd_bits).abs() < 1e-12);
    let short = volunteers(&all, &MonitorSettings { listed_volunteers: 10, ..MonitorSettings::default() });
    assert_eq!((short.listed.len(), short.volunteers), (10, 51));
    assert!(short.listed.is_sorted_by_key(|one| one.volunteer));
    assert_eq!(volunteers(&[], &MonitorSettings::default()).listed, []);
}

/// Votes on images that are lenses one time in five, with posteriors by Bayes' rule. Where
/// `shared`, an image's votes follow the first with this probability.
fn tallies(shared: f64, name: &str) -> Vec<SubjectTally> {
    let mut rng = dice(name);
    (0..3000)
        .map(|_| {
            let state = usize::from(rng.random::<f64>() < 0.2);
            let mut counts = [0_u32; 3];
            let first = answer(&mut rng, HONEST[state]);
            counts[first] += 1;
            for _ in 1..6 {
                let own = answer(&mut rng, HONEST[state]);
                counts[if rng.random::<f64>() < shared { first } else { own }] += 1;
            }
            let likelihood = |state: usize| -> f64 {
                counts.iter().zip(HONEST[state]).map(|(n, p)| p.powi(*n as i32)).product()
            };
            let (other, lens) = (0.8 * likelihood(0), 0.2 * likelihood(1));
            SubjectTally { answers: counts, states: vec![other / (other + lens), lens / (other + lens)] }
        })
        .collect()
}

#[test]
fn votes_of_the_model_have_the_entropy_it_expects_and_shared_ones_less() {
    let right = vote_entropy(&tallies(0.0, "right"), &HONEST).unwrap();
    assert!(right.z().abs() < 3.0 && right.images == 3000, "{right:?}");
    let wrong = vote_entropy(&tallies(0.3, "shared"), &HONEST).unwrap();
    assert!(wrong.z() < -10.0 && wrong.observed_bits < wrong.expected_bits, "{wrong:?}");
}

#[test]
fn vote_entropy_by_hand() {
    // Two votes, each "lens" or "no" at even odds: an even split (1 bit) half the time.
    let tally = |answers| SubjectTally { answers, states: vec![1.0] };
    let found = vote_entropy(&[tally([1, 0, 1]), tally([2, 0, 0])], &[[0.5, 0.0, 0.5]]).unwrap();
    assert!((found.expected_bits - 0.5).abs() < 1e-12 && (found.observed_bits - 0.5).abs() < 1e-12);
    assert_eq!(vote_entropy(&[tally([1, 0, 0]), tally([0, 0, 0])], &[[0.5, 0.0, 0.5]]), None);
    assert_eq!(vote_entropy(&[tally([1, 0, 1]), tally([2, 0, 0])], &HONEST), None, "as many states as rates");
}

fn kinds(monitors: &Monitors) -> Vec<AlarmKind> {
    monitors.alarms.iter().map(|alarm| alarm.kind).collect()
}

#[test]
fn a_healthy_project_raises_no_alarm_and_a_sick_one_all() {
    let mut rng = dice("healthy");
    let settings = MonitorSettings::default();
    assert_eq!(kinds(&watch(&MonitorInput::default(), &settings)), []);
    let mut believed = share(&mut rng, 2000, 0.05, false);
    believed.extend(share(&mut rng, 500, 0.05, true));
    let mut honest = |name: &str, shift: f64| -> Vec<(f64, bool)> {
        let mut dice = dice(name);
        (0..400)
            .map(|_| {
                let p: f64 = rng.random();
                (p, dice.random::<f64>() < p - shift)
            })
            .collect()
    };
    let input = |claims: Vec<(f64, bool)>, rho: f64, believed: Vec<Believed>, shared: f64, spam: bool| {
        let mut dice = dice("input");
        let mut volunteers: Vec<VolunteerTrack> =
            (0..30).map(|who| track(&mut dice, who, HONEST, 60, 4.0)).collect();
        if spam {
            volunteers.push(track(&mut dice, 50, [[0.5, 0.0, 0.5]; 2], 60, 4.0));
        }
        let known_non_lenses = (0..200)
            .map(|i| {
                let rate = if i % 10 == 0 { 0.1 + 4.0 * rho } else { 0.1 };
                let said_lens = answers(&mut dice, 8, [1.0 - rate, 0.0, rate])[2];
                KnownNonLens { votes: 8, said_lens, look_alike: false }
            })
            .collect();
        MonitorInput {
            known: claims.iter().map(|(p, lens)| KnownClaim { p: *p, lens: *lens }).collect(),
            known_non_lenses,
            believed,
            reviewed: claims
                .iter()
                .map(|(p, lens)| Reviewed { p: *p, corrected: *p, lens: *lens, weight: 2.0 })
                .collect(),
            volunteers,
            tallies: tallies(shared, "input"),
            answer_rates: HONEST.to_vec(),
        }
    };
    let well = watch(&input(honest("well", 0.0), 0.0, believed.clone(), 0.0, false), &settings);
    assert_eq!(kinds(&well), [], "{:?}", well.alarms);
    for image in believed.iter_mut().filter(|image| image.recent) {
        image.p = (image.p + 0.2).min(1.0);
    }
    let sick = watch(&input(honest("sick", 0.3), 0.2, believed, 0.3, true), &settings);
    let all = [
        AlarmKind::Calibration,
        AlarmKind::Confirmed,
        AlarmKind::Dispersion,
        AlarmKind::Drift,
        AlarmKind::Volunteers,
        AlarmKind::VoteEntropy,
    ];
    assert_eq!(kinds(&sick), all, "{:?}", sick.alarms);
    let stored = serde_json::to_string(&sick).unwrap();
    assert_eq!(serde_json::from_str::<Monitors>(&stored).unwrap(), sick);
}
