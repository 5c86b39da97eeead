//! What a run came to, in one form for both kinds of experiment: one row of numbers
//! per arm and seed, and means over seeds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::statistics::{Mean, Paired, mean, paired};

/// The numbers of one arm with one seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What its curve is called; unique together with the seed.
    pub arm: String,
    /// The policy, or the demo's arm.
    pub policy: String,
    /// The pool; empty for a demo.
    pub pool: String,
    /// The combination of the sweep; empty without one.
    pub cell: String,
    /// The crowd.
    pub crowd: String,
    /// `p_joint` of a candidate.
    pub threshold: f64,
    /// Seed.
    pub seed: u64,
    /// Numbers at the end by name; `None` for what could not be measured.
    pub numbers: BTreeMap<String, Option<f64>>,
}

/// Everything in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// `replay` or `demo`.
    pub kind: String,
    /// One per arm and seed, the arms in the order of the experiment.
    pub rows: Vec<Row>,
}

/// One arm over its seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmMeans {
    /// Its name.
    pub arm: String,
    /// Trials.
    pub trials: usize,
    /// Means by name; `None` where no seed has the number.
    pub numbers: BTreeMap<String, Option<Mean>>,
}

impl Results {
    /// The arms in their order.
    #[must_use]
    pub fn arms(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        self.rows.iter().map(|row| row.arm.as_str()).filter(|arm| seen.insert(*arm)).collect()
    }

    /// The names of all numbers, in alphabetical order.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.rows.iter().flat_map(|row| row.numbers.keys().map(String::as_str)).collect()
    }

    /// One number of one arm, seed by seed.
    #[must_use]
    pub fn values(&self, arm: &str, number: &str) -> Vec<(u64, Option<f64>)> {
        let of = |row: &Row| (row.seed, row.numbers.get(number).copied().flatten());
        self.rows.iter().filter(|row| row.arm == arm).map(of).collect()
    }

    /// Means over seeds.
    #[must_use]
    pub fn means(&self) -> Vec<ArmMeans> {
        let names = self.names();
        self.arms()
            .into_iter()
            .map(|arm| {
                let number = |name: &&str| {
                    let values: Vec<f64> =
                        self.values(arm, name).into_iter().filter_map(|(_, value)| value).collect();
                    ((*name).to_owned(), mean(&values))
                };
                let trials = self.rows.iter().filter(|row| row.arm == arm).count();
                ArmMeans { arm: arm.to_owned(), trials, numbers: names.iter().map(number).collect() }
            })
            .collect()
    }

    /// `arm` of these results less `other` of those, over the seeds that both have.
    #[must_use]
    pub fn difference(&self, arm: &str, those: &Self, other: &str, number: &str) -> Option<Paired> {
        let theirs: BTreeMap<u64, Option<f64>> = those.values(other, number).into_iter().collect();
        let pairs: Vec<(f64, f64)> = self
            .values(arm, number)
            .into_iter()
            .filter_map(|(seed, value)| Some((value?, theirs.get(&seed).copied().flatten()?)))
            .collect();
        paired(&pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(arm: &str, seed: u64, value: Option<f64>) -> Row {
        Row {
            arm: arm.to_owned(),
            policy: arm.to_owned(),
            pool: String::new(),
            cell: String::new(),
            crowd: String::new(),
            threshold: 0.5,
            seed,
            numbers: [("ap".to_owned(), value)].into(),
        }
    }

    #[test]
    fn differences_are_taken_over_the_seeds_both_have() {
        let rows = vec![
            row("b", 1, Some(0.5)),
            row("b", 2, Some(0.6)),
            row("a", 1, Some(0.4)),
            row("a", 2, None),
            row("a", 3, Some(0.9)),
        ];
        let results = Results { kind: "replay".to_owned(), rows };
        assert_eq!(results.arms(), ["b", "a"]);
        let paired = results.difference("b", &results, "a", "ap").expect("one pair");
        assert!((paired.mean.value - 0.1).abs() < 1e-12 && paired.mean.seeds == 1);
        assert_eq!(results.difference("b", &results, "c", "ap"), None);
        assert_eq!(results.means()[1].numbers["ap"].map(|mean| mean.seeds), Some(2));
    }
}
