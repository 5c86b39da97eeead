//! What the audit says about the number of lenses is right on average, and its intervals hold.

use acquisition::{
    Audit, AuditRound, Audited, Frame, Greedy, Interval, Known, Portfolio, PortfolioConfig, Selected,
    Selector, Strategy, horvitz_thompson,
};
use domain::Seed;

use crate::made::{lenses, made};

/// What an audit says if votes are right; the network is not asked.
fn by_the_draw(drawn: impl IntoIterator<Item = (f64, f64)>) -> Interval {
    let drawn = drawn
        .into_iter()
        .map(|(inclusion_probability, value)| Audited { probability: 0.5, inclusion_probability, value })
        .collect();
    let round = AuditRound { drawn, frame: Frame::of([]), known: Known::default() };
    horvitz_thompson(&[round]).expect("there is an audit")
}

fn of_rows<'a>(rows: impl IntoIterator<Item = &'a Selected>, is_lens: impl Fn(usize) -> bool) -> Interval {
    by_the_draw(
        rows.into_iter()
            .filter(|row| row.strategy == Strategy::Audit)
            .map(|row| (row.inclusion_probability, f64::from(u8::from(is_lens(row.index))))),
    )
}

#[test]
fn the_estimate_is_unbiased_and_the_interval_holds_though_greedy_took_its_pick() {
    let made = made(4_000, 4, 11);
    let pool = made.pool();
    let truth = lenses(&pool, 1);
    let all = truth.iter().filter(|lens| **lens).count() as f64;
    // EPIG changes nothing here and takes its time.
    let config = PortfolioConfig { epig_share: 0.0, ..PortfolioConfig::default() };
    let portfolio = Portfolio::new(config).unwrap();
    let (mut sum, mut squares, mut covered) = (0.0, 0.0, 0);
    let seeds = 600;
    for seed in 0..seeds {
        let rows = portfolio.select(&pool, 2_000, 0, Seed::root(seed)).unwrap();
        let total = of_rows(&rows, |index| truth[index]);
        sum += total.estimate;
        squares += total.estimate.powi(2);
        covered += u32::from(total.holds(all));
    }
    let n = seeds as f64;
    let (mean, variance) = (sum / n, squares / n - (sum / n).powi(2));
    println!(
        "{all} lenses; mean estimate {mean:.1} ± {:.1}; holds {covered} of {seeds}",
        (variance / n).sqrt()
    );
    assert!((mean - all).abs() < 4.0 * (variance / n).sqrt());
    assert!(f64::from(covered) >= 0.93 * n, "{covered} of {seeds}");
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
            let total = of_rows(&rows, |index| hidden.contains(&index));
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
    let total = of_rows(&rows, |index| truth[index]);
    let all = truth.iter().filter(|lens| **lens).count() as f64;
    assert_eq!((total.low, total.estimate, total.high), (all, all, all));
}

#[test]
fn counts_of_equal_weight_have_the_known_poisson_interval() {
    // Ten cases: the exact 95 % interval of a Poisson count is 4.795 to 18.391; with weight 1/π
    // and (1−π) near 1 the limits scale with the weight.
    let pi = 1e-9;
    let total = by_the_draw([(pi, 1.0); 10]);
    assert!((total.low * pi - 4.795).abs() < 1e-3, "{}", total.low * pi);
    assert!((total.high * pi - 18.391).abs() < 1e-3, "{}", total.high * pi);
    let none = by_the_draw([(0.01, 0.0); 50]);
    assert_eq!((none.estimate, none.low), (0.0, 0.0));
    assert!((none.high - 368.888).abs() < 1e-2, "3.69 of the largest weight: {}", none.high);
}

#[test]
fn rows_without_a_probability_are_left_out() {
    let total = by_the_draw([0.0, -1.0, f64::NAN, 1.5].map(|pi| (pi, 1.0)));
    assert_eq!((total.estimate, total.high), (0.0, 0.0));
    assert!(horvitz_thompson(&[]).is_none());
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
