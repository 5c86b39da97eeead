//! Trials on made-up pools: what must hold whatever the policy, and what the parts are for.

mod audit;
mod conservation;
mod input;
mod learning;

use acquisition::HeadMode;
use domain::{Seed, Silent};
use replay::{Outcome, Policy, ReplayError, StoredPool, StrategyConfig, SyntheticPool, Trial};

/// A strategy by its name in a configuration, with its usual settings.
fn strategy(name: &str) -> StrategyConfig {
    serde_json::from_value(serde_json::json!({ "name": name })).expect("the strategy exists")
}

fn policy(name: &str, head: HeadMode) -> Policy {
    let small = Policy { votes_per_round: 300, subjects_per_round: 80, ..Policy::of(name, strategy(name)) };
    small.with_head(head)
}

/// A pool with 40 lenses among 1,000 images.
fn pool() -> StoredPool {
    SyntheticPool { images: 1_000, lenses: 0.04, ..SyntheticPool::default() }.build(Seed::root(11))
}

fn run(pool: &StoredPool, trial: &Trial) -> Result<Outcome, ReplayError> {
    replay::replay(pool, trial, &Silent, &mut |_| ())
}
