//! Files as people write them, right and wrong.

use super::*;

fn read(text: &str) -> Result<Experiment, LabError> {
    Experiment::parse("x.toml", "x", text, &[])
}

fn replay(text: &str) -> ReplayPlan {
    match &read(text).expect("a plan").cells[0].plan {
        Plan::Replay(plan) => plan.clone(),
        Plan::Demo(_) => panic!("a demo"),
    }
}

fn refusal(text: &str) -> String {
    read(text).expect_err("refused").to_string()
}

#[test]
fn an_empty_file_compares_random_and_greedy_with_five_seeds() {
    let plan = replay("");
    assert_eq!(plan.seeds, [1, 2, 3, 4, 5]);
    let names: Vec<&str> = plan.policies.iter().map(|policy| policy.0.name.as_str()).collect();
    assert_eq!(names, ["random", "greedy"]);
    assert_eq!(plan.pools.len(), 1);
}

#[test]
fn every_policy_and_pool_starts_from_the_common_table() {
    let plan = replay(
        "[policy]\nvotes_per_round = 300\n[[policies]]\nstrategy = 'entropy'\n[[policies]]\nname = 'slow'\nstrategy = 'greedy'\nvotes_per_round = 50\n\
         [pool]\ncutouts = 500\n[[pools]]\nname = 'a'\n[[pools]]\nname = 'b'\ntraining.look_alike_weight = 0.0\n",
    );
    let rounds: Vec<u64> = plan.policies.iter().map(|policy| policy.0.votes_per_round).collect();
    assert_eq!(rounds, [300, 50, 300]);
    assert_eq!(plan.policies[2].0.name, "random");
    assert!(plan.pools.iter().all(|pool| pool.cutouts == 500));
    assert!(
        plan.pools[0].training.look_alike_weight > 0.0 && plan.pools[1].training.look_alike_weight == 0.0
    );
}

#[test]
fn a_policy_may_run_on_some_pools_only() {
    let text =
        "[[pools]]\nname = 'a'\n[[pools]]\nname = 'b'\n[[policies]]\nstrategy = 'entropy'\npools = ['a']\n";
    let plan = replay(text);
    assert_eq!(plan.only["entropy"], ["a"]);
    assert!(refusal(&text.replace("['a']", "['c']")).contains("there are: a, b"));
}

#[test]
fn a_demo_needs_no_kind() {
    let experiment = read("seeds = [1, 2, 3]\n[demo]\ncutouts = 4000\n").expect("a plan");
    assert_eq!(experiment.kind(), "demo");
}

#[test]
fn the_run_is_named_by_what_is_run_and_not_by_how_it_is_written() {
    let one = read("votes = 100\n[pool]\ncutouts = 500\n").expect("a plan");
    let same = read("# words\n[pool]\ncutouts = 500\n\n[policy]\n[sweep]\nvotes = [100]\n").expect("a plan");
    let other = read("votes = 101\n[pool]\ncutouts = 500\n").expect("a plan");
    assert_ne!(one.id().expect("an id"), other.id().expect("an id"));
    assert_eq!(one.cells[0].plan, same.cells[0].plan);
    assert!(one.id().expect("an id").starts_with("x-"));
    let set =
        Experiment::parse("x.toml", "x", "votes = 1\n[pool]\ncutouts = 500\n", &["votes=100".to_owned()]);
    assert_eq!(set.expect("a plan"), one);
}

#[test]
fn a_file_that_is_written_down_reads_the_same() {
    let experiment = read("votes = 100\n[[policies]]\nstrategy = 'entropy'\n").expect("a plan");
    let json = serde_json::to_string(&experiment).expect("JSON");
    assert_eq!(serde_json::from_str::<Experiment>(&json).expect("read back"), experiment);
}

#[test]
fn a_misspelt_key_names_the_file_the_key_and_the_right_one() {
    let said = refusal("vote = 100\n");
    assert!(said.starts_with("x.toml: unknown key `vote` (line 1); did you mean `votes`?"), "{said}");
    let said = refusal("[pool]\ncutout = 100\n");
    assert!(said.contains("cutout` (line 2); did you mean `cutouts`?"), "{said}");
    let said = refusal("[[policies]]\nstrategy = 'greedy'\nsoft_label = true\n");
    assert!(said.contains("did you mean `soft_labels`?"), "{said}");
}

#[test]
fn an_unknown_strategy_lists_those_there_are() {
    let said = refusal("[[policies]]\nname = 'mine'\nstrategy = 'greedyy'\n");
    assert!(said.contains("greedyy") && said.contains("did you mean `greedy`?"), "{said}");
    assert!(said.contains("random") && said.contains("portfolio"), "{said}");
}

#[test]
fn what_cannot_be_run_is_refused_with_its_key() {
    assert!(refusal("seeds = []").contains("`seeds` is empty; give at least one"));
    assert!(refusal("seeds = 0").contains("`seeds` is empty"));
    assert!(refusal("seeds = [1, 1]").contains("twice"));
    assert!(refusal("kind = 'reply'").contains("did you mean \"replay\"?"));
    assert!(refusal("votes = 0").contains("`votes`"));
    assert!(refusal("thresholds = []").contains("`thresholds`"));
    assert!(refusal("thresholds = [0.5\n").contains("x.toml"));
    assert!(refusal("[pool]\nlens_rate = 1.5").contains("pool.lens_rate"));
    assert!(refusal("[pool]\nworkspace = 'w'").contains("model"));
    assert!(refusal("[[pools]]\nname = 'a'\n[[pools]]\nname = 'a'").contains("called \"a\""));
    assert!(refusal("name = '../etc'").contains("`name`"));
    assert!(refusal("[[policies]]\nname = 'a'\n").contains("strategy"));
    assert!(refusal("seeds = [1]\n[demo]\n[[policies]]\nstrategy = 'greedy'").contains("policies"));
}

#[test]
fn a_file_that_is_not_there_says_where_the_shipped_ones_are() {
    let said = Experiment::read(Path::new("/nowhere/x.toml"), &[]).expect_err("refused").to_string();
    assert!(said.contains("/nowhere/x.toml") && said.contains("experiments/"), "{said}");
}
