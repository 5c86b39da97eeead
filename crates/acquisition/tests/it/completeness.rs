//! What the audit says about the number of lenses is right on average, and its intervals hold.

use acquisition::{
    Audit, Greedy, Observation, Portfolio, PortfolioConfig, Selector, Strategy, completeness,
    horvitz_thompson,
};
use domain::Seed;

use crate::made::{lenses, made};

#[test]
fn the_estimate_is_unbiased_and_the_interval_holds_though_greedy_took_its_pick() {
    let made = made(4_000, 4, 11);
    let pool = made.pool();
    let truth = lenses(&pool, 1);
    let all = truth.iter().filter(|lens| **lens).count() as f64;
    // EPIG changes nothing here and takes its time.
    let config = PortfolioConfig { epig_share: 0.0, ..PortfolioConfig::default() };
    let portfolio = Portfolio::new(config).unwrap();
    let (mut sum, mut squares, mut variances, mut covered, mut complete) = (0.0, 0.0, 0.0, 0, 0);
    let seeds = 600;
    for seed in 0..seeds {
        let rows = portfolio.select(&pool, 2_000, 0, Seed::root(seed)).unwrap();
        let lens = |index: usize| f64::from(u8::from(truth[index]));
        let audit: Vec<Observation> = rows
            .iter()
            .filter(|row| row.strategy == Strategy::Audit)
            .map(|row| Observation {
                inclusion_probability: row.inclusion_probability,
                value: lens(row.index),
            })
            .collect();
        let total = horvitz_thompson(&audit);
        let found: f64 = rows.iter().map(|row| lens(row.index)).sum();
        let share = completeness(found, &total);
        sum += total.estimate;
        squares += total.estimate.powi(2);
        variances += total.variance;
        covered += u32::from(total.low <= all && all <= total.high);
        complete += u32::from(share.low <= found / all && found / all <= share.high);
    }
    let n = seeds as f64;
    let (mean, variance) = (sum / n, squares / n - (sum / n).powi(2));
    println!("{all} lenses; mean estimate {mean:.1} ± {:.1}", (variance / n).sqrt());
    println!(
        "σ {:.1}, claimed {:.1}; interval holds {covered}, of completeness {complete}, of {seeds}",
        variance.sqrt(),
        (variances / n).sqrt()
    );
    assert!((mean - all).abs() < 4.0 * (variance / n).sqrt());
    assert!((variances / n / variance - 1.0).abs() < 0.25, "the variance estimate is unbiased too");
    assert!(f64::from(covered) >= 0.93 * n, "{covered} of {seeds}");
    assert!(f64::from(complete) >= 0.93 * n, "{complete} of {seeds}");
}

#[test]
fn rare_lenses_keep_an_honest_interval() {
    // Three lenses where the network expects none: most audits see not one of them.
    let made = made(4_000, 2, 12);
    let pool = made.pool();
    let mut by_probability: Vec<usize> = (0..4_000).collect();
    by_probability.sort_by(|a, b| made.probabilities[*a].total_cmp(&made.probabilities[*b]));
    let hidden = &by_probability[100..103];
    let seeds = 400;
    let covered = (0..seeds)
        .filter(|seed| {
            let rows = Audit::default().select(&pool, 200, Seed::root(*seed)).unwrap();
            let audit: Vec<Observation> = rows
                .iter()
                .map(|row| Observation {
                    inclusion_probability: row.inclusion_probability,
                    value: f64::from(u8::from(hidden.contains(&row.index))),
                })
                .collect();
            let total = horvitz_thompson(&audit);
            total.low <= 3.0 && 3.0 <= total.high
        })
        .count();
    assert!(covered as f64 >= 0.95 * seeds as f64, "{covered} of {seeds}");
}

#[test]
fn looking_at_everything_is_exact() {
    let made = made(300, 2, 13);
    let truth = lenses(&made.pool(), 2);
    let rows = Audit::default().select(&made.pool(), 300, Seed::root(1)).unwrap();
    let audit: Vec<Observation> = rows
        .iter()
        .map(|row| Observation {
            inclusion_probability: row.inclusion_probability,
            value: f64::from(u8::from(truth[row.index])),
        })
        .collect();
    let total = horvitz_thompson(&audit);
    let all = truth.iter().filter(|lens| **lens).count() as f64;
    assert_eq!((total.low, total.estimate, total.high, total.variance), (all, all, all, 0.0));
    assert_eq!(total.sampled, 300);
    let half = completeness(all / 2.0, &total);
    assert_eq!((half.low, half.estimate, half.high), (0.5, Some(0.5), 0.5));
}

#[test]
fn counts_of_equal_weight_have_the_known_poisson_interval() {
    // Ten cases: the exact 95 % interval of a Poisson count is 4.795 to 18.391; with weight 1/π
    // and (1−π) near 1 the limits scale with the weight.
    let pi = 1e-9;
    let observations = [Observation { inclusion_probability: pi, value: 1.0 }; 10];
    let total = horvitz_thompson(&observations);
    assert!((total.low * pi - 4.795).abs() < 1e-3, "{}", total.low * pi);
    assert!((total.high * pi - 18.391).abs() < 1e-3, "{}", total.high * pi);
    let none = horvitz_thompson(&[Observation { inclusion_probability: 0.01, value: 0.0 }; 50]);
    assert_eq!((none.estimate, none.low), (0.0, 0.0));
    assert!((none.high - 368.888).abs() < 1e-2, "3.69 of the largest weight: {}", none.high);
    let known = completeness(0.0, &none);
    assert_eq!((known.estimate, known.low, known.high), (None, 0.0, 1.0));
}

#[test]
fn rows_without_a_probability_are_left_out() {
    let wrong = [0.0, -1.0, f64::NAN, 1.5].map(|pi| Observation { inclusion_probability: pi, value: 1.0 });
    let total = horvitz_thompson(&wrong);
    assert_eq!((total.sampled, total.estimate, total.high), (0, 0.0, 0.0));
    assert_eq!(horvitz_thompson(&[]).sampled, 0);
}

#[test]
fn greedy_rows_would_mislead_and_say_so_by_their_strategy() {
    let made = made(4_000, 2, 14);
    let truth = lenses(&made.pool(), 3);
    let all = truth.iter().filter(|lens| **lens).count() as f64;
    let rows = Greedy.select(&made.pool(), 400, Seed::root(1)).unwrap();
    let seen = rows.iter().filter(|row| truth[row.index]).count() as f64;
    assert!(rows.iter().all(|row| row.strategy == Strategy::Greedy && row.inclusion_probability == 1.0));
    assert!(seen < all, "a probability of 1 for the chosen says nothing about the rest");
}
