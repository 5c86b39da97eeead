//! The audit's estimate against the truth.

use acquisition::HeadMode;
use domain::Seed;
use replay::{CrowdPreset, SyntheticPool, Trial};

use super::{policy, run};

#[test]
fn the_audit_is_unbiased_over_seeds_when_people_never_err() {
    let made_up = SyntheticPool { images: 1_000, lenses: 0.05, ..SyntheticPool::default() };
    let truth = 50.0;
    let estimates: Vec<f64> = (0..40)
        .map(|seed| {
            let pool = made_up.build(Seed::root(seed));
            let trial = Trial::of(policy("portfolio", HeadMode::EachRound), 600, seed);
            let trial = Trial { checkpoint_votes: Some(600), ..trial };
            let outcome = run(&pool, &Trial { crowd: CrowdPreset::Perfect.mix(), ..trial }).unwrap();
            outcome.checkpoints.last().unwrap().audit.expect("two audits are over").value
        })
        .collect();
    let count = estimates.len() as f64;
    let mean = estimates.iter().sum::<f64>() / count;
    let variance = estimates.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let error = (variance / count).sqrt();
    assert!((mean - truth).abs() < 3.0 * error + 1.5, "{mean} ± {error}, not {truth}: {estimates:?}");
}
