//! Tests of the live head.

use domain::{Seed, sigmoid};
use rand::RngExt as _;

use super::*;

/// Two features, lenses where the first is high. The second says nothing.
struct Drawn {
    embeddings: Vec<f32>,
    targets: Vec<f32>,
}

fn drawn(count: usize) -> Drawn {
    let mut rng = Seed::root(5).rng();
    let (mut embeddings, mut targets) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (x, y): (f64, f64) = (rng.random_range(-2.0..2.0), rng.random_range(-2.0..2.0));
        embeddings.extend([x as f32, y as f32]);
        targets.push(f32::from(rng.random::<f64>() < sigmoid(2.0 * x - 0.5)));
    }
    Drawn { embeddings, targets }
}

fn examples(drawn: &Drawn, weight: f32) -> Vec<Example<'_>> {
    let pairs = drawn.embeddings.chunks_exact(2).zip(&drawn.targets);
    pairs.map(|(embedding, &target)| Example { offset: 0.0, embedding, target, weight }).collect()
}

fn blank(prior: HeadPrior) -> LiveHead {
    let standard = Standard::of(&drawn(2000).embeddings, 2).expect("numbers");
    LiveHead::new(standard, prior).expect("a prior")
}

fn wide() -> HeadPrior {
    HeadPrior { deviations: vec![30.0], shift: 30.0 }
}

fn fitted(count: usize) -> LiveHead {
    blank(wide()).fit(&examples(&drawn(count), 1.0)).expect("examples")
}

#[test]
fn finds_the_line_the_labels_came_from() {
    let logits = fitted(20_000).rerank(&[0.0; 3], &[0.0, 0.0, 1.0, 0.0, 0.0, 1.0]).unwrap().doubts;
    assert!((logits[0].logit + 0.5).abs() < 0.06, "{logits:?}");
    assert!((logits[1].logit - 1.5).abs() < 0.12, "{logits:?}");
    assert!((logits[2].logit + 0.5).abs() < 0.1, "{logits:?}");
}

#[test]
fn without_labels_the_champion_speaks_and_the_odd_are_in_doubt() {
    let head = blank(HeadPrior::default());
    let said = head.rerank(&[-3.0, 1.0], &[0.0, 0.0, 2.0, -2.0]).unwrap();
    assert!((said.probabilities[0] - sigmoid(-3.0)).abs() < 1e-6);
    assert!((said.probabilities[1] - sigmoid(1.0)).abs() < 1e-6);
    assert!(said.doubts[1].variance > 2.0 * said.doubts[0].variance);
    let none: [Example<'_>; 0] = [];
    assert_eq!(head.fit(&none).unwrap().rerank(&[-3.0, 1.0], &[0.0, 0.0, 2.0, -2.0]).unwrap(), said);
}

#[test]
fn what_the_champion_knows_already_moves_nothing() {
    let drawn = drawn(4000);
    let known: Vec<Example<'_>> = examples(&drawn, 1.0)
        .into_iter()
        .map(|example| Example { offset: 2.0 * f64::from(example.embedding[0]) - 0.5, ..example })
        .collect();
    let head = blank(HeadPrior::default()).fit(&known).unwrap();
    assert!(head.correction().iter().all(|d| d.abs() < 0.12), "{:?}", head.correction());
    assert_eq!(head.deviation(), 0.5, "the evidence chooses the narrowest prior");
    let naive = blank(HeadPrior::default()).fit(&examples(&drawn, 1.0)).unwrap();
    assert!(naive.deviation() > 0.5, "and a wider one where much is to be learnt");
}

#[test]
fn doubt_shrinks_with_examples_and_grows_with_distance() {
    let at = |head: &LiveHead, x: f32| head.rerank(&[0.0], &[x, 0.0]).unwrap().doubts[0].variance;
    let (few, many) = (fitted(100), fitted(10_000));
    assert!(at(&few, 0.0) > 20.0 * at(&many, 0.0));
    assert!(at(&few, 10.0) > 10.0 * at(&few, 0.0));
}

#[test]
fn the_block_product_says_what_solving_says() {
    let head = fitted(60);
    let one = [0.7_f32, -0.3];
    let said = head.rerank(&[0.25], &one).unwrap().doubts[0];
    let mut row = vec![0.0; 3];
    head.standard.apply(&one, &mut row);
    let variance: f64 = head.hessian.solve(&row).iter().zip(&row).map(|(a, b)| a * b).sum();
    let logit: f64 = 0.25 + head.map.iter().zip(&row).map(|(a, b)| a * b).sum::<f64>();
    assert!((said.variance / variance - 1.0).abs() < 1e-4 && (said.logit - logit).abs() < 1e-5);
    let correction = head.correction();
    let raw = 0.25 + correction[0] * f64::from(one[0]) + correction[1] * f64::from(one[1]) + correction[2];
    assert!((raw - logit).abs() < 1e-9);
}

#[test]
fn the_gradient_vanishes_at_the_map_and_is_the_slope_of_the_loss() {
    let drawn = drawn(200);
    let examples = examples(&drawn, 1.0);
    let head = blank(HeadPrior { deviations: vec![1.0], shift: 1.0 }).fit(&examples).unwrap();
    let mut rows = vec![0.0; 600];
    for (row, example) in rows.chunks_exact_mut(3).zip(&examples) {
        head.standard.apply(example.embedding, row);
    }
    let problem = Problem::new(rows, 3, &examples);
    let precision = precision(&head.standard, &head.prior, 1.0);
    let (gradient, _) = problem.curvature(&head.map, &precision);
    assert!(gradient.iter().all(|g| g.abs() < 1e-3), "{gradient:?}");
    let (at, step) = ([0.3, -0.2, 0.1], 1e-6);
    let (gradient, hessian) = problem.curvature(&at, &precision);
    for i in 0..3 {
        let (mut up, mut down) = (at, at);
        up[i] += step;
        down[i] -= step;
        let slope = (problem.loss(&up, &precision) - problem.loss(&down, &precision)) / (2.0 * step);
        assert!((slope - gradient[i]).abs() < 1e-4);
        let (above, below) = (problem.curvature(&up, &precision).0, problem.curvature(&down, &precision).0);
        for j in 0..3 {
            assert!(((above[j] - below[j]) / (2.0 * step) - hessian[i * 3 + j]).abs() < 1e-3);
        }
    }
}

#[test]
fn one_class_only_or_separable_classes_are_no_trouble() {
    let mut drawn = drawn(50);
    drawn.targets = vec![0.0; 50];
    let head = blank(HeadPrior::default()).fit(&examples(&drawn, 1.0)).unwrap();
    let p = head.rerank(&[0.0; 50], &drawn.embeddings).unwrap().probabilities;
    assert!(p.iter().all(|p| *p < 0.3));
    drawn.targets = drawn.embeddings.chunks_exact(2).map(|x| f32::from(x[0] > 0.0)).collect();
    assert!(blank(HeadPrior::default()).fit(&examples(&drawn, 1.0)).is_ok());
}

#[test]
fn weights_count_examples() {
    let drawn = drawn(40);
    let twice = [examples(&drawn, 1.0), examples(&drawn, 1.0)].concat();
    let prior = HeadPrior { deviations: vec![1.0], shift: 1.0 };
    let a = blank(prior.clone()).fit(&examples(&drawn, 2.0)).unwrap();
    let b = blank(prior).fit(&twice).unwrap();
    assert!(a.map.iter().zip(&b.map).all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn wrong_input_is_named() {
    assert_eq!(Standard::of(&[], 2).unwrap_err(), HeadError::NoEmbeddings);
    let error = Standard::of(&[1.0, f32::NAN], 2).unwrap_err().to_string();
    assert!(error.contains("the embedding of image 0"), "{error}");
    let head = blank(HeadPrior::default());
    let example = |embedding, target| Example { offset: 0.0, embedding, target, weight: 1.0 };
    assert!(head.fit(&[example(&[1.0], 0.0)]).is_err());
    let error = head.fit(&[example(&[1.0, 2.0], 1.5)]).unwrap_err().to_string();
    assert!(error.contains("the target of image 0 is 1.5"), "{error}");
    assert!(head.rerank(&[0.0], &[1.0]).is_err());
    let prior = HeadPrior { deviations: vec![0.0], shift: 1.0 };
    assert!(LiveHead::new(head.standard.clone(), prior).unwrap_err().to_string().contains("deviations"));
}
