//! SWAP as a method for any crowd: no order, no numbering, truths and answers of all kinds, and
//! real crowds (skipped, saying so, where they are absent).

use std::{collections::HashMap, path::PathBuf};

use consensus::{Crowd, Fit, Method as _, OfflineSwap, Shape, Vote, methods};
use domain::Seed;
use proptest::prelude::*;
use rand::RngExt;

fn crowd(shape: Shape, votes: &[(u32, u32, u16)], gold: Vec<Option<u16>>) -> Crowd {
    let votes = votes.iter().map(|&(task, worker, answer)| Vote { task, worker, answer }).collect();
    Crowd::new(shape, votes, gold).unwrap()
}

/// A crowd of three classes and an "unsure": people of these skills, everybody on every task.
fn made_up(skills: &[f64], tasks: u32, name: &str) -> (Vec<(u32, u32, u16)>, Vec<u16>) {
    let mut rng = Seed::root(11).child(name).rng();
    let truth: Vec<u16> = (0..tasks).map(|_| rng.random_range(0..3)).collect();
    let mut votes = Vec::new();
    for (task, truth) in (0..).zip(&truth) {
        for (worker, skill) in (0..).zip(skills) {
            let answer =
                if rng.random::<f64>() < *skill { *truth } else { (truth + rng.random_range(1..3_u16)) % 3 };
            votes.push((task, worker, answer));
        }
    }
    (votes, truth)
}

const THREE: Shape = Shape { tasks: 200, workers: 6, classes: 3, answers: 4 };

fn right(fit: &Fit, truth: &[u16]) -> usize {
    truth.iter().enumerate().filter(|(task, truth)| fit.label(*task) == **truth).count()
}

#[test]
fn skills_are_learnt_from_the_votes_alone() {
    let skills = [0.95, 0.9, 0.85, 0.4, 0.35, 1.0 / 3.0];
    let (votes, truth) = made_up(&skills, 200, "alone");
    let fit = OfflineSwap::default().fit(&crowd(THREE, &votes, Vec::new()));
    assert!(fit.converged && right(&fit, &truth) >= 190, "{} right", right(&fit, &truth));
    for (worker, skill) in fit.workers.iter().zip(skills) {
        let learnt = (0..3).map(|class| worker.confusion[class * 4 + class]).sum::<f64>() / 3.0;
        assert!((learnt - skill).abs() < 0.12, "{learnt} learnt, {skill} was");
        assert_eq!((worker.votes, worker.confusion.len(), worker.confusion[3]), (200, 12, 0.0));
    }
    assert!(fit.workers[0].informativeness_bits > 1.0 && fit.workers[5].informativeness_bits < 0.1);
    assert!((fit.prevalence.iter().sum::<f64>() - 1.0).abs() < 1e-9);
}

#[test]
fn known_truths_are_kept_and_turn_an_inverted_crowd_around() {
    // Four people who mostly say the next class: without truths they are believed, with some not.
    let (votes, truth) = made_up(&[0.1, 0.1, 0.15, 0.1, 0.9, 0.9], 200, "inverted");
    let votes: Vec<_> = votes
        .into_iter()
        .map(|(t, w, a)| {
            (t, w, if w < 4 && a != truth[t as usize] { (truth[t as usize] + 1) % 3 } else { a })
        })
        .collect();
    let misled = OfflineSwap::default().fit(&crowd(THREE, &votes, Vec::new()));
    let gold: Vec<Option<u16>> = truth.iter().enumerate().map(|(t, k)| (t < 40).then_some(*k)).collect();
    let told = OfflineSwap::default().fit(&crowd(THREE, &votes, gold.clone()));
    assert!(right(&misled, &truth) < 60 && right(&told, &truth) > 175, "{}", right(&told, &truth));
    for (task, truth) in gold.iter().enumerate() {
        if let Some(truth) = truth {
            assert_eq!(told.posterior(task)[usize::from(*truth)], 1.0);
        }
    }
}

#[test]
fn unsure_is_not_used_and_what_nobody_decided_has_the_prior() {
    let shape = Shape { tasks: 4, workers: 3, classes: 2, answers: 3 };
    let votes = [(0, 0, 1), (0, 1, 1), (1, 0, 0), (1, 1, 0), (0, 2, 2), (2, 2, 2)];
    let fit = OfflineSwap::default().fit(&crowd(shape, &votes, Vec::new()));
    let without = OfflineSwap::default().fit(&crowd(shape, &votes[..4], Vec::new()));
    assert_eq!(fit.posteriors, without.posteriors);
    for task in [2, 3] {
        let differs = fit.posterior(task).iter().zip(&fit.prevalence).map(|(a, b)| (a - b).abs());
        assert!(differs.fold(0.0, f64::max) < 1e-6, "{:?} {:?}", fit.posterior(task), fit.prevalence);
    }
    assert_eq!((fit.label(0), fit.label(1), fit.workers[2].votes), (1, 0, 2));
}

#[test]
fn the_empty_and_the_one_sided_have_an_answer() {
    let shape = Shape { tasks: 3, workers: 2, classes: 2, answers: 2 };
    let empty = OfflineSwap::default().fit(&crowd(shape, &[], Vec::new()));
    assert_eq!(empty.posteriors, [0.5; 6]);
    let one_sided = OfflineSwap::default().fit(&crowd(shape, &[(0, 0, 1), (1, 0, 1), (2, 1, 1)], Vec::new()));
    assert!((0..3).all(|task| one_sided.posterior(task)[1] > 0.6), "{:?}", one_sided.posteriors);
    let one_class = Shape { tasks: 1, workers: 1, classes: 1, answers: 1 };
    let fit = OfflineSwap::default().fit(&crowd(one_class, &[(0, 0, 0)], Vec::new()));
    assert_eq!(fit.posteriors, [1.0]);
    let mut follow = OfflineSwap::default().follow(one_class);
    follow.update(Vote { task: 0, worker: 0, answer: 0 }, None);
    assert_eq!(follow.posterior(0), [1.0]);
    let nothing = Shape { tasks: 0, workers: 0, classes: 2, answers: 2 };
    assert!(OfflineSwap::default().fit(&crowd(nothing, &[], Vec::new())).posteriors.is_empty());
}

#[test]
fn followed_vote_by_vote_it_comes_close_to_all_at_once() {
    let (votes, truth) = made_up(&[0.95, 0.9, 0.85, 0.6, 0.5, 0.4], 200, "followed");
    let crowd = crowd(THREE, &votes, Vec::new());
    let mut follow = OfflineSwap::default().follow(THREE);
    for vote in crowd.votes() {
        let gold = (vote.task % 5 == 0).then(|| truth[vote.task as usize]);
        follow.update(*vote, gold);
    }
    let likeliest = |task: u32| -> u16 {
        let row = follow.posterior(task);
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        (0..3).max_by(|a, b| row[usize::from(*a)].total_cmp(&row[usize::from(*b)])).unwrap()
    };
    let right = (0..).zip(&truth).filter(|(task, truth)| likeliest(*task) == **truth).count();
    assert!(right >= 190, "{right}");
    assert_eq!(follow.posterior(0)[usize::from(truth[0])], 1.0, "told");
}

proptest! {
    #[test]
    fn neither_order_nor_numbering_changes_a_bit(
        said in prop::collection::vec((0_u32..12, 0_u32..5, 0_u16..4), 0..120),
        turn in 0_usize..120,
        known in prop::collection::vec(prop::option::weighted(0.2, 0_u16..3), 12),
    ) {
        let shape = Shape { tasks: 12, workers: 5, classes: 3, answers: 4 };
        // One vote per pair, so that "the first counts" does not depend on the order.
        let mut seen = std::collections::HashSet::new();
        let votes: Vec<_> = said.into_iter().filter(|(t, w, _)| seen.insert((*t, *w))).collect();
        let fit = OfflineSwap::default().fit(&crowd(shape, &votes, known.clone()));
        let mut turned: Vec<_> = votes.iter().map(|&(t, w, a)| (11 - t, (w + 2) % 5, a)).collect();
        if !turned.is_empty() {
            let turn = turn % turned.len();
            turned.rotate_left(turn);
        }
        let renamed: Vec<_> = known.iter().rev().copied().collect();
        let other = OfflineSwap::default().fit(&crowd(shape, &turned, renamed));
        for task in 0..12 {
            prop_assert_eq!(fit.posterior(task), other.posterior(11 - task));
            prop_assert!((fit.posterior(task).iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
        for worker in 0..5 {
            prop_assert_eq!(&fit.workers[worker], &other.workers[(worker + 2) % 5]);
        }
    }
}

struct Real {
    crowd: Crowd,
    truth: Vec<Option<u16>>,
}

fn real(name: &str) -> Option<Real> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/votes")).join(name);
    if !folder.exists() {
        println!("SKIPPED: {} is absent", folder.display());
        return None;
    }
    let rows = |file: &str| -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    let id = |names: &mut HashMap<String, u32>, name: &str| {
        let next = names.len() as u32;
        *names.entry(name.to_owned()).or_insert(next)
    };
    let (mut tasks, mut workers, mut votes) = (HashMap::new(), HashMap::new(), Vec::new());
    for row in rows("votes.csv") {
        let answer = row[2].parse().unwrap();
        votes.push((id(&mut tasks, &row[0]), id(&mut workers, &row[1]), answer));
    }
    let classes =
        votes.iter().map(|(_, _, answer): &(u32, u32, u16)| usize::from(*answer) + 1).max().unwrap();
    let shape = Shape { tasks: tasks.len(), workers: workers.len(), classes, answers: classes };
    let mut truth = vec![None; tasks.len()];
    for row in rows("truth.csv") {
        if let Some(task) = tasks.get(&row[0]) {
            truth[*task as usize] = row[1].parse().ok();
        }
    }
    Some(Real { crowd: crowd(shape, &votes, Vec::new()), truth })
}

/// Accuracy and mean −ln of the probability given to the truth.
fn scores(fit: &Fit, truth: &[Option<u16>]) -> (f64, f64) {
    let known: Vec<(usize, u16)> = truth.iter().enumerate().filter_map(|(t, k)| Some((t, (*k)?))).collect();
    let right = known.iter().filter(|(task, k)| fit.label(*task) == *k).count();
    let loss: f64 =
        known.iter().map(|(task, k)| -fit.posterior(*task)[usize::from(*k)].max(1e-12).ln()).sum();
    (right as f64 / known.len() as f64, loss / known.len() as f64)
}

#[test]
fn on_real_crowds_weighing_is_not_worse_than_counting() {
    for name in ["bluebird", "rte", "s4_dog", "weather_cf"] {
        let Some(real) = real(name) else { continue };
        let counted = scores(&methods::Majority::default().fit(&real.crowd), &real.truth);
        let one_coin = scores(&methods::OneCoin::default().fit(&real.crowd), &real.truth);
        let fit = OfflineSwap::default().fit(&real.crowd);
        let weighed = scores(&fit, &real.truth);
        println!(
            "{name}: majority {:.4} ({:.3} nats), one coin {:.4} ({:.3}), SWAP {:.4} ({:.3}) after {} sweeps",
            counted.0, counted.1, one_coin.0, one_coin.1, weighed.0, weighed.1, fit.sweeps
        );
        // Two standard errors of the accuracy itself.
        let noise = 2.0 * (counted.0 * (1.0 - counted.0) / real.truth.len() as f64).sqrt();
        assert!(weighed.0 > counted.0 - noise, "{name}: {} against {}", weighed.0, counted.0);
    }
}
