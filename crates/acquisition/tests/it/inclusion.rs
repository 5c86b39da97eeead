//! The logged inclusion probabilities are the frequencies over many seeds.

use acquisition::{Audit, Portfolio, PortfolioConfig, PowerBald, Random, Selector, Strategy, bald_bits};
use domain::Seed;

use crate::made::made;

const SEEDS: u64 = 4_000;

/// Five standard errors of a frequency, so that a hundred comparisons hold together.
fn within(frequency: f64, probability: f64) -> bool {
    let error = (probability * (1.0 - probability) / SEEDS as f64).sqrt();
    (frequency - probability).abs() <= 5.0 * error + 1e-12
}

#[test]
fn random_includes_each_image_equally() {
    let made = made(60, 2, 1);
    let mut chosen = vec![0.0; 60];
    for seed in 0..SEEDS {
        for row in Random.select(&made.pool(), 15, Seed::root(seed)).unwrap() {
            assert_eq!(row.inclusion_probability, 0.25);
            chosen[row.index] += 1.0 / SEEDS as f64;
        }
    }
    assert!(chosen.iter().all(|f| within(*f, 0.25)), "{chosen:?}");
}

#[test]
fn the_audit_includes_each_image_as_logged_and_on_its_own() {
    let made = made(80, 2, 2);
    let all: Vec<usize> = (0..80).collect();
    let plan = Audit::default().plan(&made.pool(), &all, 20);
    let expected: Vec<f64> = made
        .probabilities
        .iter()
        .map(|p| plan.iter().find(|s| *p >= s.low && *p < s.high).unwrap().inclusion_probability)
        .collect();
    let (mut chosen, mut sizes, mut squares, mut together) = (vec![0.0; 80], 0.0, 0.0, 0.0);
    for seed in 0..SEEDS {
        let rows = Audit::default().select(&made.pool(), 20, Seed::root(seed)).unwrap();
        for row in &rows {
            assert_eq!(row.inclusion_probability, expected[row.index]);
            chosen[row.index] += 1.0 / SEEDS as f64;
        }
        let has = |i| rows.iter().any(|row| row.index == i);
        together += f64::from(u8::from(has(0) && has(1))) / SEEDS as f64;
        sizes += rows.len() as f64 / SEEDS as f64;
        squares += (rows.len() as f64).powi(2) / SEEDS as f64;
    }
    for (frequency, probability) in chosen.iter().zip(&expected) {
        assert!(within(*frequency, *probability), "{frequency} against {probability}");
    }
    assert!(within(together, expected[0] * expected[1]), "two images are drawn independently");
    let variance: f64 = expected.iter().map(|p| p * (1.0 - p)).sum();
    assert!((sizes - 20.0).abs() < 5.0 * (variance / SEEDS as f64).sqrt(), "{sizes}");
    assert!(
        ((squares - sizes * sizes) / variance - 1.0).abs() < 0.15,
        "the size varies as Poisson sampling does"
    );
}

#[test]
fn one_draw_of_power_bald_is_proportional_to_the_disagreement() {
    let made = made(12, 4, 3);
    let bald: Vec<f64> = (0..12).map(|i| bald_bits(made.members.iter().map(|m| f64::from(m[i])))).collect();
    for beta in [0.0, 1.0, 2.0] {
        let total: f64 = bald.iter().map(|b| b.powf(beta)).sum();
        let mut chosen = [0.0; 12];
        for seed in 0..SEEDS {
            let rows = PowerBald::new(beta).unwrap().select(&made.pool(), 1, Seed::root(seed)).unwrap();
            chosen[rows[0].index] += 1.0 / SEEDS as f64;
        }
        for (frequency, bald) in chosen.iter().zip(&bald) {
            assert!(within(*frequency, bald.powf(beta) / total), "beta {beta}: {chosen:?}");
        }
    }
}

#[test]
fn the_inverse_of_power_balds_probability_is_an_unbiased_weight() {
    let made = made(60, 4, 4);
    let (mut mean, mut square) = (vec![0.0; 60], vec![0.0; 60]);
    for seed in 0..SEEDS {
        for row in PowerBald::default().select(&made.pool(), 20, Seed::root(seed)).unwrap() {
            let weight = 1.0 / row.inclusion_probability;
            mean[row.index] += weight / SEEDS as f64;
            square[row.index] += weight * weight / SEEDS as f64;
        }
    }
    // Images that are hardly ever drawn have a heavy tail that no simulation reaches.
    let checked = (0..60).filter(|i| square[*i] > 0.0 && square[*i] < 50.0);
    let mut count = 0;
    for i in checked {
        let error = ((square[i] - mean[i] * mean[i]) / SEEDS as f64).sqrt();
        assert!((mean[i] - 1.0).abs() < 5.0 * error + 1e-3, "image {i}: {} ± {error}", mean[i]);
        count += 1;
    }
    assert!(count > 30, "only {count} images were checked");
}

#[test]
fn the_audit_inside_a_portfolio_is_untouched_by_what_others_want() {
    let made = made(80, 4, 5);
    let all: Vec<usize> = (0..80).collect();
    let config = PortfolioConfig { audit_share: 0.3, explore_first: 0.3, ..PortfolioConfig::default() };
    let portfolio = Portfolio::new(config).unwrap();
    let plan = Audit::default().plan(&made.pool(), &all, 12);
    let mut chosen = vec![0.0; 80];
    for seed in 0..SEEDS {
        let rows = portfolio.select(&made.pool(), 40, 0, Seed::root(seed)).unwrap();
        for row in rows.iter().filter(|row| row.strategy == Strategy::Audit) {
            chosen[row.index] += 1.0 / SEEDS as f64;
        }
    }
    for (frequency, p) in chosen.iter().zip(&made.probabilities) {
        let probability = plan.iter().find(|s| *p >= s.low && *p < s.high).unwrap().inclusion_probability;
        assert!(within(*frequency, probability), "{frequency} against {probability}");
    }
}
