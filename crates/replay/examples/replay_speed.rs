//! How long a trial takes: a made-up pool, so many votes, each head mode.
//!
//! `cargo run --release -p replay --example replay_speed -- [images] [votes] [dim] [strategy…]`

use std::time::Instant;

use acquisition::HeadMode;
use domain::{Seed, Silent};
use replay::{Policy, SyntheticPool, Trial, replay};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let number = |at: usize, usual| numbers.get(at).copied().unwrap_or(usual);
    let (images, votes, dim) = (number(0, 20_000), number(1, 20_000), number(2, 64));
    let pool =
        SyntheticPool { images, dim, second_kind: 0.5, knows_second_kind: false, ..SyntheticPool::default() }
            .build(Seed::root(1));
    let usual = || ["random", "greedy", "entropy", "bald", "portfolio"].map(str::to_owned).to_vec();
    let named: Vec<String> = std::env::args().skip(1).filter(|word| word.parse::<usize>().is_err()).collect();
    let strategies = if named.is_empty() { usual() } else { named };
    println!("{images} images with {} lenses, {votes} votes, {dim} numbers an embedding", pool.lenses());
    for head in [HeadMode::Off, HeadMode::EachRound, HeadMode::Live] {
        for strategy in &strategies {
            let policy = Policy::of(strategy, strategy.parse()?).with_head(head);
            let trial = Trial::of(policy, votes as u64, 1);
            #[expect(clippy::disallowed_methods, reason = "measures how long a trial takes")]
            let start = Instant::now();
            let outcome = replay(&pool, &trial, &Silent, &mut |_| ())?;
            let seconds = start.elapsed().as_secs_f64();
            println!("{head:?} {strategy}: {seconds:.2} s");
            for at in outcome.checkpoints.iter().step_by(8).chain(outcome.checkpoints.last()) {
                println!(
                    "  {:>6} votes {:>6} training, round {:>2}, head {:>3}: seen {:>5} settled {:>5}, lenses seen {:>3} \
                     found {:>3} of {:>3} candidates; at purity 30 % {:.2} (looked at {:.2}), AP {:.3}, audit {:?}",
                    at.votes,
                    at.training_votes,
                    at.round,
                    at.head_version,
                    at.images_seen,
                    at.images_settled,
                    at.lenses_seen,
                    at.lenses_found,
                    at.candidates,
                    at.completeness_at_purity_30.unwrap_or_default(),
                    at.seen_completeness_at_purity_30.unwrap_or_default(),
                    at.average_precision.unwrap_or_default(),
                    at.audit.map(|a| [a.low.round(), a.value.round(), a.high.round()]),
                );
            }
        }
    }
    Ok(())
}
