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
    let mut numbers: BTreeMap<String, Option<f64>> =
        round(last).into_iter().map(|(name, value)| (name, Some(value))).collect();
    let before = first.average_precision.value().map(|area| area.value);
    numbers.insert("average_precision_before".to_owned(), before);
    let covers = last.audit.map(|audit| audit.lenses.holds(audit.truth as f64));
    numbers.insert("audit_covers_truth".to_owned(), covers.map(|held| f64::from(u8::from(held))));
    Some(numbers)
}

/// A round in numbers; those that could not be measured are left out.
pub(crate) fn round(round: &Round) -> BTreeMap<String, f64> {
    let numbers = [
        ("votes", Some(round.votes_total as f64)),
        ("lenses_in_pool", Some(round.lenses_in_pool as f64)),
        ("lenses_found", Some(round.lenses_found as f64)),
        ("candidates", Some(round.candidates as f64)),
        ("completeness", round.completeness.map(|rate| rate.value)),
        ("purity", round.purity.map(|rate| rate.value)),
        ("average_precision", round.average_precision.value().map(|area| area.value)),
        ("tpr_at_fpr_1e2", round.tpr_at_fpr_1e2.value().map(|at| at.tpr.value)),
        ("tpr_at_fpr_1e3", round.tpr_at_fpr_1e3.value().map(|at| at.tpr.value)),
        ("audit_estimate", round.audit.map(|audit| audit.lenses.estimate)),
    ];
    numbers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
