//! What every strategy promises: the right number, nothing twice, the same by the same seed,
//! and no dependence on how the pool is listed.

use std::collections::HashSet;

use acquisition::{
    Audit, AuditConfig, Entropy, Exploration, Greedy, Pool, Portfolio, PortfolioConfig, PowerBald,
    PriorShift, Random, SelectError, Selected, Selector, Strategy, bald_bits,
};
use domain::{Seed, SubjectId, logit, sigmoid};
use proptest::{prelude::*, strategy::Strategy as _};

use crate::made::made;

fn selectors() -> Vec<Box<dyn Selector>> {
    let shift = PriorShift { trained: 0.5, pool: 0.01 };
    vec![
        Box::new(Random),
        Box::new(Greedy),
        Box::new(Entropy::new(Some(shift)).unwrap()),
        Box::new(PowerBald::default()),
        Box::new(Audit::default()),
    ]
}

fn portfolio() -> Portfolio {
    Portfolio::new(PortfolioConfig::default()).unwrap()
}

/// What must not depend on the positions.
fn essence(rows: &[Selected]) -> Vec<(SubjectId, Strategy, usize, u64, u64)> {
    rows.iter()
        .map(|r| (r.subject, r.strategy, r.rank, r.inclusion_probability.to_bits(), r.score.to_bits()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_the_pool_does_not_matter(
        (order, seed, budget) in (1..60_usize).prop_flat_map(|n| {
            (Just((0..n).collect::<Vec<_>>()).prop_shuffle(), any::<u64>(), 0..70_usize)
        })
    ) {
        let listed = made(order.len(), 4, seed);
        let other = listed.permuted(&order);
        for selector in selectors() {
            let one = selector.select(&listed.pool(), budget, Seed::root(seed)).unwrap();
            let two = selector.select(&other.pool(), budget, Seed::root(seed)).unwrap();
            prop_assert_eq!(essence(&one), essence(&two), "{}", selector.strategy());
            prop_assert!(two.iter().all(|row| other.ids[row.index] == row.subject));
        }
        for round in [0, 2, 9] {
            let one = portfolio().select(&listed.pool(), budget, round, Seed::root(seed)).unwrap();
            let two = portfolio().select(&other.pool(), budget, round, Seed::root(seed)).unwrap();
            prop_assert_eq!(essence(&one), essence(&two));
        }
    }

    #[test]
    fn the_budget_is_met_and_no_image_comes_twice(n in 0..300_usize, budget in 0..400_usize, seed: u64) {
        let made = made(n, 3, seed);
        for selector in selectors() {
            let rows = selector.select(&made.pool(), budget, Seed::root(seed)).unwrap();
            if selector.strategy() != Strategy::Audit {
                prop_assert_eq!(rows.len(), budget.min(n), "{}", selector.strategy());
            }
            sound(&rows)?;
        }
        let rows = portfolio().select(&made.pool(), budget, 1, Seed::root(seed)).unwrap();
        let audited = rows.iter().filter(|row| row.strategy == Strategy::Audit).count();
        prop_assert_eq!(rows.len(), budget.min(n).max(audited));
        sound(&rows)?;
    }
}

/// Nothing twice, ranks without holes within a strategy, probabilities in (0, 1].
fn sound(rows: &[Selected]) -> Result<(), TestCaseError> {
    let distinct: HashSet<_> = rows.iter().map(|row| row.subject).collect();
    prop_assert_eq!(distinct.len(), rows.len());
    for strategy in Strategy::ALL {
        let ranks: Vec<usize> = rows.iter().filter(|r| r.strategy == strategy).map(|r| r.rank).collect();
        prop_assert_eq!(&ranks, &(0..ranks.len()).collect::<Vec<_>>());
    }
    for row in rows {
        prop_assert!(row.inclusion_probability > 0.0 && row.inclusion_probability <= 1.0, "{:?}", row);
    }
    Ok(())
}

#[test]
fn the_same_seed_chooses_the_same_and_another_does_not() {
    let made = made(500, 3, 1);
    let by_chance: [&dyn Selector; 3] = [&Random, &PowerBald::default(), &Audit::default()];
    for selector in by_chance {
        let choose = |seed| essence(&selector.select(&made.pool(), 50, Seed::root(seed)).unwrap());
        assert_eq!(choose(1), choose(1));
        assert_ne!(choose(1), choose(2), "{}", selector.strategy());
    }
}

#[test]
fn strategies_choose_only_among_what_is_open() {
    let made = made(100, 3, 1);
    let open: Vec<usize> = (0..100).filter(|i| i % 3 == 0).collect();
    for selector in selectors() {
        let rows = selector.select_among(&made.pool(), &open, 20, Seed::root(1)).unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| row.index % 3 == 0));
    }
}

#[test]
fn greedy_takes_the_highest_and_breaks_ties_by_id() {
    let ids = [5, 4, 3, 2, 1].map(SubjectId);
    let pool = Pool::new(&ids, &[0.1, 0.9, 0.2, 0.2, 0.2]).unwrap();
    let rows = Greedy.select(&pool, 3, Seed::root(1)).unwrap();
    assert_eq!(rows.iter().map(|r| r.subject.0).collect::<Vec<_>>(), [4, 1, 2]);
    assert!(rows.iter().all(|r| r.inclusion_probability == 1.0));
}

#[test]
fn prior_correction_moves_the_uncertain_point_to_the_base_rate() {
    let shift = PriorShift { trained: 0.5, pool: 0.01 };
    assert!((shift.apply(0.99) - 0.5).abs() < 1e-12);
    assert!((logit(shift.apply(0.3)) - (logit(0.3) + logit(0.01))).abs() < 1e-12);
    assert_eq!((shift.apply(0.0), shift.apply(1.0)), (0.0, 1.0));
    let ids = [1, 2, 3].map(SubjectId);
    let pool = Pool::new(&ids, &[0.5, 0.985, 0.999_99]).unwrap();
    let first = |entropy: Entropy| entropy.select(&pool, 1, Seed::root(1)).unwrap()[0].subject.0;
    assert_eq!(first(Entropy::new(None).unwrap()), 1);
    assert_eq!(first(Entropy::new(Some(shift)).unwrap()), 2);
}

#[test]
fn bald_is_what_members_disagree_on_and_not_what_nobody_can_tell() {
    assert!((bald_bits([0.0, 1.0]) - 1.0).abs() < 1e-15);
    assert_eq!(bald_bits([0.5, 0.5]), 0.0);
    assert_eq!(bald_bits([]), 0.0);
    let expected = domain::binary_entropy_bits(0.5) - domain::binary_entropy_bits(0.2);
    assert!((bald_bits([0.2, 0.8]) - expected).abs() < 1e-15);
    let ids: Vec<SubjectId> = (0..100).map(SubjectId).collect();
    let mut members = vec![vec![0.5_f32; 100]; 2];
    (members[0][7], members[1][7]) = (0.2, 0.7);
    let probabilities = vec![0.5; 100];
    let pool = Pool::new(&ids, &probabilities).unwrap().with_members(&members).unwrap();
    for seed in 0..50 {
        let rows = PowerBald::default().select(&pool, 1, Seed::root(seed)).unwrap();
        assert_eq!(rows[0].subject, SubjectId(7));
    }
}

#[test]
fn a_portfolio_explores_early_and_exploits_late() {
    let portfolio = portfolio();
    let (first, last) = (portfolio.shares(0), portfolio.shares(4));
    assert_eq!((first.audit, first.explore), (0.1, 0.6));
    assert!((first.exploit - 0.2).abs() < 1e-12 && (last.exploit - 0.6).abs() < 1e-12);
    assert_eq!((first.relabel, last.relabel), (0.1, 0.1));
    assert_eq!(portfolio.shares(40), last);
    let made = made(5_000, 4, 3);
    let count = |round, strategy| {
        let rows = portfolio.select(&made.pool(), 500, round, Seed::root(8)).unwrap();
        rows.iter().filter(|row| row.strategy == strategy).count()
    };
    let explored = |round| count(round, Strategy::PowerBald) + count(round, Strategy::Epig);
    assert!(explored(0) > 280 && count(0, Strategy::Epig) > 60 && count(0, Strategy::Greedy) < 170);
    assert!(explored(4) < 110 && count(4, Strategy::Greedy) > 330);
    assert!((25..=85).contains(&count(0, Strategy::Audit)));
}

#[test]
fn every_round_of_a_portfolio_has_luck_of_its_own() {
    let made = made(5_000, 4, 3);
    let audited = |round| -> HashSet<SubjectId> {
        let rows = portfolio().select(&made.pool(), 2_000, round, Seed::root(8)).unwrap();
        rows.iter().filter(|row| row.strategy == Strategy::Audit).map(|row| row.subject).collect()
    };
    let (first, second) = (audited(0), audited(1));
    assert!(first.intersection(&second).count() < first.len() / 3);
    assert!(second.len() > 120, "a second audit is as large as the first");
}

#[test]
fn a_portfolio_cut_short_gave_every_strategy_its_part() {
    let made = made(5_000, 4, 3);
    let rows = portfolio().select(&made.pool(), 500, 0, Seed::root(8)).unwrap();
    let share = |part: &[Selected], strategy| {
        part.iter().filter(|row| row.strategy == strategy).count() as f64 / part.len() as f64
    };
    for strategy in [Strategy::Audit, Strategy::Greedy, Strategy::PowerBald] {
        assert!((share(&rows, strategy) - share(&rows[..100], strategy)).abs() < 0.02, "{strategy}");
    }
}

#[test]
fn without_members_a_portfolio_explores_by_entropy_and_says_so() {
    let made = made(300, 2, 3);
    let pool = Pool::new(&made.ids, &made.probabilities).unwrap();
    let rows = portfolio().select(&pool, 60, 0, Seed::root(8)).unwrap();
    assert!(rows.iter().any(|row| row.strategy == Strategy::Entropy));
    assert!(!rows.iter().any(|row| row.strategy == Strategy::PowerBald));
    let error = PowerBald::default().select(&pool, 1, Seed::root(1)).unwrap_err().to_string();
    assert!(error.contains("power_bald needs") && error.contains("Pool::with_members"), "{error}");
}

#[test]
fn an_audit_plan_adds_up_to_its_budget_and_leaves_nothing_out_of_reach() {
    let made = made(20_000, 2, 5);
    let all: Vec<usize> = (0..20_000).collect();
    for budget in [1, 50, 500, 5_000, 19_999, 20_000, 30_000] {
        let plan = Audit::default().plan(&made.pool(), &all, budget);
        let expected: f64 = plan.iter().map(|s| s.images as f64 * s.inclusion_probability).sum();
        assert!((expected - budget.min(20_000) as f64).abs() < 1e-6, "{budget}: {expected}");
        assert_eq!(plan.iter().map(|s| s.images).sum::<usize>(), 20_000);
        let even = 0.29 * budget.min(20_000) as f64 / 20_000.0;
        assert!(plan.iter().all(|s| s.inclusion_probability >= even.min(1.0)), "{plan:?}");
        assert!(
            plan.windows(2)
                .all(|w| w[0].images == 0 || w[0].inclusion_probability <= w[1].inclusion_probability)
        );
    }
}

#[test]
fn an_audit_of_a_pool_without_any_hope_is_even() {
    let ids: Vec<SubjectId> = (0..100).map(SubjectId).collect();
    let zeros = vec![0.0; 100];
    let pool = Pool::new(&ids, &zeros).unwrap();
    let rows = Audit::default().select(&pool, 10, Seed::root(1)).unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| (row.inclusion_probability - 0.1).abs() < 1e-12));
}

#[test]
fn wrong_pools_and_settings_are_named_with_a_remedy() {
    let ids = [1, 2, 1].map(SubjectId);
    let message = |error: SelectError| error.to_string();
    assert!(message(Pool::new(&ids, &[0.1; 3]).unwrap_err()).contains("subject 1 is in the pool twice"));
    assert!(message(Pool::new(&ids[..2], &[0.1; 3]).unwrap_err()).contains("2 probabilities, 3 were given"));
    let nan = Pool::new(&ids[..2], &[0.1, f64::NAN]).unwrap_err();
    assert!(message(nan).contains("the probability of subject 2 is NaN"));
    let pool = Pool::new(&ids[..2], &[0.1, 0.2]).unwrap();
    assert!(pool.with_members(&[vec![0.1, 0.2]]).is_err());
    assert!(pool.with_members(&[vec![0.1, 0.2], vec![0.1]]).is_err());
    assert!(pool.with_members(&[vec![0.1, 0.2], vec![0.1, 1.5]]).is_err());
    assert!(PowerBald::new(-1.0).is_err());
    assert!(Entropy::new(Some(PriorShift { trained: 1.0, pool: 0.1 })).is_err());
    assert!(Audit::new(AuditConfig { edges: vec![0.2, 0.1], ..AuditConfig::default() }).is_err());
    assert!(Audit::new(AuditConfig { even_share: 0.0, ..AuditConfig::default() }).is_err());
    assert!(Portfolio::new(PortfolioConfig { explore_first: 0.95, ..PortfolioConfig::default() }).is_err());
    assert!(Portfolio::new(PortfolioConfig { audit_share: -0.1, ..PortfolioConfig::default() }).is_err());
    assert!("greediest".parse::<Strategy>().is_err());
    assert!(Strategy::ALL.iter().all(|s| s.to_string().parse() == Ok(*s)));
}

#[test]
fn an_empty_pool_gives_nothing() {
    let pool = Pool::new(&[], &[]).unwrap();
    assert_eq!(portfolio().select(&pool, 10, 0, Seed::root(1)), Ok(Vec::new()));
}

#[test]
fn a_configuration_is_read_with_defaults_and_unknown_names_are_refused() {
    let read = |text: &str| serde_json::from_str::<PortfolioConfig>(text);
    let expected =
        PortfolioConfig { exploration: Exploration::Random, rounds: 3, ..PortfolioConfig::default() };
    assert_eq!(read(r#"{"rounds":3,"exploration":"random"}"#).unwrap(), expected);
    assert!(read(r#"{"exploration":{"power_bald":{"beta":2.0}}}"#).is_ok());
    assert!(read(r#"{"explore":0.5}"#).is_err());
    assert!((sigmoid(0.0) - 0.5).abs() < 1e-15);
}
