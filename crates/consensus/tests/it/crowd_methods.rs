//! What every method for crowds promises: probabilities whatever the log, the same bits whatever
//! its order and whatever the names, known truths kept, and sense on crowds that are odd.

use consensus::{
    Crowd, Fit, Method, Shape, Vote,
    methods::{
        DawidSkene, DawidSkeneConfig, Glad, GladConfig, Majority, MajorityConfig, OneCoin, OneCoinConfig,
        Wawa, WawaConfig,
    },
};
use domain::{Rng, Seed};
use proptest::prelude::*;
use rand::Rng as _;

fn methods() -> Vec<Box<dyn Method>> {
    vec![
        Box::new(Majority::default()),
        Box::new(Wawa::default()),
        Box::new(OneCoin::default()),
        Box::new(DawidSkene::default()),
        Box::new(Glad::default()),
    ]
}

fn vote(task: u32, worker: u32, answer: u16) -> Vote {
    Vote { task, worker, answer }
}

fn crowd(shape: [usize; 4], votes: &[Vote], gold: &[Option<u16>]) -> Crowd {
    let [tasks, workers, classes, answers] = shape;
    Crowd::new(Shape { tasks, workers, classes, answers }, votes.to_vec(), gold.to_vec()).unwrap()
}

fn are_probabilities(row: &[f64]) -> bool {
    row.iter().all(|p| (0.0..=1.0).contains(p)) && (row.iter().sum::<f64>() - 1.0).abs() < 1e-9
}

/// Every row of the fit, and of the log followed, holds probabilities.
fn check(method: &dyn Method, crowd: &Crowd) -> Fit {
    let fit = method.fit(crowd);
    let shape = crowd.shape();
    let mut follow = method.follow(shape);
    for vote in crowd.votes() {
        follow.update(*vote, crowd.gold()[vote.task as usize]);
    }
    for task in 0..shape.tasks {
        assert!(are_probabilities(fit.posterior(task)), "{}: {:?}", method.name(), fit.posterior(task));
        let followed = follow.posterior(task as u32);
        assert!(are_probabilities(&followed), "{} followed: {followed:?}", method.name());
    }
    assert!(are_probabilities(&fit.prevalence), "{}: {:?}", method.name(), fit.prevalence);
    assert_eq!(fit.workers.len(), shape.workers);
    for worker in &fit.workers {
        assert!(worker.informativeness_bits >= 0.0 && worker.informativeness_bits < 16.0);
        assert!(worker.confusion.chunks(shape.answers).all(are_probabilities), "{worker:?}");
    }
    fit
}

/// A log of few votes, at most one by each worker on each task, with some truths known.
fn logs() -> impl Strategy<Value = (usize, usize, Vec<Vote>, Vec<Option<u16>>)> {
    (1_usize..5, 0_usize..3).prop_flat_map(|(classes, more)| {
        let answers = classes + more;
        let votes = prop::collection::btree_map((0_u32..9, 0_u32..6), 0..answers as u16, 0..50);
        let gold = prop::collection::vec(prop::option::weighted(0.3, 0..classes as u16), 9);
        (votes, gold).prop_map(move |(votes, gold)| {
            let votes = votes.into_iter().map(|((task, worker), answer)| vote(task, worker, answer));
            (classes, answers, votes.collect(), gold)
        })
    })
}

proptest! {
    #[test]
    fn neither_order_nor_names_change_a_bit(
        (classes, answers, votes, gold) in logs(),
        tasks in Just((0_u32..9).collect::<Vec<_>>()).prop_shuffle(),
        workers in Just((0_u32..6).collect::<Vec<_>>()).prop_shuffle(),
        order in Just((0_usize..50).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let renamed: Vec<Vote> = order
            .into_iter()
            .filter_map(|at| votes.get(at))
            .map(|v| vote(tasks[v.task as usize], workers[v.worker as usize], v.answer))
            .collect();
        let mut gold_renamed = vec![None; 9];
        for (task, truth) in gold.iter().enumerate() {
            gold_renamed[tasks[task] as usize] = *truth;
        }
        let shape = [9, 6, classes, answers];
        for method in methods() {
            let fit = check(method.as_ref(), &crowd(shape, &votes, &gold));
            let again = check(method.as_ref(), &crowd(shape, &renamed, &gold_renamed));
            for (task, name) in tasks.iter().enumerate() {
                prop_assert_eq!(bits(fit.posterior(task)), bits(again.posterior(*name as usize)));
            }
            for (worker, name) in workers.iter().enumerate() {
                let (one, other) = (&fit.workers[worker], &again.workers[*name as usize]);
                prop_assert_eq!(one, other, "{}", method.name());
            }
            prop_assert_eq!(bits(&fit.prevalence), bits(&again.prevalence));
            prop_assert_eq!(fit.sweeps, again.sweeps);
        }
    }
}

fn bits(row: &[f64]) -> Vec<u64> {
    row.iter().map(|p| p.to_bits()).collect()
}

#[test]
fn known_truths_are_given_back_even_against_everybody() {
    let votes: Vec<Vote> = (0..6).flat_map(|task| (0..4).map(move |worker| vote(task, worker, 0))).collect();
    let gold: Vec<Option<u16>> = vec![Some(1); 6];
    for method in methods() {
        let fit = check(method.as_ref(), &crowd([6, 4, 2, 2], &votes, &gold));
        assert_eq!(fit.posterior(3), [0.0, 1.0], "{}", method.name());
    }
}

#[test]
fn who_was_always_wrong_on_known_truths_is_read_the_other_way_round() {
    // Two people say the opposite of ten known truths and agree on the eleventh task.
    let truth = |task: u32| (task % 2) as u16;
    let mut votes: Vec<Vote> =
        (0..10).flat_map(|task| (0..2).map(move |worker| vote(task, worker, 1 - truth(task)))).collect();
    votes.extend([vote(10, 0, 1), vote(10, 1, 1)]);
    let mut gold: Vec<Option<u16>> = (0..10).map(|task| Some(truth(task))).collect();
    gold.push(None);
    let shape = [11, 2, 2, 2];
    for method in [Box::new(DawidSkene::default()) as Box<dyn Method>, Box::new(OneCoin::default())] {
        let fit = check(method.as_ref(), &crowd(shape, &votes, &gold));
        assert!(fit.posterior(10)[0] > 0.6, "{}: {:?}", method.name(), fit.posterior(10));
    }
}

#[test]
fn without_votes_all_classes_are_alike() {
    for method in methods() {
        let fit = check(method.as_ref(), &crowd([2, 3, 4, 5], &[], &[]));
        assert_eq!(fit.posterior(1), [0.25; 4], "{}", method.name());
        check(method.as_ref(), &crowd([0, 0, 2, 2], &[], &[]));
    }
}

#[test]
fn one_class_is_certain() {
    for method in methods() {
        let fit = check(method.as_ref(), &crowd([2, 2, 1, 1], &[vote(0, 0, 0), vote(0, 1, 0)], &[]));
        assert_eq!((fit.posterior(0), fit.posterior(1)), ([1.0].as_slice(), [1.0].as_slice()));
        assert_eq!(fit.workers[0].informativeness_bits, 0.0);
        check(method.as_ref(), &crowd([2, 2, 1, 2], &[vote(0, 0, 1), vote(0, 1, 0)], &[]));
    }
}

#[test]
fn a_lone_worker_is_believed_without_certainty() {
    let votes: Vec<Vote> = (0..8).map(|task| vote(task, 0, (task % 2) as u16)).collect();
    for method in methods() {
        let fit = check(method.as_ref(), &crowd([8, 1, 2, 2], &votes, &[]));
        for task in 0..8 {
            let p = fit.posterior(task)[task % 2];
            assert!(p > 0.5 && p < 1.0, "{}: {p}", method.name());
        }
    }
}

#[test]
fn unsure_alone_says_nothing_and_is_never_a_truth() {
    let votes: Vec<Vote> = (0..5).flat_map(|task| (0..3).map(move |worker| vote(task, worker, 2))).collect();
    for method in methods() {
        let fit = check(method.as_ref(), &crowd([5, 3, 2, 3], &votes, &[]));
        for p in fit.posterior(2) {
            assert!((p - 0.5).abs() < 1e-9, "{}: {p}", method.name());
        }
        assert_eq!(fit.workers[1].votes, 5);
    }
}

#[test]
fn unsure_tells_dawid_skene_something_where_it_goes_with_a_class() {
    // Worker 0 is unsure of every task that the others call 1, and of one that nobody else saw.
    let mut votes = Vec::new();
    for task in 0..20_u32 {
        let truth = (task % 2) as u16;
        votes.extend((1..5).map(|worker| vote(task, worker, truth)));
        votes.push(vote(task, 0, if truth == 1 { 2 } else { 0 }));
    }
    votes.push(vote(20, 0, 2));
    let shape = [21, 5, 2, 3];
    let fit = check(&DawidSkene::default(), &crowd(shape, &votes, &[]));
    assert!(fit.posterior(20)[1] > 0.8, "{:?}", fit.posterior(20));
    let fit = check(&OneCoin::default(), &crowd(shape, &votes, &[]));
    assert!((fit.posterior(20)[1] - 0.5).abs() < 0.05, "{:?}", fit.posterior(20));
}

/// A crowd of good and hostile people on tasks of two classes, lazy ones or not, with the truth.
fn made_up(seed: u64, lazy: bool) -> (Crowd, Vec<u16>) {
    let mut rng: Rng = Seed::root(seed).rng();
    let mut unit = || (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let truth: Vec<u16> = (0..400).map(|_| u16::from(unit() < 0.4)).collect();
    let mut votes = Vec::new();
    for (task, truth) in truth.iter().enumerate() {
        for worker in 0..12 {
            if unit() < 0.5 {
                // P(says 1): nine see well enough, two always say 0 or guess, one means harm.
                let says_one = match (worker, truth) {
                    (0..9, 1) => 0.7,
                    (0..9, _) => 0.2,
                    (9 | 10, _) if lazy => 0.02,
                    (9 | 10, _) => 0.5,
                    (_, 1) => 0.2,
                    _ => 0.8,
                };
                votes.push(vote(task as u32, worker, u16::from(unit() < says_one)));
            }
        }
    }
    (crowd([400, 12, 2, 2], &votes, &[]), truth)
}

fn accuracy(truth: &[u16], label: impl Fn(usize) -> u16) -> f64 {
    let right = truth.iter().enumerate().filter(|(task, truth)| label(*task) == **truth).count();
    right as f64 / truth.len() as f64
}

#[test]
fn weighing_finds_more_truths_than_counting() {
    let (crowd, truth) = made_up(5, false);
    let counted = accuracy(&truth, |task| Majority::default().fit(&crowd).label(task));
    for method in methods().iter().filter(|method| method.name() != "majority") {
        let fit = method.fit(&crowd);
        let weighed = accuracy(&truth, |task| fit.label(task));
        println!("{}: {weighed:.3}, majority {counted:.3}", method.name());
        assert!(fit.converged);
        assert!(weighed > counted + 0.01, "{}: {weighed} against {counted}", method.name());
    }
}

#[test]
fn dawid_skene_knows_who_is_who_where_some_always_say_the_common_class() {
    let (crowd, truth) = made_up(5, true);
    let counted = accuracy(&truth, |task| Majority::default().fit(&crowd).label(task));
    let fit = DawidSkene::default().fit(&crowd);
    let weighed = accuracy(&truth, |task| fit.label(task));
    assert!(weighed > counted + 0.05, "{weighed} against {counted}");
    let table = |worker: usize| &fit.workers[worker].confusion;
    // About a hundred votes each and class: one table is known to a tenth, the nine together better.
    let mean = |at: usize| (0..9).map(|worker| table(worker)[at]).sum::<f64>() / 9.0;
    assert!((mean(3) - 0.7).abs() < 0.06 && (mean(0) - 0.8).abs() < 0.06, "{} {}", mean(3), mean(0));
    assert!(table(11)[0] < 0.4 && table(11)[3] < 0.4, "{:?}", table(11));
    assert!(fit.workers[9].informativeness_bits < 0.1 * fit.workers[3].informativeness_bits);
}

#[test]
fn following_a_log_comes_near_its_fit_and_for_the_majority_equals_it() {
    let (crowd, truth) = made_up(6, true);
    for method in methods() {
        let fit = method.fit(&crowd);
        let mut follow = method.follow(crowd.shape());
        for vote in crowd.votes() {
            follow.update(*vote, None);
        }
        let followed: Vec<f64> = (0..400).flat_map(|task| follow.posterior(task)).collect();
        let followed = Fit { posteriors: followed, ..fit.clone() };
        let (one, other) = (accuracy(&truth, |t| fit.label(t)), accuracy(&truth, |t| followed.label(t)));
        println!("{}: fit {one:.3}, followed {other:.3}", method.name());
        assert!(other > one - 0.06, "{}: {other} against {one}", method.name());
        if method.name() == "majority" {
            assert_eq!(followed.posteriors, fit.posteriors);
        }
    }
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let votes = |value| MajorityConfig { pseudo_votes: value };
    assert_eq!(Majority::new(votes(0.0)).unwrap_err().field, "pseudo_votes");
    assert_eq!(Majority::new(votes(f64::NAN)).unwrap_err().field, "pseudo_votes");
    let wrong = WawaConfig { pooling: -1.0, ..WawaConfig::default() };
    assert_eq!(Wawa::new(wrong).unwrap_err().field, "pooling");
    let wrong = OneCoinConfig { max_sweeps: 0, ..OneCoinConfig::default() };
    assert_eq!(OneCoin::new(wrong).unwrap_err().field, "max_sweeps");
    let wrong = DawidSkeneConfig { start_votes: f64::INFINITY, ..DawidSkeneConfig::default() };
    assert_eq!(DawidSkene::new(wrong).unwrap_err().field, "start_votes");
    let wrong = DawidSkeneConfig { tolerance: 0.0, ..DawidSkeneConfig::default() };
    assert_eq!(DawidSkene::new(wrong).unwrap_err().field, "tolerance");
    let wrong = GladConfig { ability: (1.0, 0.0), ..GladConfig::default() };
    assert_eq!(Glad::new(wrong).unwrap_err().field, "ability");
    let wrong = GladConfig { log_clarity: (50.0, 1.0), ..GladConfig::default() };
    assert_eq!(Glad::new(wrong).unwrap_err().field, "log_clarity");
}
