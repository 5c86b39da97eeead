//! Every strategy of the registry: its promises as properties, its choice against a literal
//! computation, and what it says when something is missing.

use std::collections::HashSet;

use acquisition::{
    Badge, Bald, Ens, EnsConfig, Epig, EpigConfig, Greedy, KCenter, Loss, Pool, Portfolio, PortfolioConfig,
    SelectError, Selected, Selector, Similarity, SimilarityConfig, SoftRankBald, Strategy, StrategyConfig,
    Typiclust, Ucb, Variation, bald_bits, lure, mutual_information_bits,
};
use domain::{Seed, SubjectId};
use proptest::{prelude::*, strategy::Strategy as _};

use crate::made::{Rich, rich};

fn all() -> Vec<StrategyConfig> {
    Strategy::ALL.map(|strategy| strategy.name().parse().unwrap()).to_vec()
}

fn choose(config: &StrategyConfig, pool: &Pool<'_>, budget: usize, seed: u64) -> Vec<Selected> {
    config.build().unwrap().select(pool, budget, Seed::root(seed)).unwrap()
}

fn essence(rows: &[Selected]) -> Vec<(SubjectId, Strategy, usize, u64, u64)> {
    rows.iter()
        .map(|r| (r.subject, r.strategy, r.rank, r.inclusion_probability.to_bits(), r.score.to_bits()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_the_pool_is_irrelevant_and_the_seed_decides(
        (order, seed, budget) in (1..90_usize).prop_flat_map(|n| {
            (Just((0..n).collect::<Vec<_>>()).prop_shuffle(), any::<u64>(), 0..100_usize)
        })
    ) {
        let listed = rich(order.len(), seed);
        let other = listed.permuted(&order);
        for config in all() {
            let one = choose(&config, &listed.pool(), budget, seed);
            let two = choose(&config, &other.pool(), budget, seed);
            prop_assert_eq!(essence(&one), essence(&two), "{:?}", config);
            prop_assert!(two.iter().all(|row| other.made.ids[row.index] == row.subject));
        }
    }

    #[test]
    fn the_budget_is_met_without_labelled_or_repeated_images(
        n in 0..200_usize, budget in 0..250_usize, seed: u64, labels in 0..4_u8
    ) {
        let pool = rich(n, seed);
        // As made, none, one class only (either).
        let pool = match labels {
            0 => pool,
            1 => pool.labelled([]),
            two => pool.labelled((0..n).filter(|i| i % 7 == 0).map(|i| (i, f32::from(two - 2)))),
        };
        let open = pool.pool().unlabelled().len();
        for config in all() {
            let rows = choose(&config, &pool.pool(), budget, seed);
            let distinct: HashSet<_> = rows.iter().map(|row| row.subject).collect();
            prop_assert_eq!(distinct.len(), rows.len(), "{:?}", config);
            let known: HashSet<usize> = pool.labelled.iter().map(|label| label.index).collect();
            let again = |row: &Selected| row.strategy == Strategy::Relabel;
            prop_assert!(rows.iter().all(|row| again(row) || !known.contains(&row.index)), "{:?}", config);
            let audited = rows.iter().filter(|row| row.strategy == Strategy::Audit).count();
            let relabelled = rows.iter().filter(|row| again(row)).count();
            match config.strategy() {
                Strategy::Audit => {}
                Strategy::Relabel => prop_assert_eq!(rows.len(), budget.min(pool.disputed.len())),
                Strategy::Portfolio => {
                    prop_assert!(rows.len() <= budget.max(audited));
                    prop_assert!(rows.len() >= budget.min(open + relabelled).min(open), "{}", rows.len());
                }
                _ => prop_assert_eq!(rows.len(), budget.min(open), "{:?}", config),
            }
            for strategy in Strategy::ALL {
                let ranks: Vec<usize> =
                    rows.iter().filter(|r| r.strategy == strategy).map(|r| r.rank).collect();
                prop_assert_eq!(&ranks, &(0..ranks.len()).collect::<Vec<_>>(), "{:?}", config);
            }
            for row in &rows {
                let chance = row.inclusion_probability;
                prop_assert!(chance > 0.0 && chance <= 1.0 && !row.score.is_nan(), "{row:?}");
            }
        }
    }
}

#[test]
fn names_are_those_of_the_rows_and_unknown_ones_are_answered_with_all() {
    let pool = rich(60, 1);
    for config in all() {
        let name = config.strategy().name();
        let text = serde_json::to_value(&config).unwrap();
        assert_eq!(text["name"], name);
        assert_eq!(serde_json::from_value::<StrategyConfig>(text).unwrap(), config);
        assert_eq!(config.build().unwrap().strategy(), config.strategy());
        if config.strategy() != Strategy::Portfolio {
            let rows = choose(&config, &pool.pool(), 20, 1);
            assert!(!rows.is_empty() && rows.iter().all(|row| row.strategy.name() == name), "{name}");
        }
    }
    let read = |text: &str| serde_json::from_str::<StrategyConfig>(text);
    for error in [
        read(r#"{"name":"greedyest"}"#).unwrap_err().to_string(),
        "greedyest".parse::<StrategyConfig>().unwrap_err().to_string(),
    ] {
        assert!(Strategy::ALL.iter().all(|s| error.contains(s.name())), "{error}");
    }
    for misspelt in [
        r#"{"name":"random","beta":1.0}"#,
        r#"{"name":"power_bald","betta":1.0}"#,
        r#"{"name":"epig","target":5}"#,
        r#"{"name":"portfolio","audit":{"edge":[0.1]}}"#,
    ] {
        assert!(read(misspelt).unwrap_err().to_string().contains("unknown field"), "{misspelt}");
    }
    for wrong in [
        r#"{"name":"ucb","kappa":-1.0}"#,
        r#"{"name":"epig","targets":0}"#,
        r#"{"name":"direct","search":1.5}"#,
        r#"{"name":"ens","prior_weight":0.0}"#,
        r#"{"name":"typiclust","clusters":0}"#,
        r#"{"name":"expected_improvement","incumbent":2.0}"#,
        r#"{"name":"portfolio","diversity":{"over":0.5}}"#,
    ] {
        let error = read(wrong).unwrap().build().err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("selection setting"), "{wrong}: {error}");
    }
}

#[test]
fn what_is_missing_is_named_with_the_remedy() {
    let pool = rich(40, 2);
    let message = |name: &str| {
        let config: StrategyConfig = name.parse().unwrap();
        let rows = config.build().unwrap().select(&pool.bare(), 5, Seed::root(1));
        rows.map(|rows| rows.len()).map_err(|error| error.to_string())
    };
    for name in ["typiclust", "k_center", "badge", "similarity", "ens"] {
        let error = message(name).unwrap_err();
        assert!(error.starts_with(name) && error.contains("Pool::with_embeddings"), "{error}");
    }
    for name in ["bald", "power_bald", "soft_rank_bald", "variation", "ucb", "expected_improvement", "epig"] {
        let error = message(name).unwrap_err();
        assert!(error.starts_with(name) && error.contains("Pool::with_members"), "{error}");
    }
    assert!(message("relabel").unwrap_err().contains("Pool::with_disputed"));
    for name in ["random", "greedy", "entropy", "margin", "least_confidence", "direct", "audit", "portfolio"]
    {
        assert!(message(name).is_ok(), "{name}");
    }
    let doubt = pool.bare().with_doubt(&pool.doubt).unwrap();
    let error = Epig::default().select(&doubt, 5, Seed::root(1)).unwrap_err().to_string();
    assert!(error.contains("Pool::with_embeddings"), "{error}");
    let unknown = Similarity::new(SimilarityConfig { examples: vec![SubjectId(-5)] });
    assert_eq!(unknown.select(&pool.pool(), 5, Seed::root(1)), Err(SelectError::NoExample(SubjectId(-5))));
}

#[test]
fn wrong_parts_of_a_pool_are_named() {
    use acquisition::{Doubt, Embeddings, Labelled};
    let pool = rich(10, 3);
    let bare = Pool::new(&pool.made.ids, &pool.made.probabilities).unwrap();
    let message = |result: Result<Pool<'_>, SelectError>| result.unwrap_err().to_string();
    assert!(message(bare.with_doubt(&pool.doubt[..9])).contains("10 doubts, 9 were given"));
    let mut doubt = pool.doubt.clone();
    doubt[2].variance = -1.0;
    assert!(message(bare.with_doubt(&doubt)).contains("variance of the logit of subject 10014 is -1"));
    doubt[2] = Doubt { logit: f64::NAN, variance: 1.0 };
    assert!(message(bare.with_doubt(&doubt)).contains("the logit of subject 10014 is NaN"));
    let embeddings = |numbers, dim| bare.with_embeddings(Embeddings { numbers, dim });
    assert!(message(embeddings(&pool.embeddings, 7)).contains("needs 70 numbers in embeddings"));
    assert!(embeddings(&[], 0).is_err());
    let mut numbers = pool.embeddings.clone();
    numbers[6] = f32::INFINITY;
    assert!(message(embeddings(&numbers, 6)).contains("embedding of subject 10007"));
    let label = |index, is_lens| Labelled { index, is_lens };
    assert!(message(bare.with_labelled(&[label(10, 0.0)])).contains("position 10 of a pool of 10"));
    assert!(message(bare.with_labelled(&[label(1, 0.0), label(1, 1.0)])).contains("twice"));
    assert!(message(bare.with_labelled(&[label(1, 1.5)])).contains("label of subject 10007 is 1.5"));
    assert!(message(bare.with_cells(&[1, 2])).contains("10 sky cells, 2"));
    assert!(message(bare.with_disputed(&[(3, -0.1)])).contains("information of one more vote"));
}

/// Positions chosen.
fn at(rows: &[Selected]) -> Vec<usize> {
    rows.iter().map(|row| row.index).collect()
}

/// The open positions by falling score, ties by id (positions rise with ids here).
fn ranked(pool: &Rich, score: impl Fn(usize) -> f64) -> Vec<(usize, f64)> {
    let mut all: Vec<(usize, f64)> = pool.pool().unlabelled().into_iter().map(|i| (i, score(i))).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all
}

#[test]
fn rankings_over_members_are_the_literal_ones() {
    let pool = rich(50, 4);
    let members = pool.bare().with_members(&pool.made.members).unwrap();
    let of = |i: usize| -> Vec<f64> { pool.made.members.iter().map(|m| f64::from(m[i])).collect() };
    let mean = |i: usize| of(i).iter().sum::<f64>() / 4.0;
    let deviation = |i: usize| (of(i).iter().map(|p| (p - mean(i)).powi(2)).sum::<f64>() / 4.0).sqrt();
    let check = |selector: &dyn Selector, score: &dyn Fn(usize) -> f64| {
        let rows = selector.select(&members, 12, Seed::root(1)).unwrap();
        for (row, (index, score)) in rows.iter().zip(ranked(&pool, score)) {
            assert_eq!(row.index, index, "{}", selector.strategy());
            assert!((row.score - score).abs() < 1e-12);
        }
    };
    check(&Bald, &|i| bald_bits(of(i)));
    check(&Variation, &deviation);
    check(&Ucb::new(2.0).unwrap(), &|i| mean(i) + 2.0 * deviation(i));
}

#[test]
fn epig_over_members_is_the_mean_mutual_information_with_the_targets() {
    let pool = rich(50, 5);
    let members = pool.bare().with_members(&pool.made.members).unwrap();
    let of = |i: usize| -> Vec<f64> { pool.made.members.iter().map(|m| f64::from(m[i])).collect() };
    // All of the top 8 are targets, so chance has no part.
    let targets: Vec<usize> =
        ranked(&pool, |i| pool.made.probabilities[i]).iter().take(8).map(|t| t.0).collect();
    let information = |i: usize| {
        let term = |t: &usize| {
            let (p, q) = (of(i), of(*t));
            let joint = p.iter().zip(&q).map(|(a, b)| a * b).sum::<f64>() / 4.0;
            let (p, q) = (p.iter().sum::<f64>() / 4.0, q.iter().sum::<f64>() / 4.0);
            mutual_information_bits(p, q, joint - p * q)
        };
        targets.iter().map(term).sum::<f64>() / 8.0
    };
    let config = EpigConfig { targets: 8, region: 1e-6, ..EpigConfig::default() };
    let rows = Epig::new(config).unwrap().select(&members, 45, Seed::root(1)).unwrap();
    for (row, (index, score)) in rows.iter().zip(ranked(&pool, information)) {
        assert!((row.score - score).abs() < 1e-12, "{row:?}, {index} {score}");
    }
    assert!(rows[0].score > 2.0 * rows[20].score);
}

#[test]
fn epig_prefers_what_resembles_the_top_of_the_ranking() {
    // Two equally doubtful images; one lies where the likely lenses lie.
    let ids: Vec<SubjectId> = (0..102).map(SubjectId).collect();
    let mut probabilities = vec![0.6; 50];
    probabilities.extend(vec![0.001; 50]);
    probabilities.extend([0.2, 0.2]);
    let doubt: Vec<acquisition::Doubt> = probabilities
        .iter()
        .map(|p| acquisition::Doubt { logit: domain::logit(*p), variance: 1.0 })
        .collect();
    let side = |i: usize| if i < 50 || i == 101 { [1.0_f32, 0.1] } else { [-1.0, -0.1] };
    let numbers: Vec<f32> = (0..102).flat_map(side).collect();
    let pool = Pool::new(&ids, &probabilities)
        .and_then(|pool| pool.with_doubt(&doubt))
        .and_then(|pool| pool.with_embeddings(acquisition::Embeddings { numbers: &numbers, dim: 2 }))
        .unwrap();
    let rows = Epig::default().select_among(&pool, &[100, 101], 2, Seed::root(1)).unwrap();
    assert_eq!(rows.len(), 2);
    let all = Epig::new(EpigConfig { targets: 40, region: 0.3, ..EpigConfig::default() }).unwrap();
    let rows = all.select(&pool, 102, Seed::root(1)).unwrap();
    let score = |i: usize| rows.iter().find(|row| row.index == i).unwrap().score;
    // With correlation ±1 both tell about the top (one by being unlike it); what is far in doubt tells more.
    assert!(score(0) > score(60) && score(100) > 10.0 * score(60), "{} {}", score(100), score(60));
}

#[test]
fn ens_is_greedy_when_nothing_is_left_and_else_prefers_company() {
    let ids: Vec<SubjectId> = (0..60).map(SubjectId).collect();
    // Alone with 0.42 at the far end; thirty alike with 0.4; the rest hopeless.
    let mut probabilities = vec![0.42];
    probabilities.extend(vec![0.4; 30]);
    probabilities.extend(vec![0.01; 29]);
    let place = |i: usize| {
        if i == 0 {
            [9.0_f32, 9.0]
        } else if i <= 30 {
            [0.0, i as f32 * 1e-3]
        } else {
            [-5.0, 5.0]
        }
    };
    let numbers: Vec<f32> = (0..60).flat_map(place).collect();
    let pool = Pool::new(&ids, &probabilities)
        .and_then(|pool| pool.with_embeddings(acquisition::Embeddings { numbers: &numbers, dim: 2 }))
        .unwrap();
    let first = |budget: usize| {
        let ens = Ens::new(EnsConfig { budget, neighbours: 10, prior_weight: 1.0 }).unwrap();
        ens.select(&pool, 1, Seed::root(1)).unwrap()[0].index
    };
    assert_eq!(first(1), 0, "the last look goes to the highest probability");
    assert!((1..=30).contains(&first(15)), "with looks to come, a lens with company is worth more");
}

#[test]
fn typical_images_come_from_every_part_and_covered_parts_last() {
    let pool = rich(400, 6).labelled([]);
    let part = |row: &Selected| row.index % 4;
    let rows = Typiclust::default().select(&pool.pool(), 4, Seed::root(1)).unwrap();
    let parts: HashSet<usize> = rows.iter().map(part).collect();
    assert_eq!(parts.len(), 4, "four middles, four images: {rows:?}");
    // Half of each part known but the third: it comes first.
    let known = (0..400).filter(|i| i % 4 != 2 && i % 8 < 4).map(|i| (i, 0.0));
    let pool = rich(400, 6).labelled(known);
    let rows = Typiclust::new(acquisition::TypiclustConfig { clusters: 4, neighbours: 20 })
        .unwrap()
        .select(&pool.pool(), 1, Seed::root(1))
        .unwrap();
    assert_eq!(part(&rows[0]), 2);
}

/// Embeddings standardised over the open images, as strategies see them.
fn standardised(pool: &Rich) -> Vec<Vec<f64>> {
    let open = pool.pool().unlabelled();
    let count = open.len() as f64;
    let x = |i: usize, d: usize| f64::from(pool.embeddings[i * pool.dim + d]);
    let mean: Vec<f64> = (0..pool.dim).map(|d| open.iter().map(|&i| x(i, d)).sum::<f64>() / count).collect();
    let deviation: Vec<f64> = (0..pool.dim)
        .map(|d| (open.iter().map(|&i| (x(i, d) - mean[d]).powi(2)).sum::<f64>() / count).sqrt())
        .collect();
    (0..pool.made.ids.len())
        .map(|i| (0..pool.dim).map(|d| (x(i, d) - mean[d]) / deviation[d]).collect())
        .collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn k_center_takes_the_farthest_again_and_again() {
    let pool = rich(60, 7);
    let x = standardised(&pool);
    let mut centres: Vec<usize> = pool.labelled.iter().map(|label| label.index).collect();
    let rows = KCenter.select(&pool.pool(), 15, Seed::root(1)).unwrap();
    for row in &rows {
        let reach = |i: usize| centres.iter().map(|c| distance(&x[i], &x[*c])).fold(f64::INFINITY, f64::min);
        let open = pool.pool().unlabelled();
        let farthest = open.into_iter().max_by(|a, b| reach(*a).total_cmp(&reach(*b))).unwrap();
        assert_eq!(row.index, farthest);
        assert!((row.score - reach(farthest)).abs() < 1e-4);
        centres.push(row.index);
    }
}

#[test]
fn similar_images_are_those_of_the_largest_cosine_and_greedy_stands_in() {
    let pool = rich(60, 8);
    let x = standardised(&pool);
    let length = |v: &[f64]| v.iter().map(|a| a * a).sum::<f64>().sqrt();
    let cosine =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / length(a) / length(b);
    let lenses: Vec<usize> = pool.labelled.iter().filter(|l| l.says_lens()).map(|l| l.index).collect();
    let expected =
        ranked(&pool, |i| lenses.iter().map(|l| cosine(&x[i], &x[*l])).fold(f64::NEG_INFINITY, f64::max));
    let rows = Similarity::default().select(&pool.pool(), 10, Seed::root(1)).unwrap();
    assert_eq!(at(&rows), expected.iter().take(10).map(|e| e.0).collect::<Vec<_>>());
    let named = Similarity::new(SimilarityConfig { examples: vec![pool.made.ids[0]] });
    let rows = named.select(&pool.pool(), 2, Seed::root(1)).unwrap();
    assert_eq!(rows[0].index, 0, "an open example is most like itself");
    let none = rich(60, 8).labelled([(1, 0.0)]);
    let rows = Similarity::default().select(&none.pool(), 10, Seed::root(1)).unwrap();
    assert!(rows.iter().all(|row| row.strategy == Strategy::Greedy));
    assert_eq!(rows, Greedy.select(&none.pool(), 10, Seed::root(1)).unwrap());
}

const SEEDS: u64 = 4_000;

fn within(frequency: f64, probability: f64) -> bool {
    let error = (probability * (1.0 - probability) / SEEDS as f64).sqrt();
    (frequency - probability).abs() <= 5.0 * error + 1e-12
}

/// Gradients of BADGE, literally.
fn gradients(pool: &Rich) -> Vec<Vec<f64>> {
    let of = |i: usize| {
        let p = pool.made.probabilities[i];
        let factor = p - if p > 0.5 { 1.0 } else { 0.0 };
        (0..pool.dim).map(|d| factor * f64::from(pool.embeddings[i * pool.dim + d])).collect()
    };
    (0..pool.made.ids.len()).map(of).collect()
}

#[test]
fn badge_draws_by_squared_distance_and_logs_the_chance_of_each_step() {
    let pool = rich(6, 9).labelled([]);
    let g = gradients(&pool);
    let square = |a: &[f64], b: &[f64]| distance(a, b).powi(2);
    let origin = vec![0.0; pool.dim];
    let first: Vec<f64> = g.iter().map(|a| square(a, &origin)).collect();
    let total: f64 = first.iter().sum();
    let mut pairs = vec![0.0; 36];
    for seed in 0..SEEDS {
        let rows = Badge.select(&pool.pool(), 2, Seed::root(seed)).unwrap();
        let (a, b) = (rows[0].index, rows[1].index);
        assert!((rows[0].inclusion_probability - first[a] / total).abs() < 1e-5);
        let left: Vec<f64> =
            (0..6).map(|i| if i == a { 0.0 } else { first[i].min(square(&g[i], &g[a])) }).collect();
        let chance = left[b] / left.iter().sum::<f64>();
        assert!(
            (rows[1].inclusion_probability - chance).abs() < 1e-5,
            "{} {chance}",
            rows[1].inclusion_probability
        );
        pairs[a * 6 + b] += 1.0 / SEEDS as f64;
    }
    for (i, share) in first.iter().enumerate() {
        assert!(within(pairs[i * 6..i * 6 + 6].iter().sum(), share / total), "{i}: {pairs:?}");
    }
}

#[test]
fn lure_over_badges_draws_is_the_mean_loss_of_the_pool() {
    let pool = rich(12, 10).labelled([]);
    let loss = |i: usize| 1.0 + (i as f64).sin();
    let expected = (0..12).map(loss).sum::<f64>() / 12.0;
    let (mut sum, mut squares) = (0.0, 0.0);
    for seed in 0..SEEDS {
        let rows = Badge.select(&pool.pool(), 8, Seed::root(seed)).unwrap();
        let losses: Vec<Loss> = rows
            .iter()
            .map(|row| Loss { loss: loss(row.index), chance: row.inclusion_probability })
            .collect();
        let estimate = lure(&losses, 12).unwrap().estimate;
        sum += estimate / SEEDS as f64;
        squares += estimate * estimate / SEEDS as f64;
    }
    let error = ((squares - sum * sum) / SEEDS as f64).sqrt();
    assert!((sum - expected).abs() < 4.0 * error, "{sum} ± {error}, {expected}");
}

#[test]
fn one_draw_of_soft_rank_bald_goes_by_rank() {
    let pool = rich(12, 11).labelled([]);
    let by_bald: Vec<usize> = at(&Bald.select(&pool.pool(), 12, Seed::root(1)).unwrap());
    let total: f64 = (1..=12).map(|rank| 1.0 / f64::from(rank)).sum();
    let mut chosen = [0.0; 12];
    for seed in 0..SEEDS {
        let rows = SoftRankBald::new(1.0).unwrap().select(&pool.pool(), 1, Seed::root(seed)).unwrap();
        chosen[rows[0].index] += 1.0 / SEEDS as f64;
    }
    for (rank, index) in by_bald.iter().enumerate() {
        assert!(within(chosen[*index], 1.0 / (rank as f64 + 1.0) / total), "{chosen:?}");
    }
}

#[test]
fn under_caps_on_sky_and_embeddings_the_inverse_propensity_stays_an_unbiased_weight() {
    let mut pool = rich(80, 12).labelled([]);
    // Half of the sky's images in one cell, so that its cap bites.
    pool.cells
        .iter_mut()
        .enumerate()
        .for_each(|(i, cell)| *cell = if i % 2 == 0 { 9 } else { (i % 12) as u64 });
    let config = PortfolioConfig {
        audit_share: 0.0,
        explore_first: 1.0,
        relabel_share: 0.0,
        typiclust_share: 0.0,
        epig_share: 0.0,
        diversity: acquisition::DiversityConfig { clusters: 6, over: 1.5 },
        ..PortfolioConfig::default()
    };
    let portfolio = Portfolio::new(config).unwrap();
    let (mut mean, mut square) = (vec![0.0; 80], vec![0.0; 80]);
    let mut crowded = 0;
    for seed in 0..SEEDS {
        let rows = portfolio.select(&pool.pool(), 24, 0, Seed::root(seed)).unwrap();
        assert!(rows.len() == 24);
        let drawn: Vec<&Selected> = rows.iter().filter(|row| row.strategy == Strategy::PowerBald).collect();
        crowded = crowded.max(drawn.iter().filter(|row| pool.cells[row.index] == 9).count());
        for row in drawn {
            let weight = 1.0 / row.inclusion_probability;
            mean[row.index] += weight / SEEDS as f64;
            square[row.index] += weight * weight / SEEDS as f64;
        }
    }
    assert!(crowded <= 8, "seven cells share 24: 1.5 times 24/7 are 6 at most, {crowded} were drawn");
    let mut count = 0;
    for i in (0..80).filter(|i| square[*i] > 0.0 && square[*i] < 50.0) {
        let error = ((square[i] - mean[i] * mean[i]) / SEEDS as f64).sqrt();
        assert!((mean[i] - 1.0).abs() < 5.0 * error + 1e-3, "image {i}: {} ± {error}", mean[i]);
        count += 1;
    }
    assert!(count > 30, "only {count} images were checked");
}

#[test]
fn a_portfolio_uses_all_its_parts_where_the_pool_lets_it() {
    let pool = rich(3_000, 13);
    let portfolio = Portfolio::new(PortfolioConfig::default()).unwrap();
    let count = |round: usize, strategy: Strategy| {
        let open = pool.pool().unlabelled();
        let rows = portfolio.select_in_round(&pool.pool(), &open, 400, round, Seed::root(3)).unwrap();
        rows.iter().filter(|row| row.strategy == strategy).count()
    };
    assert_eq!((count(0, Strategy::Typiclust), count(1, Strategy::Typiclust)), (40, 0));
    for round in [0, 4] {
        assert!(count(round, Strategy::Epig) > 10 && count(round, Strategy::Relabel) > 30);
        assert!(count(round, Strategy::PowerBald) > 40 && count(round, Strategy::Audit) > 15);
    }
    assert!(count(4, Strategy::Greedy) > count(0, Strategy::Greedy) + 100);
}

#[test]
fn a_portfolio_of_before_is_read_as_before() {
    let old = r#"{"audit_share":0.2,"explore_first":0.5,"explore_last":0.1,"rounds":3,
        "exploration":{"power_bald":{"beta":1.0}},"audit":{"edges":[0.01,0.5],"even_share":0.5}}"#;
    let config: PortfolioConfig = serde_json::from_str(old).unwrap();
    let portfolio = Portfolio::new(config).unwrap();
    let shares = portfolio.shares(0);
    assert!((shares.audit + shares.explore + shares.exploit + shares.relabel - 1.0).abs() < 1e-12);
    assert_eq!((shares.audit, shares.explore, portfolio.shares(9).audit), (0.2, 0.5, 0.2));
    // Shares that left no room for relabelling still hold.
    let full: PortfolioConfig = serde_json::from_str(r#"{"audit_share":0.1,"explore_first":0.9}"#).unwrap();
    assert!(Portfolio::new(full).unwrap().shares(0).relabel < 1e-9);
}
