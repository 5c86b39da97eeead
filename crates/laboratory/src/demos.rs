//! The demo with several seeds, as results: what each arm came to, seed by seed.
//! Running the demo is the caller's; its reports come in here.

use std::collections::BTreeMap;

use campaign::report::{Arm, Report, Round};
use serde::{Deserialize, Serialize};

use crate::results::{Results, Row};

/// One finished demo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DemoRun {
    /// The combination of the sweep; empty without one.
    pub cell: String,
    /// Its seed.
    pub seed: u64,
    /// What it reported.
    pub report: Report,
}

impl DemoRun {
    /// What an arm is called in the results.
    #[must_use]
    pub fn arm(&self, arm: &Arm) -> String {
        if self.cell.is_empty() { arm.name.clone() } else { format!("{}, {}", arm.name, self.cell) }
    }
}

/// All runs in numbers, arm by arm.
#[must_use]
pub fn results(runs: &[DemoRun]) -> Results {
    let mut rows: Vec<Row> = runs
        .iter()
        .flat_map(|run| {
            run.report.arms.iter().filter_map(|arm| {
                Some(Row {
                    arm: run.arm(arm),
                    policy: arm.name.clone(),
                    pool: String::new(),
                    cell: run.cell.clone(),
                    crowd: String::new(),
                    threshold: 0.5,
                    seed: run.seed,
                    numbers: numbers(arm)?,
                })
            })
        })
        .collect();
    // By arm, in the order in which arms first come.
    let order: Vec<String> = rows.iter().map(|row| row.arm.clone()).collect();
    rows.sort_by_key(|row| order.iter().position(|arm| *arm == row.arm));
    Results { kind: "demo".to_owned(), rows }
}

fn numbers(arm: &Arm) -> Option<BTreeMap<String, Option<f64>>> {
    let (first, last) = (arm.rounds.first()?, arm.rounds.last()?);
    let ap = |round: &Round| round.average_precision.value().map(|area| area.value);
    let mut numbers = BTreeMap::new();
    let mut add = |name: &str, value: Option<f64>| numbers.insert(name.to_owned(), value);
    add("votes", Some(last.votes_total as f64));
    add("lenses_in_pool", Some(last.lenses_in_pool as f64));
    add("lenses_found", Some(last.lenses_found as f64));
    add("candidates", Some(last.candidates as f64));
    add("completeness", last.completeness.map(|rate| rate.value));
    add("purity", last.purity.map(|rate| rate.value));
    add("average_precision_before", ap(first));
    add("average_precision", ap(last));
    add("tpr_at_fpr_1e2", last.tpr_at_fpr_1e2.value().map(|at| at.tpr.value));
    add("tpr_at_fpr_1e3", last.tpr_at_fpr_1e3.value().map(|at| at.tpr.value));
    add("audit_estimate", last.audit.map(|audit| audit.estimate));
    add(
        "audit_covers_truth",
        last.audit.map(|audit| f64::from(u8::from((audit.low..=audit.high).contains(&(audit.truth as f64))))),
    );
    Some(numbers)
}
