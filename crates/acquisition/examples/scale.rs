//! How long it takes to select from a survey: `cargo run --release -p acquisition --example scale`.

use std::time::Instant;

use acquisition::{Audit, Entropy, Greedy, Pool, Portfolio, PortfolioConfig, PowerBald, Random, Selector};
use domain::{Seed, SubjectId, sigmoid};
use rand::Rng as _;

const IMAGES: usize = 370_000;
const MEMBERS: usize = 16;
const BUDGET: usize = 5_000;

fn unit(rng: &mut domain::Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

#[expect(clippy::disallowed_methods, reason = "measures")]
fn timed<T>(what: &str, work: impl Fn() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what:>16}: {:>6.1} ms", start.elapsed().as_secs_f64() * 1e3);
    result
}

fn main() -> Result<(), acquisition::SelectError> {
    let mut rng = Seed::root(1).rng();
    let ids: Vec<SubjectId> = (0..IMAGES as i64).map(SubjectId).collect();
    let logits: Vec<f64> = ids.iter().map(|_| 14.0 * unit(&mut rng).powi(3) - 11.0).collect();
    let probabilities: Vec<f64> = logits.iter().map(|z| sigmoid(*z)).collect();
    let members: Vec<Vec<f32>> = (0..MEMBERS)
        .map(|_| logits.iter().map(|z| sigmoid(z + unit(&mut rng) - 0.5) as f32).collect())
        .collect();
    println!("{IMAGES} images, {MEMBERS} members, {BUDGET} to select");
    let pool = timed("check the pool", || {
        Pool::new(&ids, &probabilities).and_then(|pool| pool.with_members(&members))
    })?;
    let selectors: [&dyn Selector; 5] =
        [&Random, &Greedy, &Entropy::default(), &PowerBald::default(), &Audit::default()];
    for selector in selectors {
        timed(selector.strategy().name(), || selector.select(&pool, BUDGET, Seed::root(2)))?;
    }
    let portfolio = Portfolio::new(PortfolioConfig::default())?;
    let rows = timed("portfolio", || portfolio.select(&pool, BUDGET, 0, Seed::root(2)))?;
    println!("{} selected", rows.len());
    Ok(())
}
