//! The interval for the number of lenses holds the truth: audits in several rounds, few lenses,
//! imperfect votes, and networks that are right, shifted, over-confident or blind to a kind.

use acquisition::{
    AuditRound, Audited, Estimate, Frame, Known, Pool, Portfolio, PortfolioConfig, Selected, Selector,
    Strategy, Survey, estimate_total,
};
use domain::{Rng, Seed, SubjectId, sigmoid};
use rand::RngExt as _;

const IMAGES: usize = 10_000;
const ROUNDS: usize = 5;
const BUDGET: usize = 300;
const VOTES: usize = 5;
/// P(yes | lens) and P(no | none) of one vote.
const SKILL: (f64, f64) = (0.85, 0.95);

/// How the truth follows from what the network says.
#[derive(Debug, Clone, Copy)]
enum Truth {
    Calibrated,
    /// The logit is off by this everywhere.
    Shifted(f64),
    /// The logit is too steep by this factor, right at p = 0.1.
    Steep(f64),
    /// So many lenses lie anywhere, as the network does not know their kind.
    Blind(usize),
}

struct World {
    ids: Vec<SubjectId>,
    network: Vec<f64>,
    lens: Vec<bool>,
}

fn normal(rng: &mut Rng) -> f64 {
    let (u, v): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

fn world(middle: f64, truth: Truth, rng: &mut Rng) -> World {
    let logits: Vec<f64> = (0..IMAGES).map(|_| middle + 2.5 * normal(rng)).collect();
    let real = |z: f64| match truth {
        Truth::Calibrated | Truth::Blind(_) => z,
        Truth::Shifted(by) => z + by,
        Truth::Steep(by) => (z + 2.2) / by - 2.2,
    };
    let mut lens: Vec<bool> = logits.iter().map(|z| rng.random::<f64>() < sigmoid(real(*z))).collect();
    if let Truth::Blind(count) = truth {
        for _ in 0..count {
            lens[rng.random_range(0..IMAGES)] = true;
        }
    }
    let ids = (0..IMAGES as i64).map(SubjectId).collect();
    World { ids, network: logits.into_iter().map(sigmoid).collect(), lens }
}

/// The posterior after some votes, by the network's prior and the crowd's true skill.
fn judged(prior: f64, lens: bool, rng: &mut Rng) -> f64 {
    let mut odds = prior / (1.0 - prior);
    for _ in 0..VOTES {
        let yes = rng.random::<f64>() < if lens { SKILL.0 } else { 1.0 - SKILL.1 };
        odds *= if yes { SKILL.0 / (1.0 - SKILL.1) } else { (1.0 - SKILL.0) / SKILL.1 };
    }
    odds / (1.0 + odds)
}

/// A campaign; what is estimated after each round.
fn campaign(world: &World, seed: Seed) -> Vec<Estimate> {
    let portfolio = Portfolio::new(PortfolioConfig::default()).unwrap();
    let mut rng = seed.child("votes").rng();
    let mut posterior: Vec<Option<f64>> = vec![None; IMAGES];
    let mut draws: Vec<(Vec<Selected>, Frame, Vec<usize>)> = Vec::new();
    let mut out = Vec::new();
    let pool = Pool::new(&world.ids, &world.network).unwrap();
    for round in 0..ROUNDS {
        let open: Vec<usize> = (0..IMAGES).filter(|i| posterior[*i].is_none()).collect();
        let closed: Vec<usize> = (0..IMAGES).filter(|i| posterior[*i].is_some()).collect();
        let chosen = portfolio.select_in_round(&pool, &open, BUDGET, round, seed).unwrap();
        for row in &chosen {
            posterior[row.index] = Some(judged(world.network[row.index], world.lens[row.index], &mut rng));
        }
        let audit = chosen.into_iter().filter(|row| row.strategy == Strategy::Audit).collect();
        draws.push((audit, Frame::of(open.iter().map(|i| world.network[*i])), closed));
        let rounds: Vec<AuditRound> = draws
            .iter()
            .map(|(audit, frame, closed)| AuditRound {
                drawn: audit
                    .iter()
                    .map(|row| Audited {
                        probability: world.network[row.index],
                        inclusion_probability: row.inclusion_probability,
                        value: posterior[row.index].unwrap(),
                    })
                    .collect(),
                frame: frame.clone(),
                known: Known::of(closed.iter().filter_map(|i| posterior[*i])),
            })
            .collect();
        let left = (0..IMAGES).filter(|i| posterior[*i].is_none());
        let open = Frame::of(left.map(|i| world.network[i]));
        let judged = Known::of(posterior.iter().flatten().copied());
        let survey = Survey { rounds: &rounds, judged, open: &open };
        out.push(estimate_total(&survey, seed));
    }
    out
}

#[derive(Default)]
struct Score {
    replays: usize,
    covered: [usize; ROUNDS],
    design: usize,
    difference: usize,
    width: f64,
    bias: f64,
    lenses: f64,
}

fn score(middle: f64, truth: Truth, replays: u64) -> Score {
    let mut score = Score::default();
    for replay in 0..replays {
        let seed = Seed::root(replay).child("coverage");
        let world = world(middle, truth, &mut seed.child("world").rng());
        let lenses = world.lens.iter().filter(|lens| **lens).count() as f64;
        let estimates = campaign(&world, seed);
        for (covered, estimate) in score.covered.iter_mut().zip(&estimates) {
            *covered += usize::from(estimate.total.holds(lenses));
        }
        let last = estimates.last().unwrap();
        score.design += usize::from(last.horvitz_thompson.unwrap().holds(lenses));
        score.difference += usize::from(last.difference.unwrap().holds(lenses));
        score.width += (last.total.high - last.total.low) / replays as f64;
        score.bias += (last.total.estimate - lenses) / replays as f64;
        score.lenses += lenses / replays as f64;
        score.replays += 1;
    }
    println!(
        "{truth:?} at {middle}: {:.0} lenses; of {} replays {:?} hold after each round, HT {}, difference {}; \
         last: width {:.0}, bias {:+.1}",
        score.lenses, score.replays, score.covered, score.design, score.difference, score.width, score.bias
    );
    score
}

/// 17 of 20, and the same share of more.
fn enough(of: usize, replays: usize) -> bool {
    of * 20 >= replays * 17
}

#[test]
fn with_a_calibrated_network_the_interval_holds_from_ten_to_a_hundred_lenses() {
    for middle in [-10.5, -9.0, -7.8] {
        let score = score(middle, Truth::Calibrated, 25);
        assert!(score.covered.iter().all(|of| *of * 100 >= score.replays * 92), "{:?}", score.covered);
        assert!(enough(score.design, score.replays) && enough(score.difference, score.replays));
        assert!(score.width < 1.5 * score.lenses + 12.0, "{}", score.width);
    }
}

#[test]
fn with_a_wrong_network_it_still_does() {
    let wrong = [Truth::Shifted(1.0), Truth::Shifted(-1.0), Truth::Steep(1.3), Truth::Blind(5)];
    for truth in wrong {
        let score = score(-9.0, truth, 20);
        assert!(score.covered.iter().all(|of| enough(*of, score.replays)), "{:?}", score.covered);
    }
}
