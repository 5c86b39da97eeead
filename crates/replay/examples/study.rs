//! The questions of `replay::study` put to a stored pool: strategies beside each other, the audit's
//! coverage, forecasts beside what then happened.
//!
//! `cargo run --release -p replay --example study -- POOL.json|synthetic VOTES SEEDS [strategies|ablations|audit]`

use std::{collections::BTreeMap, fs::File, io::BufReader};

use acquisition::HeadMode;
use domain::{Seed, Silent};
use replay::{Checkpoint, CrowdPreset, Estimate, Outcome, Policy, StoredPool, SyntheticPool, Trial, study};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize, usual: &str| words.get(at).cloned().unwrap_or_else(|| usual.to_owned());
    let (path, votes, seeds) = (word(0, "synthetic"), word(1, "6000").parse()?, word(2, "5").parse::<u64>()?);
    let pool: StoredPool = if path == "synthetic" {
        SyntheticPool::default().build(Seed::root(1))
    } else {
        serde_json::from_reader(BufReader::new(File::open(&path)?))?
    };
    println!(
        "{}: {} images with {} lenses, {votes} votes, {seeds} seeds",
        pool.name,
        pool.len(),
        pool.lenses()
    );
    match word(3, "strategies").as_str() {
        "strategies" => strategies(&pool, votes, seeds),
        "ablations" => ablations(&pool, votes, seeds),
        "audit" => audit(&pool, votes, seeds),
        "heads" => heads(&pool, votes, seeds),
        other => Err(format!("no study {other:?}; there are strategies, ablations, heads and audit").into()),
    }
}

fn policy(pool: &StoredPool, strategy: &str, head: HeadMode) -> Result<Policy, Failure> {
    let rounds = (pool.len() / 40).clamp(100, 500);
    let policy = Policy::of(strategy, strategy.parse()?).with_head(head);
    Ok(Policy { subjects_per_round: rounds, votes_per_round: 4 * rounds as u64, ..policy })
}

fn run(
    pool: &StoredPool,
    policy: &Policy,
    preset: CrowdPreset,
    votes: u64,
    seeds: u64,
) -> Result<Vec<Outcome>, Failure> {
    let trial = |seed| Trial {
        crowd: preset.mix(),
        checkpoint_votes: Some((votes / 100).max(1)),
        ..Trial::of(policy.clone(), votes, seed)
    };
    let trials: Vec<Trial> = (1..=seeds).map(trial).collect();
    Ok(study::run_all(pool, &trials, &Silent)?)
}

fn show(name: &str, outcomes: &[Outcome]) {
    let to = |level: f64, figure: fn(&Checkpoint) -> Option<f64>| {
        let votes: Vec<u64> = outcomes
            .iter()
            .filter_map(|outcome| study::votes_to_reach(&outcome.checkpoints, level, figure))
            .collect();
        let numbers: Vec<f64> = votes.iter().map(|votes| *votes as f64).collect();
        format!("{} ({} of {})", estimate(study::mean(&numbers), 0), votes.len(), outcomes.len())
    };
    let last = |figure: fn(&Checkpoint) -> Option<f64>| {
        let numbers: Vec<f64> =
            outcomes.iter().filter_map(|outcome| outcome.checkpoints.last().and_then(figure)).collect();
        estimate(study::mean(&numbers), 3)
    };
    println!(
        "{name:>24} | votes to 90 % at purity 30 %: {} | of images looked at: {} | to 80 %: {} | at the end: {} | AP {} | purity {} | seen {}",
        to(0.9, |at| at.completeness_at_purity_30),
        to(0.9, |at| at.seen_completeness_at_purity_30),
        to(0.8, |at| at.completeness_at_purity_30),
        last(|at| at.completeness_at_purity_30),
        last(|at| at.average_precision),
        last(|at| at.purity),
        last(|at| Some(at.lenses_seen as f64)),
    );
}

fn estimate(estimate: Option<Estimate>, digits: usize) -> String {
    estimate.map_or("–".to_owned(), |it| {
        format!("{:.digits$} [{:.digits$}, {:.digits$}]", it.value, it.low, it.high)
    })
}

fn strategies(pool: &StoredPool, votes: u64, seeds: u64) -> Result<(), Failure> {
    for strategy in ["random", "greedy", "entropy", "bald", "power_bald", "portfolio"] {
        let outcomes = run(pool, &policy(pool, strategy, HeadMode::Live)?, CrowdPreset::Usual, votes, seeds)?;
        show(strategy, &outcomes);
    }
    Ok(())
}

fn ablations(pool: &StoredPool, votes: u64, seeds: u64) -> Result<(), Failure> {
    for strategy in ["greedy", "portfolio"] {
        for head in [HeadMode::Off, HeadMode::EachRound, HeadMode::Live] {
            let outcomes = run(pool, &policy(pool, strategy, head)?, CrowdPreset::Usual, votes, seeds)?;
            show(&format!("{strategy}, {head:?}"), &outcomes);
        }
        let hard = Policy { soft_labels: false, ..policy(pool, strategy, HeadMode::Live)? };
        show(&format!("{strategy}, hard labels"), &run(pool, &hard, CrowdPreset::Usual, votes, seeds)?);
    }
    for preset in CrowdPreset::ALL {
        let outcomes = run(pool, &policy(pool, "portfolio", HeadMode::Live)?, preset, votes, seeds)?;
        show(&format!("portfolio, {preset:?}"), &outcomes);
    }
    Ok(())
}

fn heads(pool: &StoredPool, votes: u64, seeds: u64) -> Result<(), Failure> {
    for head in [HeadMode::Off, HeadMode::EachRound, HeadMode::Live] {
        let outcomes = run(pool, &policy(pool, "greedy", head)?, CrowdPreset::Usual, votes, seeds)?;
        show(&format!("greedy, {head:?}"), &outcomes);
    }
    Ok(())
}

fn audit(pool: &StoredPool, votes: u64, seeds: u64) -> Result<(), Failure> {
    for preset in [CrowdPreset::Perfect, CrowdPreset::Usual] {
        let outcomes = run(pool, &policy(pool, "portfolio", HeadMode::Live)?, preset, votes, seeds)?;
        println!("{preset:?}: {:?}", study::coverage(&outcomes));
        let mut rows = BTreeMap::<u64, (u64, u64)>::new();
        for outcome in &outcomes {
            if let Some(at) = outcome.checkpoints.last() {
                let audit = at.audit.map(|a| [a.low.round(), a.value.round(), a.high.round()]);
                println!("  found {} of {}: audit {audit:?}", at.lenses_found, at.lenses_total);
            }
            for check in study::forecasts(outcome) {
                let held = check.lenses_left.low <= check.truly_left as f64
                    && check.truly_left as f64 <= check.lenses_left.high;
                let row = rows.entry(check.votes).or_default();
                row.0 += u64::from(held);
                row.1 += 1;
            }
        }
        for check in outcomes.first().into_iter().flat_map(study::forecasts).step_by(8) {
            println!(
                "  after {:>6} votes: {} left forecast, {} truly; target in {} forecast, {:?} truly",
                check.votes,
                estimate(Some(check.lenses_left), 0),
                check.truly_left,
                estimate(check.votes_to_target, 0),
                check.truly_to_target,
            );
        }
        for (votes, (held, of)) in rows.iter().step_by(8) {
            println!("  after {votes:>6} votes the interval of lenses left held the truth in {held} of {of}");
        }
    }
    Ok(())
}
