//! Bad input is refused by name.

use acquisition::HeadMode;
use domain::{Cancelled, Progress};
use replay::{CrowdMix, Policy, ReplayError, StoredPool, Trial};

use super::{policy, pool, run};

fn refused(pool: &StoredPool, trial: &Trial) -> String {
    run(pool, trial).expect_err("it makes no sense").to_string()
}

fn trial() -> Trial {
    Trial::of(policy("greedy", HeadMode::Live), 100, 1)
}

#[test]
fn a_pool_that_does_not_fit_together_names_the_list() {
    let wrong = |change: &dyn Fn(&mut StoredPool)| {
        let mut pool = pool();
        change(&mut pool);
        refused(&pool, &trial())
    };
    for (field, message) in [
        ("`probability`", wrong(&|pool| pool.probability.truncate(9))),
        ("`embeddings`", wrong(&|pool| pool.embeddings.truncate(9))),
        ("`truth`", wrong(&|pool| pool.truth.truncate(9))),
        ("`cells`", wrong(&|pool| pool.cells.truncate(9))),
        ("`probability` of synthetic-0000007 is 2", wrong(&|pool| pool.probability[7] = 2.0)),
        ("`embeddings` of synthetic-0000000", wrong(&|pool| pool.embeddings[3] = f32::NAN)),
        ("`ids` hold synthetic-0000000 twice", wrong(&|pool| pool.ids[1] = pool.ids[0].clone())),
        ("`ids` is empty", wrong(&|pool| pool.ids.clear())),
    ] {
        assert!(message.contains(field), "{field}: {message}");
    }
}

#[test]
fn a_head_needs_embeddings_and_says_so() {
    let bare = StoredPool { embeddings: Vec::new(), dim: 0, ..pool() };
    let message = refused(&bare, &trial());
    assert!(message.contains("no embeddings") && message.contains("head = \"off\""), "{message}");
    run(&bare, &Trial::of(policy("greedy", HeadMode::Off), 100, 1)).unwrap();
}

#[test]
fn settings_out_of_range_are_named() {
    let usual = trial();
    let consensus = {
        let mut policy = usual.policy.clone();
        policy.consensus.retirement.max_votes = 1;
        Trial { policy, ..usual.clone() }
    };
    let of = |policy: Policy| Trial { policy, ..usual.clone() };
    for (field, trial) in [
        ("`votes`", Trial { votes: 0, ..usual.clone() }),
        ("candidate_threshold", Trial { candidate_threshold: 1.0, ..usual.clone() }),
        ("checkpoint_votes", Trial { checkpoint_votes: Some(0), ..usual.clone() }),
        (
            "crowd.volunteers",
            Trial { crowd: CrowdMix { volunteers: 0, ..CrowdMix::default() }, ..usual.clone() },
        ),
        ("policy.refresh_votes", of(Policy { refresh_votes: 0, ..usual.policy.clone() })),
        ("policy.subjects_per_round", of(Policy { subjects_per_round: 0, ..usual.policy.clone() })),
        ("retirement.max_votes", consensus),
    ] {
        let message = refused(&pool(), &trial);
        assert!(message.contains(field), "{field}: {message}");
    }
}

#[test]
fn a_misspelt_key_and_an_unknown_strategy_are_refused() {
    let read = |json: serde_json::Value| serde_json::from_value::<Policy>(json).unwrap_err().to_string();
    let misspelt = read(serde_json::json!({
        "name": "a", "strategy": { "name": "greedy" }, "subjects_pre_round": 7
    }));
    assert!(misspelt.contains("subjects_pre_round"), "{misspelt}");
    let unknown = read(serde_json::json!({ "name": "a", "strategy": { "name": "oracle" } }));
    assert!(unknown.contains("oracle") && unknown.contains("greedy"), "{unknown}");
    let minimal: Policy =
        serde_json::from_value(serde_json::json!({ "name": "a", "strategy": { "name": "greedy" } })).unwrap();
    assert_eq!(minimal, Policy::of("a", super::strategy("greedy")));
}

/// Somebody who pressed Ctrl-C.
struct Impatient;

impl Progress for Impatient {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn note(&self, _: &str) {}
    fn end(&self) {}
    fn is_cancelled(&self) -> bool {
        true
    }
}

#[test]
fn a_person_can_stop_it() {
    let stopped = replay::replay(&pool(), &trial(), &Impatient, &mut |_| ());
    assert!(matches!(stopped, Err(ReplayError::Cancelled(Cancelled))));
}
